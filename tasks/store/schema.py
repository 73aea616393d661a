"""The schema of a database: which one it has, and how it gets the one this code knows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from models.errors import SchemaTooNew, UsageError
from models.tables import SCHEMA

ROOT = Path(__file__).parents[2]
Begin = Callable[[Engine], AbstractContextManager[Connection]]


def version(conn: Connection) -> str | None:
    """The migration the database is at, e.g. "0001"; None when it has no schema."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def ready(engine: Engine, begin: Begin, *, create: bool) -> None:
    """The database has this code's schema; an empty SQLite file gets it, anything else is told what to do.

    Raises:
        SchemaTooNew: it is at a migration this code does not know.
        UsageError: it is at an older one, or at none.
    """
    if not create and _absent(engine):
        raise UsageError(f"there is no database at {engine.url.database} yet: run `perennial nightly` first")
    _make_room(engine)
    with engine.connect() as conn:
        found = version(conn)
    if found is None and engine.dialect.name == "sqlite" and create:
        with begin(engine) as conn:
            upgrade(conn)
    else:
        refuse_other(found, engine.url.render_as_string())


def refuse_other(found: str | None, name: str) -> None:
    """Only the schema this code knows may be touched."""
    if found == SCHEMA:
        return
    if found is not None and found > SCHEMA:
        raise SchemaTooNew(
            f"{name} has schema {found}, this version of Perennial knows {SCHEMA} at most: "
            "install the version that wrote it"
        )
    raise UsageError(f"{name} has {f'schema {found}' if found else 'no schema'}: run `perennial db upgrade`")


def upgrade(conn: Connection) -> str:
    """Migrate to the newest schema inside the caller's transaction, forward only; says the schema it has now.

    Raises:
        SchemaTooNew: it is at a migration this code does not know.
    """
    from alembic import command  # noqa: PLC0415 - a quarter of a second that only an upgrade should pay
    from alembic.config import Config  # noqa: PLC0415

    found = version(conn)
    if found is not None and found >= SCHEMA:
        refuse_other(found, conn.engine.url.render_as_string())
        return found
    config = Config(str(ROOT / "alembic.ini"), attributes={"connection": conn})
    config.set_main_option("script_location", str(ROOT / "migrations"))
    command.upgrade(config, "head")
    return SCHEMA


def _make_room(engine: Engine) -> None:
    """The folder a SQLite file lies in."""
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)


def _absent(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file()
