"""The synthetic company: equal for a seed, whole, and with everything due that the demo wants to show."""

import csv
import json
import sqlite3
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tasks.demo.company import AS_OF, write_company
from tasks.demo.customers import DEADLINES, STARTED, Customer, make_customers

FILES = {
    *(f"{name}.csv" for name in ("accounts", "csms", "tickets", "opportunities", "goals", "sessions")),
    *(f"{name}.csv" for name in ("task_states", "merges", "tombstones")),
    *(f"{name}.jsonl" for name in ("contacts", "feedback", "requests", "notes", "engagement")),
    "billing.db",
    "usage.parquet",
}
DOUBLES = 3
"""Accounts entered twice, or deleted: there in the export, and nowhere in the views."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A small company, and the row counts it was said to have."""
    folder = tmp_path_factory.mktemp("company")
    return folder, write_company(folder, accounts=40)


@pytest.fixture(scope="module")
def customers() -> list[Customer]:
    """The customers of the demo's usual size."""
    return make_customers(np.random.default_rng(7), 300, AS_OF)


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """A table of billing's database."""
    con = sqlite3.connect(folder / "billing.db")
    con.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in con.execute(f"SELECT * FROM {table}")]
    finally:
        con.close()


def _lines(path: Path) -> list[Any]:
    """A JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _csv(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """A CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _delimiter(path: Path) -> str:
    """The support desk exports with semicolons."""
    return ";" if path.stem == "tickets" else ","


def test_equal_seeds_write_equal_bytes(company: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    """The same arguments give the same files, so that a demo can be talked about."""
    folder, counts = company
    assert write_company(tmp_path, accounts=40) == counts
    assert {path.name for path in tmp_path.iterdir()} == FILES
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_another_seed_is_another_company(company: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    """The seed decides."""
    write_company(tmp_path, accounts=40, seed=8)
    assert (tmp_path / "accounts.csv").read_bytes() != (company[0] / "accounts.csv").read_bytes()


def test_the_counts_are_the_files(company: tuple[Path, dict[str, int]]) -> None:
    """What write_company says it wrote is what lies there, bad rows included."""
    folder, counts = company
    assert counts == {
        "usage": pq.read_metadata(folder / "usage.parquet").num_rows,
        "contracts": len(_rows(folder, "contract")),
        "churn": len(_rows(folder, "cancellation")),
        "invoices": len(_rows(folder, "invoice")),
        **{path.stem: len(_csv(path, _delimiter(path))) for path in folder.glob("*.csv")},
        **{path.stem: len(_lines(path)) for path in folder.glob("*.jsonl")},
    }
    assert counts["accounts"] == 40 + DOUBLES + 4


def test_every_row_but_the_planted_ones_names_an_account(company: tuple[Path, dict[str, int]]) -> None:
    """Only the planted orphans point nowhere."""
    folder, _ = company
    known = {row["id"] for row in _csv(folder / "accounts.csv")}
    usage = pq.read_table(folder / "usage.parquet", columns=["account"])["account"].to_pylist()
    orphans = Counter(account for account in usage if account not in known)
    for rows, key in (
        (_lines(folder / "contacts.jsonl"), "account"),
        (_lines(folder / "feedback.jsonl"), "account"),
        (_csv(folder / "tickets.csv", ";"), "account"),
        (_rows(folder, "contract"), "account"),
        (_rows(folder, "cancellation"), "account"),
        (_rows(folder, "invoice"), "account"),
        *((_lines(folder / f"{name}.jsonl"), "account") for name in ("requests", "notes", "engagement")),
        *((_csv(folder / f"{name}.csv"), "account") for name in ("opportunities", "goals")),
        (_csv(folder / "merges.csv"), "into"),
    ):
        orphans.update(row[key] for row in rows if row[key] not in known)
    assert orphans == {"A99999": 9}


def test_nothing_happens_after_the_date(company: tuple[Path, dict[str, int]]) -> None:
    """The company does not know its future, beyond what is agreed."""
    folder, _ = company
    days = pq.read_table(folder / "usage.parquet", columns=["day"])["day"].to_pylist()
    assert AS_OF - timedelta(days=365) <= min(days)
    assert max(days) < AS_OF
    assert all(row["starts"] < AS_OF.isoformat() for row in _rows(folder, "contract"))
    assert all((row["canceled_as_of"] or "") < AS_OF.isoformat() for row in _rows(folder, "contract"))
    assert all(row["answered"] < AS_OF.isoformat() for row in _lines(folder / "feedback.jsonl"))
    assert all(max(row["issued"], row["paid"] or "") < AS_OF.isoformat() for row in _rows(folder, "invoice"))
    assert all(row["written"] < AS_OF.isoformat() for row in _lines(folder / "notes.jsonl"))
    assert all(row["at"] < AS_OF.isoformat() for row in _lines(folder / "engagement.jsonl"))
    assert all(max(row["set"], row["reached"]) < AS_OF.isoformat() for row in _csv(folder / "goals.csv"))
    assert all(max(row["opened"], row["closed"]) < AS_OF.isoformat() for row in _csv(folder / "opportunities.csv"))
    assert all((row["delivered"] or "") < AS_OF.isoformat() for row in _lines(folder / "requests.jsonl"))


@pytest.mark.parametrize("days", sorted(set(STARTED)))
def test_onboarding_falls_due_on_the_date(customers: list[Customer], days: int) -> None:
    """For each day of the onboarding play somebody started just then."""
    assert [one for one in customers if one.start == AS_OF - timedelta(days=days) and one.mood != "trial"]


@pytest.mark.parametrize("days", sorted(set(DEADLINES)))
def test_renewals_fall_due_on_the_date(customers: list[Customer], days: int) -> None:
    """For each step of the renewal play some opt-out deadline lies just that far away."""
    assert [one for one in customers if _opt_out(one) == AS_OF + timedelta(days=days) and one.mood != "churned"]


def _opt_out(customer: Customer) -> date | None:
    """The end of the running term less the notice, by months counted from the start."""
    months = customer.start.month - 1 + customer.term_months * _terms(customer)
    end = date(customer.start.year + months // 12, months % 12 + 1, min(customer.start.day, 28))
    return end + timedelta(days=max(0, customer.start.day - 28) - customer.notice_days)


def _terms(customer: Customer) -> int:
    """Terms begun by the date."""
    gone = (AS_OF.year - customer.start.year) * 12 + AS_OF.month - customer.start.month
    return max(0, gone - (AS_OF.day < customer.start.day)) // customer.term_months + 1


def test_customers_are_of_many_kinds(customers: list[Customer]) -> None:
    """Every mood and size is there, most customers are content, and a tenth or less has left."""
    moods = Counter(one.mood for one in customers)
    assert moods["steady"] + moods["growing"] > 150
    assert min(moods.values()) >= 5
    assert moods["churned"] <= 30
    assert len({one.plan for one in customers}) == 3
    assert len({one.domain for one in customers}) == len(customers)
    assert max(one.mrr_minor for one in customers) < sum(one.mrr_minor for one in customers) / 20


def test_a_declining_customer_uses_less(tmp_path: Path) -> None:
    """The last 30 days of a decliner hold less use than 30 days three months before."""
    write_company(tmp_path, accounts=100)
    customers = make_customers(np.random.default_rng(7), 100, AS_OF)
    old = [one.account_id for one in customers if one.mood == "declining" and one.start < AS_OF - timedelta(days=200)]
    table = pq.read_table(tmp_path / "usage.parquet", filters=[("account", "in", old)]).to_pylist()
    last = sum(row["people"] for row in table if row["day"] >= AS_OF - timedelta(days=30))
    before = sum(
        row["people"] for row in table if AS_OF - timedelta(days=120) <= row["day"] < AS_OF - timedelta(days=90)
    )
    assert last < 0.6 * before


@pytest.mark.parametrize("accounts", [1, 12, 301])
def test_any_size_can_be_made(tmp_path: Path, accounts: int) -> None:
    """A tiny company and a larger one are written as well."""
    assert write_company(tmp_path, accounts=accounts)["accounts"] == accounts + DOUBLES + 4
