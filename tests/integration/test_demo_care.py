"""What the synthetic company knows beside its product agrees with how its customers feel, and gives every play work."""

import csv
import json
import sqlite3
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tasks.demo.company import AS_OF, write_company
from tasks.demo.customers import Customer, make_customers
from tasks.demo.engagement import SILENT
from tasks.demo.notes import HANDOVER
from tasks.demo.sessions import session_rows

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def customers() -> dict[str, Customer]:
    """The customers of the demo's usual size, by account."""
    return {one.account_id: one for one in make_customers(np.random.default_rng(7), 300, AS_OF)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """The demo's tables without the planted rows, whose ids lie above 800,000."""
    folder = tmp_path_factory.mktemp("care")
    write_company(folder)
    con = sqlite3.connect(folder / "billing.db")
    con.row_factory = sqlite3.Row
    found: dict[str, Rows] = {"invoices": [dict(row) for row in con.execute("SELECT * FROM invoice")]}
    con.close()
    for path in folder.glob("*.jsonl"):
        found[path.stem] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return {name: [row for row in rows if not _planted(row)] for name, rows in found.items()}


def _planted(row: dict[str, Any]) -> bool:
    """Whether a row is dirt or of a double."""
    key = str(next(iter(row.values())))
    return key[1:].isdigit() and int(key[1:]) >= 80_000 and key[1] in "89"


def _mood(customers: dict[str, Customer], rows: Rows) -> Counter[str]:
    """Customers of these rows, by mood."""
    return Counter(customers[account].mood for account in {row["account"] for row in rows})


def test_who_is_unhappy_pays_late(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """Some invoices are overdue, by a day or by weeks, and those of the unhappy far more often."""
    overdue = [row for row in tables["invoices"] if not row["paid"] and row["due"] < AS_OF.isoformat()]
    days = {(AS_OF - date.fromisoformat(row["due"])).days for row in overdue}
    moods, everybody = _mood(customers, overdue), Counter(one.mood for one in customers.values())
    assert 10 <= len(overdue) <= 60
    assert min(days) < 7
    assert max(days) > 14
    assert moods["unhappy"] / everybody["unhappy"] > 4 * moods["steady"] / everybody["steady"]


def test_every_paying_customer_is_charged(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """A trial is not, and nobody after having left."""
    charged = {row["account"] for row in tables["invoices"]}
    assert charged == {id_ for id_, one in customers.items() if one.mood != "trial"}
    for row in tables["invoices"]:
        assert row["issued"] < (customers[row["account"]].ended or AS_OF).isoformat()


def test_the_pulse_follows_the_mood(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """One to five, low where a customer is unhappy."""
    pulses = [(customers[row["account"]].mood, row["pulse"]) for row in tables["notes"] if row["kind"] == "pulse"]
    mean = {mood: np.mean([pulse for one, pulse in pulses if one == mood]) for mood, _ in pulses}
    assert {pulse for _, pulse in pulses} <= {1, 2, 3, 4, 5}
    assert mean["unhappy"] < 2.5
    assert 3.5 < mean["steady"] < mean["growing"]


def test_who_fell_silent_does_not_respond(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """No reply, booking or click of the quiet within their silence; of the others most responded this month."""
    since = (AS_OF - timedelta(days=25)).isoformat()
    lately = {row["account"] for row in tables["engagement"] if row["at"] >= since and not row["session"]}
    silent = {id_ for id_, one in customers.items() if one.mood in SILENT}
    content = {id_ for id_, one in customers.items() if one.mood in ("steady", "growing")}
    assert not lately & silent
    assert len(lately & content) > 0.8 * len(content)


def test_meetings_lie_ahead(tables: dict[str, Rows]) -> None:
    """Some were booked for the days to come, and seats of webinars to come are taken."""
    ahead = [row for row in tables["engagement"] if row["kind"] == "booking" and row["meets"] >= AS_OF.isoformat()]
    assert [row for row in ahead if not row["session"]]
    assert [row for row in ahead if row["session"]]


def test_only_those_who_are_there_respond(tables: dict[str, Rows]) -> None:
    """Each response is by a person of the account who has not left."""
    there = {(row["id"], row["account"]) for row in tables["contacts"] if not row["left"]}
    assert {(row["contact"], row["account"]) for row in tables["engagement"]} <= there


def test_the_handover_finds_gaps_with_new_customers(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """Of those in their first month some lack goals or notes of sales, some have all."""
    new = {id_ for id_, one in customers.items() if one.start >= AS_OF - timedelta(days=30) and one.mood != "trial"}
    goals = {row["account"] for row in tables["goals"]}
    told = {kind: {row["account"] for row in tables["notes"] if row["kind"] == kind} for kind in HANDOVER}
    whole = goals.intersection(*told.values()) & new
    assert whole
    assert new - goals
    assert all(new - accounts for accounts in told.values())


def test_the_pipeline_agrees_with_the_mood(customers: dict[str, Customer], tables: dict[str, Rows]) -> None:
    """More seats are sold to those who grow; every open renewal has a contract and an end to come."""
    expansions = [row for row in tables["opportunities"] if row["kind"] == "expansion"]
    assert _mood(customers, [row for row in expansions if not row["closed"]])["growing"] >= 10
    assert "unhappy" not in _mood(customers, [row for row in expansions if row["result"] == "won"])
    for row in tables["opportunities"]:
        assert row["opened"] < (row["closed"] or AS_OF.isoformat())
        if row["kind"] == "renewal" and not row["closed"]:
            assert row["contract"]
            assert row["expected"] > AS_OF.isoformat()


@pytest.mark.parametrize("days", [1, 7, 14, 21])
def test_a_webinar_lies_so_many_days_ahead(days: int) -> None:
    """The steps of an invitation find a session to invite to."""
    starts = {row["starts"][:10] for row in session_rows(AS_OF) if row["kind"] == "webinar"}
    assert (AS_OF + timedelta(days=days)).isoformat() in starts


def test_each_session_has_one_id() -> None:
    """Whatever the date, no two sessions share one, and none is on a weekend."""
    for shift in range(7):
        rows = session_rows(AS_OF + timedelta(days=shift))
        assert len({row["id"] for row in rows}) == len(rows)
        assert {date.fromisoformat(row["starts"][:10]).weekday() for row in rows} <= set(range(5))
