"""`perennial why`: what it tells is what the night decided, from its seal alone."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from models.tables import message, step, task
from tasks.store.engine import begin
from tests.cli_call import call, files, told
from tests.night_house import MONDAY, House


@pytest.fixture(scope="module")
def decisions(done: House) -> dict[str, Any]:
    """What the night decided."""
    with done.sealed() as night:
        found: dict[str, Any] = json.loads(night.lake.read_text(night.path("decisions.json")))
    return found


@pytest.fixture(scope="module")
def accounts(decisions: dict[str, Any]) -> list[str]:
    """Three accounts about which there was most to decide."""
    mine = [row["account"] for row in decisions["verdicts"]]
    return sorted(set(mine), key=lambda account: (-mine.count(account), account))[:3]


def clauses(clause: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The clauses without parts."""
    if not clause["parts"]:
        yield clause
    for part in clause["parts"]:
        yield from clauses(part)


def conditions(found: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every condition with its play."""
    for play in found["plays"]:
        yield from ((play, one) for one in play["conditions"])
        yield from ((play, one) for each in play["steps"] for one in each["conditions"])


def test_each_step_has_the_verdict_that_was_decided(
    done: House, decisions: dict[str, Any], accounts: list[str]
) -> None:
    """With its reason, and no verdict is left out; what begins and what ends is told so."""
    for account in accounts:
        found = told(done, "why", account, "--on", MONDAY)
        said = {
            (play["enrollment_id"], one["step"]): one["state"]
            for play in found["plays"] for one in play["steps"]
        }  # fmt: skip
        mine = [row for row in decisions["verdicts"] if row["account"] == account]
        assert mine
        assert {key: said[key] for key in ((row["enrollment_id"], row["step"]) for row in mine)} == {
            (row["enrollment_id"], row["step"]): row["verdict"] for row in mine
        }
        begun = {row["enrollment_id"] for row in decisions["enroll"] if row["account"] == account and not row["lead"]}
        assert {one["enrollment_id"] for one in found["plays"] if one["state"] in ("begins", "ends")} >= begun


def test_each_condition_has_the_truth_that_was_sealed(done: House, accounts: list[str]) -> None:
    """Its clauses come to it, each with the values that it read; what is unknown names a source."""
    for account in accounts:
        found = told(done, "why", account)
        with done.sealed() as night:
            truths = {
                grain: {
                    row[f"{grain}_id"]: row
                    for row in night.lake.read(night.path(f"truth_{grain}.parquet")).to_pylist()
                }
                for grain in ("account", "contract", "contact", "ticket", "session")
            }  # fmt: skip
        words = {True: "held", False: "failed", None: "unknown"}
        for play, one in conditions(found):
            grain, _, id_ = play["subject"].partition(":")
            assert one["state"] == words[truths[grain][id_][f"{play['version']}.{one['where']}"]]
            for clause in clauses(one["clause"]):
                missing = [column for column, value in clause["values"].items() if value is None]
                assert bool(clause["blame"]) <= (clause["state"] == "unknown" and bool(missing))


def test_what_is_to_come_is_not_before_a_day(done: House, accounts: list[str]) -> None:
    """Later than the night; a step without a day says what it waits for."""
    found = told(done, "why", accounts[0])
    steps = [one for play in found["plays"] for one in play["steps"]]
    coming = [one for one in steps if one["state"] == "to_come"]
    assert coming
    assert all(one["not_before"] > MONDAY.isoformat() for one in coming)
    assert all(one["reason"] for one in steps)


def test_it_reads_the_seal_and_not_what_came_later(house: House, accounts: list[str]) -> None:
    """Rows of the database that have changed since change nothing, and asking changes no byte."""
    before = told(house, "why", accounts[0])
    with house.open() as place, begin(place.engine) as conn:
        for table in (message, task, step):
            conn.execute(delete(table))
    left = files(house.var)
    assert told(house, "why", accounts[0]) == before
    assert files(house.var) == left


def test_one_step_is_told_clause_by_clause(done: House, decisions: dict[str, Any]) -> None:
    """PLAY/STEP, PLAY alone, and the text for people."""
    row = next(one for one in decisions["verdicts"] if one["play"] == "renewal")
    asked = f"renewal/{row['step']}"
    found = told(done, "why", row["account"], "--step", asked)
    assert {play["play"] for play in found["plays"]} == {"renewal"}
    assert {one["step"] for play in found["plays"] for one in play["steps"]} == {row["step"]}
    text = call(done, "why", row["account"], "--step", asked, "--on", MONDAY).stdout
    assert row["reason"] in text
    assert len(told(done, "why", row["account"], "--step", "renewal")["plays"][0]["steps"]) > 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody-at-all"], "there is no account 'nobody-at-all'"),
        (["ACCOUNT", "--step", "renwal/notice-90"], "there is no play 'renwal'; did you mean 'renewal'?"),
        (["ACCOUNT", "--step", "renewal/notice-9"], "has no step 'notice-9'; did you mean 'notice-90'?"),
        (["ACCOUNT", "--on", str(MONDAY + timedelta(days=9))], f"the nearest one that has is {MONDAY}"),
    ],
)  # fmt: skip
def test_unknown_names_get_the_nearest(done: House, accounts: list[str], arguments: list[str], said: str) -> None:
    """Of accounts, plays, steps and nights."""
    result = call(done, "why", *(accounts[0] if one == "ACCOUNT" else one for one in arguments))
    assert result.exit_code == 2
    assert said in result.stderr


def test_who_is_not_green_is_told_what_it_would_take(done: House) -> None:
    """The smallest single change, or that there is none; who is green needs nothing."""
    with done.sealed() as night:
        sheet = night.lake.read(night.path("sheet_account.parquet"))
    bands = dict(zip(sheet["account_id"].to_pylist(), sheet["health_band"].to_pylist(), strict=True))
    for band in ("green", "yellow", "red"):
        account = next((id_ for id_, found in bands.items() if found == band), None)
        if account:
            green = told(done, "why", account)["green"]
            assert (green is None) == (band == "green")
            assert green is None or bool(green["ways"]) != bool(green["said"])
