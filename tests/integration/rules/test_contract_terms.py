"""Contract terms: counted from the start, never chained; an oracle that walks the calendar day by day."""

from calendar import monthrange
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pytest

from config.facts import load_facts
from config.files import read_files
from models.entities_money import CONTRACTS
from tasks.lake.lake import Lake
from tasks.lake.views import entity_views
from tasks.measure import compute_facts

FACTS = {grain: facts if grain == "contract" else [] for grain, facts in load_facts(read_files()).items()}
ACCOUNT_FACTS = [fact for fact in load_facts(read_files())["account"] if fact.name == "contracts"]
CON = duckdb.connect(config={"threads": 1})


def facts(contracts: list[dict[str, Any]], as_of: date, grain: str = "contract") -> list[dict[str, Any]]:
    """The contract (or account) facts of these contracts, in order."""
    entity_views(CON, Lake("nowhere"), [], as_of)
    columns = ", ".join(f"{column.name} {column.type}" for column in CONTRACTS.columns)
    CON.execute(f"CREATE OR REPLACE TEMP TABLE agreed ({columns})")
    rows = [
        [({"contract_id": f"S-{i:03}", "account_id": "A-1", "mrr_minor": 100, "currency": "USD"} | row).get(column.name)
         for column in CONTRACTS.columns]
        for i, row in enumerate(contracts)
    ]  # fmt: skip
    places = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
    CON.execute(f"INSERT INTO agreed VALUES {places}", [value for row in rows for value in row])
    CON.execute(f"CREATE OR REPLACE VIEW contracts AS SELECT * FROM agreed WHERE start_on < DATE '{as_of}'")
    CON.execute("CREATE OR REPLACE VIEW accounts AS SELECT DISTINCT account_id FROM agreed")
    compute_facts(CON, FACTS | {"account": ACCOUNT_FACTS}, as_of)
    result = CON.execute(f"SELECT * FROM {grain}_facts ORDER BY 1")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def month_later(start: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def walked(start: date, months: int, as_of: date) -> tuple[int, date, date]:
    """Term number, start and end, by walking every day from the start on."""
    number, begun, ends, day = 1, start, month_later(start, months), start
    while day < as_of:
        day += timedelta(days=1)
        if day == ends:
            number, begun, ends = number + 1, ends, month_later(start, (number + 1) * months)
    return number, begun, ends


@pytest.mark.parametrize(
    ("start", "months", "as_of", "number", "begun", "ends"),
    [
        ("2024-01-31", 1, "2024-02-28", 1, "2024-01-31", "2024-02-29"),
        ("2024-01-31", 1, "2024-02-29", 2, "2024-02-29", "2024-03-31"),
        ("2024-01-31", 1, "2024-03-30", 2, "2024-02-29", "2024-03-31"),
        ("2024-01-31", 1, "2024-04-30", 4, "2024-04-30", "2024-05-31"),
        ("2023-01-31", 1, "2023-03-01", 2, "2023-02-28", "2023-03-31"),
        ("2024-02-29", 12, "2025-02-27", 1, "2024-02-29", "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28", 2, "2025-02-28", "2026-02-28"),
        ("2024-02-29", 12, "2028-02-28", 4, "2027-02-28", "2028-02-29"),
        ("2024-02-29", 12, "2028-02-29", 5, "2028-02-29", "2029-02-28"),
        ("2024-11-30", 3, "2025-02-28", 2, "2025-02-28", "2025-05-30"),
        ("2024-12-30", 12, "2024-12-31", 1, "2024-12-30", "2025-12-30"),
    ],
)
def test_month_ends_and_leap_days(start: str, months: int, as_of: str, number: int, begun: str, ends: str) -> None:
    """A term that began on the 31st ends on each month's last day, and the 29th of February comes back."""
    (found,) = facts([{"start_on": start, "term_months": months}], date.fromisoformat(as_of))
    told = found["term_number"], str(found["term_start"]), str(found["term_end"])
    assert told == (number, begun, ends)
    assert walked(date.fromisoformat(start), months, date.fromisoformat(as_of)) == (
        number, date.fromisoformat(begun), date.fromisoformat(ends),
    )  # fmt: skip


def test_many_contracts_agree_with_the_calendar_walked_day_by_day() -> None:
    """Starts on all days of leap and common years, terms of 1 to 36 months."""
    random, as_of = Random(7), date(2024, 12, 31)
    months = [1, 2, 3, 6, 12, 24, 36]
    made: list[dict[str, Any]] = [
        {"start_on": as_of - timedelta(days=random.randint(1, 1500)), "term_months": random.choice(months),
         "notice_days": random.choice([None, 0, 30, 90])}
        for _ in range(300)
    ]  # fmt: skip
    for given, found in zip(made, facts(made, as_of), strict=True):
        number, begun, ends = walked(given["start_on"], given["term_months"], as_of)
        deadline = ends - timedelta(days=given["notice_days"] or 0)
        assert (found["term_number"], found["term_start"], found["term_end"]) == (number, begun, ends), given
        assert found["opt_out_deadline"] == deadline, given
        assert found["days_to_opt_out"] == (deadline - as_of).days, given


def test_with_an_end_there_is_one_term_of_whole_months() -> None:
    """From start to end, whatever the billing period says."""
    table = [
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-03-30", 1),
        ("2024-01-31", "2024-03-31", 2),
        ("2024-01-15", "2024-01-20", 0),
        ("2023-06-01", "2024-06-01", 12),
        ("2023-06-01", "2024-05-31", 11),
    ]
    made = [
        {"start_on": start, "end_on": end, "billing_period": "monthly", "notice_days": 10} for start, end, _ in table
    ]
    found = facts(made, date(2024, 12, 31))
    assert [(str(one["term_start"]), str(one["term_end"]), one["term_months"]) for one in found] == table
    assert {one["term_number"] for one in found} == {1}
    assert all(one["opt_out_deadline"] == one["term_end"] - timedelta(days=10) for one in found)


def test_an_end_beyond_the_agreed_term_is_another_term() -> None:
    """Renewed early, rolled over or extended: the number rises, and with it the renewal begins anew."""
    table = [
        ("2024-01-01", "2025-01-01", 12, 1, "2024-01-01"),
        ("2024-01-01", "2026-01-01", 12, 2, "2025-01-01"),
        ("2024-01-01", "2026-02-01", 12, 3, "2026-01-01"),
        ("2024-01-01", "2025-01-02", 12, 1, "2024-01-01"),
        ("2024-02-29", "2026-02-28", 12, 2, "2025-02-28"),
        ("2024-01-01", "2027-01-01", 36, 1, "2024-01-01"),
        ("2024-01-01", "2024-07-01", 12, 1, "2024-01-01"),
    ]
    made = [{"start_on": start, "end_on": end, "term_months": months} for start, end, months, *_ in table]
    found = facts(made, date(2024, 12, 31))
    assert [(one["term_number"], str(one["term_start"])) for one in found] == [(number, on) for *_, number, on in table]


def test_without_term_the_billing_period_is_the_term() -> None:
    """One that is not known makes no term, and so no deadline."""
    table = {"monthly": 1, "quarterly": 3, "annual": 12, "weekly": None, None: None}
    found = facts([{"start_on": "2024-06-15", "billing_period": period} for period in table], date(2024, 12, 31))
    assert [one["term_months"] for one in found] == list(table.values())
    assert [one["opt_out_deadline"] is None for one in found] == [months is None for months in table.values()]


def test_mrr_is_what_is_in_force_on_the_day() -> None:
    """start <= day < end, trials apart; two currencies do not add up, and that is unknown, not nothing."""
    old, ended, today = {"start_on": "2024-01-01"}, {"start_on": "2024-01-01", "end_on": "2024-12-31"}, "2024-12-31"
    trial = {"start_on": "2024-12-01", "trial": True}
    table: list[tuple[list[dict[str, Any]], str, int | None, int]] = [
        ([old], "active", 100, 1),
        ([old | {"end_on": "2025-01-01"}], "active", 100, 1),
        ([ended], "churned", 0, 0),
        ([ended, {"start_on": "2024-12-30"}], "active", 100, 1),
        ([trial], "trial", 0, 0),
        ([trial, old], "active", 100, 1),
        ([{"start_on": today}, {"start_on": "2024-12-30", "currency": "EUR"}], "active", 100, 1),
        ([old, old | {"currency": "EUR"}], "active", None, 2),
        ([old, ended | {"currency": "EUR"}], "active", 100, 1),
        ([{"start_on": today}], "prospect", 0, 0),
    ]
    made = [contract | {"account_id": f"A-{i:02}"} for i, (contracts, *_) in enumerate(table) for contract in contracts]
    found = facts(made, date(2024, 12, 31), "account")
    told = [(one["contract_status"], one["mrr_minor"], one["active_contracts"]) for one in found]
    assert told == [tuple(expected) for _, *expected in table]


def test_the_first_contract_is_the_earliest_and_of_equals_the_first_by_id() -> None:
    """Whatever order the rows come in."""
    starts = ["2024-05-01", "2024-03-01", "2024-03-01"]
    (found,) = facts([{"start_on": start} for start in starts], date(2024, 12, 31), "account")
    assert (found["first_contract_id"], found["days_since_start"]) == ("S-001", 305)
