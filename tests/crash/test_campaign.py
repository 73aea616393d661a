"""The share of the campaign that every change must pass: senders killed at random and at each point, on each database.

`make crash N=1000` runs the whole of it.
"""

import subprocess
import sys

import pytest

from tests.crash.campaign import BLIND, DATABASES, LEDGER, read_line
from tests.crash.points import SENDING, points
from tests.crash.processes import ROOT
from tests.crash.verdict import Verdict

KILLS = 100
"""Random kills on each database, of senders that may read the mail server's ledger."""
WITHOUT = 13
"""Random kills on each database, of senders that may not."""
POINTS = points(*SENDING)
PATIENCE = 600


@pytest.fixture(scope="module")
def told() -> dict[tuple[str, str], Verdict]:
    """Database, ledger or none → the verdict; all campaigns run side by side."""
    command = [sys.executable, "-m", "tests.crash.campaign", "--kills", str(KILLS * len(DATABASES)), "--points"]
    command += ["--blind", str(WITHOUT * len(DATABASES))]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    lines = [line for line in process.stdout.splitlines() if ": kills=" in line]
    found = {tuple(line.partition(":")[0].split(", ")): read_line(line) for line in lines}
    assert process.returncode == 0, f"{process.stdout}\n{process.stderr}"
    return {(database, ledger): verdict for (database, ledger), verdict in found.items()}


@pytest.mark.parametrize("database", DATABASES)
def test_with_a_readable_ledger_none_is_lost_and_none_comes_twice(
    told: dict[tuple[str, str], Verdict], database: str
) -> None:
    """Killed at random moments and at every named point; all that nobody could know was found out."""
    verdict = told[database, LEDGER]
    assert (verdict.lost, verdict.doubled, verdict.held) == (0, 0, 0)
    assert verdict.kills >= KILLS + len(POINTS)
    assert verdict.uncertain == verdict.resolved > 0


@pytest.mark.parametrize("database", DATABASES)
def test_without_a_ledger_none_is_lost_and_none_comes_twice_unseen(
    told: dict[tuple[str, str], Verdict], database: str
) -> None:
    """Every message that came twice is one that was marked uncertain; what may not have come is shown to a person."""
    verdict = told[database, BLIND]
    assert (verdict.lost, verdict.unseen) == (0, 0)
    assert verdict.kills >= WITHOUT
    assert verdict.uncertain >= verdict.doubled
    assert verdict.uncertain > 0


def test_the_points_are_those_of_the_way_from_claim_to_answer() -> None:
    """The names are found in the code, so that a new one is killed as well."""
    assert {"claimed", "transmitting", "mid_data", "after_250", "sent"} <= set(POINTS)
