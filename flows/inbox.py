"""Reading what came back."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place, tell
from flows.wiring.naming import by_minute
from flows.wiring.stage import as_tasks
from tasks.inbox.read import read_inbox


@flow(name="inbox", flow_run_name=by_minute, retries=0, persist_result=False, on_failure=[tell], on_crashed=[tell])
def inbox() -> State[Any]:
    """Read the mailbox: answers, bounces, complaints, unsubscribing."""
    settings = Settings.load()
    through = as_tasks(settings.var)
    return run_in_place("inbox", settings, lambda place: through("inbox", read_inbox, place))
