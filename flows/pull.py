"""Taking in the sources."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_minute
from flows.wiring.stage import as_tasks
from tasks.errands import take_in


@flow(name="pull", flow_run_name=by_minute, retries=0, persist_result=False, on_failure=[tell], on_crashed=[tell])
def pull() -> State[Any]:
    """Pull, check and land all sources for today's night; decide nothing."""
    settings = Settings.load()
    return run_in_place("pull", settings, lambda place: take_in(place, as_tasks(settings.var)))
