"""Both databases, for tests whose processes open them by themselves."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.crash.processes import Senders, senders
from tests.postgresql import postgresql, with_schema

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def crash_server() -> Iterator[str]:
    """URL pattern of one PostgreSQL for all crash tests."""
    with postgresql() as pattern:
        yield pattern


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a new database; empty for the installation's own SQLite file."""
    if request.param == "sqlite":
        return ""
    return with_schema(request.getfixturevalue("crash_server"), f"crash_{next(_NUMBERS)}")


@pytest.fixture(scope="session")
def parent() -> Iterator[Senders]:
    """One parent of all senders."""
    with senders() as started:
        yield started


@pytest.fixture(scope="session")
def rival() -> Iterator[Senders]:
    """The parent of those that send at the same time."""
    with senders() as started:
        yield started
