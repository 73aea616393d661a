"""The synthetic company's history, taken in once for all tests of many nights, and a place where disks cost nothing."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.demo.company import AS_OF
from tests.year_history import History

ACCOUNTS = 300
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """What the company's systems tell, up to the end of the span."""
    return History.of(tmp_path_factory.mktemp("history"), AS_OF, ACCOUNTS)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder in memory: thousands of durable writes tell nothing here, kills have tests of their own."""
    within = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="perennial-year-", dir=within) as folder:
        yield Path(folder)
