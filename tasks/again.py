"""A night that has ended already, told again without loading what runs one."""

from datetime import date
from typing import Any

from models.night import EXIT_APPROVAL, EXIT_DONE, run_key
from tasks.opening import Place, night_of, read_rules, sealed_night
from tasks.report.summary import summary
from tasks.store import runs
from tasks.store.engine import read
from tasks.store.runs import Run
from tasks.summary import pages


def already(run: Run) -> str:
    """That it has ended, and what was wrong with it."""
    ended = f"already {run.state.replace('_', ' ')}; nothing was done"
    return f"{ended} (it ended so: {run.reason})" if run.reason else ended


def told_again(place: Place, as_of: date) -> dict[str, Any] | None:
    """The object of `nightly --json` for a night that is done, missed or waits for approval; None for any other."""
    with read(place.engine) as conn:
        run = runs.get(conn, run_key(as_of))
    if run is None or run.state not in ("done", "missed", "awaiting_approval"):
        return None
    waits = run.state == "awaiting_approval"
    if waits and run.approval:  # released, and broken off before it was applied: it is to be finished
        return None
    night = sealed_night(place, as_of) if run.seal else night_of(place, read_rules(place.settings), as_of)
    return {
        **summary(night),
        "state": run.state,
        "reason": already(run),
        "exit_code": EXIT_APPROVAL if waits else run.exit_code or EXIT_DONE,
        "seconds": {},
        "pages": pages(night),
    }
