"""A renewal by hand."""

from datetime import date
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.wiring.ending import run_in_place
from flows.wiring.naming import by_account
from tasks.errands import renew


@flow(name="renewal", flow_run_name=by_account, retries=0, persist_result=False)
def renewal(account: str, apply: bool = False, contract: str | None = None, as_of: date | None = None) -> State[Any]:
    """Show the next step of an account's renewal conversation, or take it now.

    Args:
        account: The account's id.
        apply: Take the step: enroll if needed, send the mail or open the task. Off: only show it.
        contract: A contract's id, if the account has several conversations. Empty: the earliest opt-out deadline.
        as_of: The night to look at. Empty: the newest one.
    """
    return run_in_place(
        "renewal",
        Settings.load(),
        lambda place: renew(place, account, contract=contract, as_of=as_of, press=apply),
    )
