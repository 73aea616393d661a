"""The crash tests have teeth: code with a fault is caught, and the code as it is passes the same stories."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.crash.faults import FAULTS, Fault, planted
from tests.crash.processes import ROOT, Senders, senders
from tests.crash.scenarios import Scenario
from tests.crash.site import site

Told = Callable[[Scenario, bool], list[str]]
CONTACTS = 60
WORKERS = 3
"""Stories that are told at the same time: much of each is a wait for a process to start."""


def told(parent: Senders, folder: Path, scenario: Scenario, *, readable: bool) -> list[str]:
    """What a story says of the code whose senders these are."""
    with site(folder, parent, seed=1, contacts=CONTACTS, readable=readable) as place:
        return list(scenario(place))


def of_fault(fault: Fault, folder: Path) -> list[str]:
    """What the fault's story says of the code with the fault."""
    with senders(planted(fault, folder / "tree")) as parent:
        return told(parent, folder / "site", fault.scenario, readable=fault.readable)


def of_code(stories: set[tuple[Scenario, bool]], folder: Path) -> dict[tuple[Scenario, bool], list[str]]:
    """What each story says of the code as it is."""
    with senders(ROOT) as parent:
        numbered = enumerate(stories)
        return {story: told(parent, folder / str(n), story[0], readable=story[1]) for n, story in numbered}


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[object]]]:
    """All stories, told side by side; the code's own under the name ``."""
    folder, number = tmp_path_factory.mktemp("faults"), count()
    mine = {(fault.scenario, fault.readable) for fault in FAULTS}
    with ThreadPoolExecutor(WORKERS) as pool:
        futures: dict[str, Future[object]] = {"": pool.submit(of_code, mine, folder)}
        for fault in FAULTS:
            place = folder / f"fault-{next(number)}"
            place.mkdir()
            futures[fault.words] = pool.submit(of_fault, fault, place)
        yield futures


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.words for fault in FAULTS])
def test_a_fault_is_caught(stories: dict[str, Future[object]], fault: Fault) -> None:
    """Its story says what is wrong."""
    said = stories[fault.words].result()
    assert isinstance(said, list)
    assert any(fault.shows in line for line in said), said


def test_the_code_as_it_is_passes_every_story(stories: dict[str, Future[object]]) -> None:
    """Nothing is wrong with it in the very stories in which each fault shows."""
    said = stories[""].result()
    assert isinstance(said, dict)
    assert set(map(tuple, said.values())) == {()}
