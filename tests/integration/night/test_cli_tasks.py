"""The command line for tasks: filters, and what a person makes of one."""

import json

import pytest
from sqlalchemy import select

from models.tables import event, step, task
from tests.cli_call import call, told
from tests.night_house import House


def of_step(house: House, one: dict[str, str]) -> list[tuple[str, str]]:
    """Outcome and reason of the task's step."""
    query = select(step).where(step.c.enrollment_id == one["enrollment_id"], step.c.step == one["step"])
    return [(row.outcome, row.reason) for row in house.rows(query)]


def test_a_task_goes_from_hand_to_hand(house: House) -> None:
    """Pending, open again, done, reopened, done again: each with who and why, and the step ends once."""
    one = told(house, "tasks")["tasks"][0]
    id_ = one["task_id"][:8]
    said = told(house, "tasks", "pending", id_, "--reason", "legal reads it", "--by", "csm-77")
    assert (said["state"], said["changed_by"], said["changed"]) == ("pending", "csm-77", True)
    assert not told(house, "tasks", "pending", id_)["changed"]
    (row,) = house.rows(select(task).where(task.c.task_id == one["task_id"]))
    assert (row.state, row.reason, row.changed_by) == ("pending", "legal reads it", "csm-77")
    assert told(house, "tasks", "reopen", id_)["state"] == "open"
    assert told(house, "tasks", "done", id_, "--note", "Jane agrees")["changed"]
    assert told(house, "tasks", "reopen", id_)["changed"]
    assert told(house, "done", id_, "--by", "csm-77")["changed_by"] == "csm-77"
    assert of_step(house, one) == [("done", "its owner has done the task")]
    assert not any("Jane" in json.dumps(row.payload) for row in house.rows(select(event)))
    (shown,) = [each for each in told(house, "tasks", "--state", "done")["tasks"] if each["task_id"] == one["task_id"]]
    assert shown["note"] == "Jane agrees"


def test_a_task_that_is_put_away_cancels_its_step(house: House) -> None:
    """What waits for it does not happen; it is among the closed ones."""
    one = told(house, "tasks")["tasks"][0]
    assert told(house, "tasks", "close", one["task_id"], "--reason", "no such contract")["state"] == "closed"
    assert of_step(house, one) == [("canceled", "no such contract")]
    assert [each["task_id"] for each in told(house, "tasks", "--state", "closed")["tasks"]] == [one["task_id"]]
    refused = call(house, "tasks", "pending", one["task_id"])
    assert refused.exit_code == 2
    assert "is closed and cannot become pending; it can become done, open" in refused.stderr


def test_tasks_of_an_owner_an_account_a_state(done: House) -> None:
    """Each filter leaves what it names, and the text says who changed it."""
    all_ = told(done, "tasks")["tasks"]
    first = all_[0]
    assert {one["csm"] for one in told(done, "tasks", "--owner", first["csm"])["tasks"]} == {first["csm"]}
    assert {one["account"] for one in told(done, "tasks", "--account", first["account"])["tasks"]} == {first["account"]}
    assert told(done, "tasks", "--state", "all")["tasks"] == all_
    assert call(done, "tasks", "--state", "closed").stdout == "No closed tasks.\n"
    assert f"{first['csm']}" in call(done, "tasks").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tasks", "--state", "opn"), "did you mean 'open'?"),
        (("tasks", "--account", "nobody"), "there is no account 'nobody'"),
        (("tasks", "--owner", "csm-99"), "there is no CSM 'csm-99'"),
        (("tasks", "done", "TASK", "--by", "jane@example.com"), "is no id of a person"),
        (("tasks", "close", "ffffffff"), "there is no task 'ffffffff'"),
    ],
)
def test_what_is_none_is_refused(done: House, words: tuple[str, ...], said: str) -> None:
    """With the nearest where there is one; nothing changes."""
    id_ = done.rows(select(task.c.task_id))[0][0]
    result = call(done, *(id_ if word == "TASK" else word for word in words))
    assert result.exit_code == 2
    assert said in result.stderr
