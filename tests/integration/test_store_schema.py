"""Schemas: made for an empty file, refused when newer, the same as the code's tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models.errors import SchemaTooNew, UsageError
from models.tables import SCHEMA, metadata
from tasks.store.engine import begin, connect, open_store, read
from tasks.store.schema import ROOT, upgrade, version


@contextmanager
def unopened(url: str) -> Iterator[Engine]:
    """An engine whose schema nobody has looked at."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def mark(url: str, schema: str) -> None:
    """Say that the database has this schema."""
    with unopened(url) as engine, begin(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})


def test_the_code_names_the_newest_migration() -> None:
    """models.tables.SCHEMA is Alembic's head, and there is one head."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_migrations_make_the_tables_of_the_code(store: Engine) -> None:
    """Neither has a table, column, index or nullability that the other lacks."""
    with read(store) as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_a_newer_schema_is_refused(store_url: str) -> None:
    """Old code does not touch what newer code wrote, not even to upgrade it."""
    mark(store_url, "9999")
    with pytest.raises(SchemaTooNew, match=r"9999.*0003"):
        open_store(store_url)
    with unopened(store_url) as engine, begin(engine) as conn, pytest.raises(SchemaTooNew):
        upgrade(conn)


def test_an_older_schema_is_not_upgraded_by_itself(store_url: str) -> None:
    """The message says which command does it."""
    mark(store_url, "0000")
    with pytest.raises(UsageError, match="perennial db upgrade"):
        open_store(store_url)


def test_an_empty_server_is_not_set_up_by_itself(postgresql_url: Callable[[str], str]) -> None:
    """A typing error in the URL must not make tables in somebody else's database; the upgrade does."""
    url = postgresql_url("template0")
    with pytest.raises(UsageError, match="perennial db upgrade"):
        open_store(url)
    with unopened(url) as engine, begin(engine) as conn:
        assert version(conn) is None
        assert upgrade(conn) == SCHEMA
        assert upgrade(conn) == SCHEMA
    open_store(url).dispose()


def test_a_failed_upgrade_leaves_nothing(tmp_path: Path) -> None:
    """All of it happens in one transaction."""
    with unopened(f"sqlite:///{tmp_path / 'store.db'}") as engine:
        with suppress(RuntimeError), begin(engine) as conn:
            upgrade(conn)
            raise RuntimeError
        with begin(engine) as conn:
            assert version(conn) is None
            assert upgrade(conn) == SCHEMA


def test_an_absent_file_is_not_made_by_a_reader(tmp_path: Path) -> None:
    """Looking leaves no trace."""
    path = tmp_path / "none" / "store.db"
    with pytest.raises(UsageError, match="perennial nightly"):
        open_store(f"sqlite:///{path}", create=False)
    assert not path.parent.exists()


def test_the_file_is_as_durable_as_sqlite_can_be(tmp_path: Path) -> None:
    """EXTRA goes beyond FULL, whose last commit may be lost with the power; WAL only where it is safe."""
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.connect() as conn:
        assert conn.execute(text("PRAGMA synchronous")).scalar() == 3
        assert conn.execute(text("PRAGMA journal_mode")).scalar() in {"wal", "delete"}
    engine.dispose()


def test_a_store_may_live_in_memory() -> None:
    """For tests of what stands above it."""
    engine = open_store("sqlite://")
    with read(engine) as conn:
        assert version(conn) == SCHEMA
    engine.dispose()
