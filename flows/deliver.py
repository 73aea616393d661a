"""Sending between two nights."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_minute
from flows.wiring.stage import as_tasks
from tasks.send_due import send_due


@flow(name="deliver", flow_run_name=by_minute, retries=0, persist_result=False, on_failure=[tell], on_crashed=[tell])
def deliver() -> State[Any]:
    """Send what is queued and due; look into what is uncertain."""
    settings = Settings.load()
    return run_in_place("deliver", settings, lambda place: send_due(place, as_tasks(settings.var)))
