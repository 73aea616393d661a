"""Releasing a night that awaits approval."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_run
from flows.wiring.stage import as_tasks
from models.night import date_of
from tasks.nightly import approve as release
from tasks.summary import summary


@flow(name="approve", flow_run_name=by_run, retries=0, persist_result=False, on_failure=[tell], on_crashed=[tell])
def approve(run: str, hold: list[str] | None = None, drop: list[str] | None = None) -> State[Any]:
    """Apply exactly the plan that was shown, or a part of it.

    Args:
        run: The run, e.g. nightly:2025-01-02.
        hold: Plays that stay back; their decisions become due again with the next night.
        drop: Plays whose steps end skipped.
    """
    settings = Settings.load()
    held, dropped = frozenset(hold or ()), frozenset(drop or ())
    through = as_tasks(settings.var)
    return run_in_place(
        "approve", settings, lambda place: summary(*release(place, date_of(run), held, dropped, through))
    )
