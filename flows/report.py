"""The report by itself."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_minute
from flows.wiring.stage import as_tasks
from tasks.errands import republish


@flow(name="report", flow_run_name=by_minute, retries=0, persist_result=False, on_failure=[tell], on_crashed=[tell])
def report() -> State[Any]:
    """Write the pages of the newest night again."""
    settings = Settings.load()
    return run_in_place("report", settings, lambda place: republish(place, as_tasks(settings.var)))
