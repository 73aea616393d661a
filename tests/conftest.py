"""What holds for every test: nothing of the machine's environment, equal examples every time, one Prefect for all."""

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.prefect_server import Prefect, Webhook

for name in [name for name in os.environ if name.startswith(("PERENNIAL_", "PREFECT_"))]:
    del os.environ[name]

settings.register_profile("same", derandomize=True, deadline=None, max_examples=20, database=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def webhook() -> "Iterator[Webhook]":
    """Where alerts go."""
    from tests.prefect_server import listening

    with listening() as seen:
        yield seen


@pytest.fixture(scope="session")
def prefect_up(tmp_path_factory: pytest.TempPathFactory, webhook: "Webhook") -> "Iterator[Prefect]":
    """`perennial up` for the whole session; to import it takes longer than the unit tests may."""
    from tests.prefect_server import running

    with running(tmp_path_factory.mktemp("prefect") / "var", webhook) as prefect:
        yield prefect
