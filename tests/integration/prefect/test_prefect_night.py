"""The night through a real Prefect API, run by a real worker, as a schedule or a button would have it."""

import json
from datetime import date
from typing import Any

import pytest

from tasks.demo.company import write_company
from tests.prefect_server import Prefect, until

AS_OF = date(2025, 6, 30)
MOST_TASKS = 30


@pytest.fixture(scope="module")
def failed(prefect_up: Prefect) -> dict[str, Any]:
    """A night that cannot be: its database is no database. Afterwards there is none."""
    database = prefect_up.settings.var / "perennial.db"
    database.write_text("this is no database: jane.doe@customer.example\n" * 100)
    run = prefect_up.run("nightly", as_of=AS_OF.isoformat())
    database.unlink()
    return run


@pytest.fixture(scope="module")
def night(prefect_up: Prefect, failed: dict[str, Any]) -> dict[str, Any]:
    """The night of the demo company, started as by the button in the UI."""
    assert failed
    write_company(prefect_up.settings.var / "demo", as_of=AS_OF)
    return prefect_up.run("nightly", limit=300, as_of=AS_OF.isoformat())


def test_a_failed_night_is_told_by_the_webhook(prefect_up: Prefect, failed: dict[str, Any]) -> None:
    """Whoever is on call learns which night it was; what the error quoted stays on this machine."""
    assert failed["state_type"] == "FAILED"
    told = until(lambda: [json.loads(body) for body in prefect_up.webhook.bodies if f"nightly-{AS_OF}" in body], 30)
    assert [one["state"] for one in told] == ["Failed"]
    assert "jane.doe" not in json.dumps(told)


def test_the_night_is_done_and_named_by_its_date(night: dict[str, Any]) -> None:
    """The state says what became of it."""
    assert (night["name"], night["state"]["name"]) == (f"nightly-{AS_OF}", "Done"), night["state"]


def test_its_stages_are_tasks_that_ran_once(prefect_up: Prefect, night: dict[str, Any]) -> None:
    """A coarse task each, in all at most thirty; what has side effects is never tried again."""
    tasks = prefect_up.filtered("task_runs", task_runs={"flow_run_id": {"any_": [night["id"]]}})
    names = {one["name"] for one in tasks}
    assert {"measure", "score", "judge", "seal", "decide", "apply", "deliver", "report"} <= names
    assert len(tasks) == len(names) <= MOST_TASKS
    assert {one["run_count"] for one in tasks} == {1}
    retried = {one["name"] for one in tasks if one["empirical_policy"]["retries"]}
    assert retried == {name for name in names if name.startswith("land-")}


def test_its_artifacts_count_and_link(prefect_up: Prefect, night: dict[str, Any]) -> None:
    """Validation by source, counts by reason, and where the report lies."""
    found = prefect_up.filtered("artifacts", artifacts={"flow_run_id": {"any_": [night["id"]]}})
    artifacts = {one["key"]: one for one in found}
    assert {"sources", "counts", "page-report"} <= set(artifacts)
    rows = json.loads(artifacts["sources"]["data"])
    assert all(row["pulled"] == row["good"] + row["quarantined"] for row in rows)
    assert "### Messages" in artifacts["counts"]["data"]
    assert "index.html" in artifacts["page-report"]["data"]


def test_prefect_knows_no_person(prefect_up: Prefect, night: dict[str, Any]) -> None:
    """No address of a contact is in Prefect's database, in its logs, or in what the worker printed."""
    assert night
    lines = (prefect_up.settings.var / "demo" / "contacts.jsonl").read_text().splitlines()
    addresses = {str(json.loads(line).get("mail") or "").strip().lower() for line in lines} - {""}
    kept = b"".join(path.read_bytes() for path in prefect_up.settings.prefect_home.glob("*") if path.is_file()).lower()
    assert len(addresses) > 100
    assert not [address for address in addresses if address.encode() in kept]


def test_the_night_again_does_nothing(prefect_up: Prefect, night: dict[str, Any]) -> None:
    """Prefect may run it as often as it likes: our seal says what was done."""
    mails = len(list((prefect_up.settings.mailbox_dir / "new").iterdir()))
    again = prefect_up.run("nightly", as_of=AS_OF.isoformat())
    assert again["state"]["name"] == night["state"]["name"]
    assert mails == len(list((prefect_up.settings.mailbox_dir / "new").iterdir())) > 0


@pytest.mark.parametrize(
    ("flow", "parameters", "state"),
    [("report", {}, "Done"), ("renewal", {"account": "no-such-account"}, "Failed")],
)
def test_the_buttons_answer(
    flow: str, parameters: dict[str, Any], state: str, prefect_up: Prefect, night: dict[str, Any]
) -> None:
    """What a person starts from the UI ends in a state with a word of ours."""
    assert night
    ended = prefect_up.run(flow, **parameters)
    assert ended["state"]["name"] == state, ended["state"]
    assert ended["state"]["message"]
