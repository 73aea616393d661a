"""The command line for what people do to the engine by hand: start a play, override, look at versions."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables import enrollment, override, play_request
from tests.cli_call import call, told
from tests.night_house import MONDAY, House, with_plays

PLAY = """
play: check-up
title: Check-up
trigger: csm
per: account
audience: "mrr_minor < 0"
anchor: manual
precedence: 99
exit: {stop: "contract_status = 'churned'"}
steps:
  - {id: prepare, day: 0, task: Look at the account, owner: csm}
  - {id: ask, day: 3, email: onboarding/day-15-check-in, to: [sponsor, champion]}
  - {id: report, after: prepare, task: Tell the product team, owner: product}
"""


@pytest.fixture(scope="module")
def began(company: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation with a play that only people start, after its first night; not to be changed."""
    folder = tmp_path_factory.mktemp("by-hand")
    shutil.copytree(company / "layer", folder / "layer")
    with_plays(folder / "layer", "renewal", "onboarding-30-days")
    (folder / "layer/config/plays").mkdir(parents=True, exist_ok=True)
    (folder / "layer/config/plays/check-up.yaml").write_text(PLAY, encoding="utf-8")
    house = House(folder / "var", folder / "layer")
    house.night()
    return house


@pytest.fixture
def house(began: House, tmp_path: Path) -> House:
    """A copy of it."""
    return began.to(tmp_path / "var")


def customer(house: House, status: str = "active") -> str:
    """The first account of that contract status."""
    with house.sealed() as night:
        sheet = night.lake.read(night.path("sheet_account.parquet")).to_pylist()
    return next(str(row["account_id"]) for row in sheet if row["contract_status"] == status)


def test_a_start_is_shown_before_it_is_made(house: House) -> None:
    """Each step with its date and whom it would reach; the audience is said to be overridden; nothing is written."""
    account = customer(house)
    found = told(house, "start", "check-up", account, "--dry-run")
    assert (found["state"], found["audience"], found["subject"]) == ("shown", False, f"account:{account}")
    steps = {step["step"]: step for step in found["steps"]}
    assert steps["prepare"]["planned_on"] == MONDAY.isoformat()
    assert steps["ask"]["planned_on"] == (MONDAY + timedelta(days=3)).isoformat()
    assert steps["prepare"]["whom"].startswith("csm")
    assert steps["report"]["note"] == "waits for prepare"
    text = call(house, "start", "check-up", account, "--dry-run").stdout
    assert "you override it" in text
    assert "Nothing was changed" in text
    assert house.rows(select(play_request)) == []


def test_what_was_asked_for_begins_with_the_next_night(house: House) -> None:
    """Once, however often it is asked for on a day; then it runs already."""
    account = customer(house)
    assert told(house, "start", "check-up", account, "--by", "csm-01", "--reason", "they called")["state"] == "asked"
    assert told(house, "start", "check-up", account)["state"] == "asked before"
    (asked,) = house.rows(select(play_request))
    assert (asked.play, asked.by, asked.reason, asked.requested_on) == ("check-up", "csm-01", "they called", MONDAY)
    house.night(MONDAY + timedelta(days=1))
    (row,) = house.rows(select(enrollment).where(enrollment.c.play == "check-up"))
    assert (row.account, row.occurrence, row.trigger) == (account, asked.request_id, "csm")
    assert "prepare" in {task["step"] for task in told(house, "tasks", "--account", account)["tasks"]}
    shown = next(one for one in told(house, "account", account)["enrollments"] if one["play"] == "check-up")
    assert (shown["trigger"], shown["progress"], shown["progress_reason"]) == ("csm", "on_track", "")
    again = call(house, "start", "check-up", account)
    assert again.exit_code == 2
    assert "runs for" in again.stderr


def test_a_play_that_goes_nowhere_is_told_once(house: House) -> None:
    """A task overdue and two quiet weeks make one more task, for the account's CSM; the page says why."""
    account = customer(house)
    told(house, "start", "check-up", account)
    for days in (1, 25, 26):
        house.night(MONDAY + timedelta(days=days))
    tasks = [one for one in told(house, "tasks", "--account", account)["tasks"] if one["play"] == "check-up"]
    assert {one["step"] or one["kind"]: one["state"] for one in tasks} == {"prepare": "due", "stuck": "open"}
    (stuck,) = [one for one in tasks if one["kind"] == "stuck"]
    assert stuck["title"].startswith("The play Check-up is stuck: the task of prepare was due on")
    assert stuck["csm"].startswith("csm")
    shown = next(one for one in told(house, "account", account)["enrollments"] if one["play"] == "check-up")
    assert shown["progress"] == "behind"  # a mail ended late on the night that told: that happened, at least
    assert shown["progress_reason"].startswith("the task of prepare was due on")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "chek-up", "ACTIVE"), "did you mean 'check-up'?"),
        (("start", "check-up", "nobody"), "there is no account 'nobody'"),
        (("start", "renewal", "ACTIVE", "--contract", "S-x"), "has no contract 'S-x'"),
        (("start", "check-up", "CHURNED"), "its exit.stop holds"),
        (("override", "ACTIVE", "helth", "red", "--reason", "r", "--author", "a"), "did you mean 'health'?"),
        (("override", "ACTIVE", "health", "rod", "--reason", "r", "--author", "a"), "did you mean 'red'?"),
        (("override", "ACTIVE", "stage", "adopt", "--reason", "r", "--author", "a"), "did you mean 'adoption'?"),
        (("override", "ACTIVE", "touch", "high"), "say also: --reason, --author"),
        (
            ("override", "ACTIVE", "touch", "high", "--reason", "r", "--author", "a", "--until", "2020-01-01"),
            "has passed",
        ),
        (("versions", "renwal"), "did you mean 'renewal'?"),
    ],
)
def test_what_cannot_be_is_refused(began: House, words: tuple[str, ...], said: str) -> None:
    """With the nearest name where there is one."""
    if "CHURNED" in words and not churned(began):
        pytest.skip("nobody of this company has churned")
    named = {"ACTIVE": customer(began)} | ({"CHURNED": customer(began, "churned")} if "CHURNED" in words else {})
    result = call(began, *(named.get(word, word) for word in words))
    assert result.exit_code == 2
    assert said in result.stderr


def churned(house: House) -> bool:
    """Whether anybody has."""
    with house.sealed() as night:
        statuses = night.lake.read(night.path("sheet_account.parquet"))["contract_status"].to_pylist()
    return "churned" in statuses


def test_a_stopped_play_is_not_started(house: House) -> None:
    """An operator's switch counts for people too."""
    told(house, "stop", "check-up")
    result = call(house, "start", "check-up", customer(house))
    assert result.exit_code == 2
    assert "'check-up' is stopped" in result.stderr


def test_an_override_counts_from_the_next_night_until_it_is_lifted(house: House) -> None:
    """The computed band stays beside it; the same said twice changes nothing."""
    account = customer(house)
    words = ("override", account, "health", "red", "--reason", "they told us", "--author", "csm-01")
    assert told(house, *words)["changed"]
    assert not told(house, *words)["changed"]
    (shown,) = told(house, "override", "--list")["overrides"]
    assert (shown["account"], shown["value"], shown["author"], shown["holds"]) == (account, "red", "csm-01", True)
    house.night(MONDAY + timedelta(days=1))
    health = told(house, "account", account)["health"]
    assert health["effective"] == "red"
    lift = ("override", account, "health", "--lift", "--reason", "settled", "--author", "csm-01")
    assert told(house, *lift)["changed"]
    assert not told(house, *lift)["changed"]
    assert told(house, "override", "--list")["overrides"] == []
    assert [row.value for row in house.rows(select(override))] == [None]
    titles = [one["title"] for one in told(house, "account", account)["events"]]
    assert "health set to red by csm-01" in titles
    assert "health no longer set by hand, says csm-01" in titles


def test_a_new_version_is_shown_before_it_applies(house: House, tmp_path: Path) -> None:
    """What is dropped, renamed, changed and new, and by how many enrollments each step was taken."""
    account = customer(house)
    told(house, "start", "check-up", account)
    house.night(MONDAY + timedelta(days=1))
    layer = tmp_path / "layer"
    shutil.copytree(house.layer, layer)
    changed = PLAY.replace("id: ask", "id: write").replace("after: prepare", "day: 9").replace("id: report", "id: sum")
    changed += "migrate: {how: map, steps: {ask: write}}\n"
    (layer / "config/plays/check-up.yaml").write_text(changed, encoding="utf-8")
    new, old = told(replace(house, layer=layer), "versions", "check-up")["versions"]
    assert (new["configured"], new["running"], old["how"], old["running"]) == (True, 0, "map", 1)
    said = {step["step"]: (step["becomes"], step["taken"]) for step in old["steps"]}
    assert said == {"prepare": ("prepare", 1), "ask": ("write", 0), "report": (None, 0), "sum": ("sum", 0)}
    text = call(replace(house, layer=layer), "versions", "check-up").stdout
    assert "becomes write; what was done counts as done" in text
    assert "is dropped: where it is open it ends superseded" in text
