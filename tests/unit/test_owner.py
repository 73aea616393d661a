"""Who owns a task: the account's own people, else one of the team, else the team."""

import pytest

from models.owner import Owner, owner_of

ACCOUNT = {"csm_id": "P-7", "sales_id": "P-9"}
STAFF = {"P-7": None, "P-9": "sales", "P-4": "product", "P-3": "product", "P-5": "finance", "P-8": "csm"}


@pytest.mark.parametrize(
    ("team", "account", "id_"),
    [
        ("csm", ACCOUNT, "P-7"),
        ("sales", ACCOUNT, "P-9"),
        ("csm", {"csm_id": None}, None),
        ("sales", {}, None),
        ("product", ACCOUNT, "P-3"),
        ("finance", ACCOUNT, "P-5"),
        ("support", ACCOUNT, None),
        ("team", ACCOUNT, None),
    ],
)
def test_a_task_belongs_to_the_accounts_person_or_the_teams_first(
    team: str, account: dict[str, str | None], id_: str | None
) -> None:
    """Where nobody is known, the team's name stands for it: nothing is given to somebody of another team."""
    assert owner_of(team, account, STAFF) == Owner(id_, team)
