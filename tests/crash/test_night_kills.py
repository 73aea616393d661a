"""The night is killed at every stage; run again with the same date it ends as if nothing had happened."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.files import read_files
from config.load import load_rules
from tests.night_house import MONDAY, House, found_company, with_plays

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KILLED = -signal.SIGKILL
OBSERVING = [
    "stage_retain", "stage_answers", "stage_export-answers", "stage_export", "stage_measure", "stage_score",
]  # fmt: skip
"""Stages that read and write the lake alone, what people said of their tasks, and the landing of what we did."""
DECIDING = ["stage_judge", "stage_audiences", "stage_moves", "stage_gather", "stage_seal", "stage_decide"]
ACTING = ["applied_batch", "stage_apply", "claimed", "transmitting:3", "mid_data:3", "after_250:3", "sent:3"]
ENDING = ["stage_deliver", "stage_report"]
ALONE = [
    "stage_export", "stage_score", "stage_seal", "stage_decide", "applied_batch", "transmitting:3", "after_250:3",
    *ENDING,
]  # fmt: skip
"""Points at which a night dies once; at the others it dies in the course of dying at all of them."""


PLAYS = ["renewal", "onboarding-30-days", "nps-closed-loop", "csat-closed-loop", "webinar-invitation"]


class Nights:
    """Runs nights in processes of their own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.orders, self.news = process.stdin, process.stdout

    def run(self, house: House, failpoint: str = "-") -> int:
        """One run of the night; its exit code, negative for the signal that killed it."""
        self.orders.write(f"{house.var} {house.layer} {MONDAY} {failpoint}\n".encode())
        self.orders.flush()
        return int(self.news.readline())


@pytest.fixture(scope="module")
def nights() -> Iterator[Nights]:
    """One parent of all runs."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "night.py")], env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    yield Nights(process)
    process.communicate(timeout=60)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company and its configuration, with the plays that do something on this night."""
    folder = found_company(tmp_path_factory.mktemp("kills"))
    with_plays(folder / "layer", *PLAYS)
    return folder


@pytest.fixture(scope="module")
def undisturbed(company: Path, nights: Nights) -> dict[str, Any]:
    """What the night comes to when nobody kills it."""
    house = House(company / "undisturbed", company / "layer")
    assert nights.run(house) == 0
    return house.story()


@pytest.fixture(scope="module")
def landed(company: Path, nights: Nights, undisturbed: dict[str, Any]) -> House:
    """An installation whose night was killed when all sources had landed; not to be changed."""
    house = House(company / "landed", company / "layer")
    assert nights.run(house, "stage_land-tombstones") == KILLED
    return house


def test_a_night_killed_after_each_source_goes_on_where_it_was(
    company: Path, nights: Nights, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """One kill a source, after its pull or after its landing by turns: what has landed is not pulled again."""
    house = House(tmp_path / "var", company / "layer")
    sources = load_rules(read_files(house.layer)).sources
    points = [f"{('pulled_', 'stage_land-')[number % 2]}{name}" for number, name in enumerate(sources)]
    assert [nights.run(house, point) for point in points] == [KILLED] * len(points)
    assert nights.run(house) == 0
    assert house.story() == undisturbed
    closed = [row.payload["seq"] for row in house.events("landing_closed")]
    assert len(closed) == len(sources) + 1


@pytest.mark.parametrize("point", ALONE)
def test_a_night_killed_at_a_stage_ends_as_if_nothing_had_happened(
    landed: House, nights: Nights, undisturbed: dict[str, Any], tmp_path: Path, point: str
) -> None:
    """Events, plan, seal, messages and mailbox are those of the night that nobody killed: 0 lost, 0 doubled."""
    house = landed.to(tmp_path / "var")
    assert nights.run(house, point) == KILLED
    assert nights.run(house) == 0
    assert house.story() == undisturbed
    assert house.mailbox() == house.sent()
    assert (house.settings.report_dir / "index.html").exists()


def test_a_night_killed_at_every_stage_in_turn_ends_as_if_nothing_had_happened(
    landed: House, nights: Nights, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """The same night dies again and again, each time a little later."""
    house = landed.to(tmp_path / "var")
    points = [*OBSERVING, *DECIDING, *ACTING]
    assert [nights.run(house, point) for point in points] == [KILLED] * len(points)
    assert nights.run(house) == 0
    assert house.story() == undisturbed
    assert house.mailbox() == house.sent()


def test_the_order_of_the_stages_is_the_one_that_is_killed(undisturbed: dict[str, Any]) -> None:
    """No stage is left out: every name that the night calls has its kill."""
    text = (ROOT / "tasks/stages.py").read_text(encoding="utf-8")
    called = set(re.findall(r'self\.(?:run|aside)\("([a-z-]+)"', text))
    assert {f"stage_{name}" for name in called} <= {*OBSERVING, *DECIDING, *ACTING, *ENDING}
