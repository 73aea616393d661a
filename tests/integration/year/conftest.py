"""The synthetic company's history, taken in once for all tests of many nights."""

import pytest

from tasks.demo.company import AS_OF
from tests.year_history import History

ACCOUNTS = 300


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """What the company's systems tell, up to the end of the span."""
    return History.of(tmp_path_factory.mktemp("history"), AS_OF, ACCOUNTS)
