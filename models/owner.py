"""Who owns a task: a person of the team that its step names, or the team itself where nobody is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OF_ACCOUNT = {"csm": "csm_id", "sales": "sales_id"}
"""Teams of which each account has its own person, and the account's column."""


@dataclass(frozen=True)
class Owner:
    """The owner of a task; `id` is None where the whole team is asked."""

    id: str | None
    team: str


def owner_of(team: str, account: Mapping[str, Any], staff: Mapping[str, str | None]) -> Owner:
    """The owner of a step's task.

    Args:
        team: csm, sales, support, product, finance or team.
        account: the account's row; csm_id and sales_id are read.
        staff: person → team, of `csms`; one without a team is a CSM.
    """
    if team in OF_ACCOUNT:
        return Owner(account.get(OF_ACCOUNT[team]) or None, team)
    return Owner(min((id_ for id_, theirs in staff.items() if (theirs or "csm") == team), default=None), team)
