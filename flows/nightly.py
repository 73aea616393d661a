"""The whole night."""

from datetime import date
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_date, due_at
from flows.wiring.runner import task_runner
from flows.wiring.stage import as_tasks
from tasks.nightly import Request
from tasks.nightly import nightly as run
from tasks.summary import summary


@flow(
    name="nightly",
    task_runner=task_runner(Settings.load()),
    flow_run_name=by_date,
    retries=0,
    persist_result=False,
    on_completion=[tell],
    on_failure=[tell],
    on_crashed=[tell],
)
def nightly(as_of: date | None = None, dry_run: bool = False) -> State[Any]:
    """Pull, check, measure, score, decide, apply, deliver and report, for one date.

    Args:
        as_of: The date to decide for. Empty: the date on which this run was scheduled.
        dry_run: Decide in temporary space and change nothing.
    """
    settings = Settings.load()
    request = Request(as_of, None if as_of else due_at())
    through = as_tasks(settings.var)
    return run_in_place("nightly", settings, lambda place: summary(*run(place, request, through)), dry=dry_run)
