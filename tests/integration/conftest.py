"""Both databases for every test of the store: a SQLite file, and a PostgreSQL server from a wheel."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tasks.store.engine import open_store
from tests.postgresql import create, postgresql, with_schema

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
    """URL pattern of one server for the whole session, with `{}` for the database."""
    with postgresql() as pattern:
        yield pattern


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str) -> Callable[[str], str]:
    """Makes a database, empty or with the schema, and gives its URL."""
    with_schema(postgresql_server, "store")

    def make(template: str = "store") -> str:
        name = f"test_{next(NUMBERS)}"
        create(postgresql_server, name, template)
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
