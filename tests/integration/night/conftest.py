"""One small company for all tests of whole nights, and one night of it that others start from."""

from pathlib import Path

import pytest

from tests.night_house import House, found_company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's files (`company`) and a configuration that reads them (`layer`)."""
    return found_company(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def done(company: Path) -> House:
    """An installation whose first night has ended; not to be changed."""
    house = House(company / "done", company / "layer")
    house.night()
    return house


@pytest.fixture
def fresh(company: Path, tmp_path: Path) -> House:
    """An installation before its first night."""
    return House(tmp_path / "var", company / "layer")


@pytest.fixture
def house(done: House, tmp_path: Path) -> House:
    """A copy of the installation whose first night has ended."""
    return done.to(tmp_path / "var")
