"""What sales of the synthetic company works on: new customers, renewals, and who may buy more."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from dateutil.relativedelta import relativedelta

from tasks.demo.billing import contract_id
from tasks.demo.crm import Rows
from tasks.demo.customers import SOUR, Customer, Mood
from tasks.demo.team import sales_of

COLUMNS = ("id", "account", "contract", "kind", "stage", "cents", "opened", "expected", "closed", "result", "owner")
AHEAD, BEHIND = 200, 200
"""Renewals are worked on that many days before the end, and shown that many days after."""
BUYS: dict[Mood, float] = {"growing": 0.55, "steady": 0.08}
BOUGHT: dict[Mood, float] = {"growing": 0.4, "steady": 0.06}
STAGES = ("discovery", "proposal", "negotiation")


def opportunity_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """The CRM's pipeline as it stands."""
    rows: Rows = []
    for customer in customers:
        rows += [*_new(rng, customer, as_of), *_renewals(rng, customer, as_of), *_expansions(rng, customer, as_of)]
    return [{"id": f"O{number:06d}", **row} for number, row in enumerate(rows, start=1)]


def _new(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """How a customer of the last months was won; a trial is still to be."""
    if (as_of - customer.start).days > BEHIND:
        return []
    opened = customer.start - timedelta(days=int(rng.integers(30, 120)))
    if customer.mood == "trial":
        return [_row(customer, "new", _seats(customer.seats), opened, as_of + timedelta(days=20), _open("proposal"))]
    signed = customer.start - timedelta(days=int(rng.integers(1, 15)))
    return [_row(customer, "new", customer.mrr_minor * 12, opened, signed, _closed(signed))]


def _renewals(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """The renewal behind, and the one ahead."""
    if customer.mood in ("churned", "trial") or customer.term_months < 6:
        return []
    begun, end = _term(customer, as_of)
    rows: Rows = []
    if begun > customer.start and (as_of - begun).days <= BEHIND:
        signed = begun - timedelta(days=int(rng.integers(3, 25)))
        opened = signed - timedelta(days=int(rng.integers(40, 90)))
        rows.append(_row(customer, "renewal", _yearly(customer), opened, begun, _closed(signed)))
    if (end - as_of).days <= AHEAD and rng.random() < 0.75:
        rows.append(_ahead(rng, customer, end, as_of))
    return rows


def _ahead(rng: np.random.Generator, customer: Customer, end: date, as_of: date) -> dict[str, Any]:
    """The renewal ahead: early for some of those who grow, slow for who is sour."""
    opened = as_of - timedelta(days=int(rng.integers(1, 60)))
    if customer.mood == "growing" and rng.random() < 0.15:
        signed = as_of - timedelta(days=int(rng.integers(1, 6)))
        opened = min(opened, signed - timedelta(days=10))
        return _row(customer, "renewal", _yearly(customer) * 11 // 10, opened, end, _closed(signed))
    stage = STAGES[0] if customer.mood in SOUR else STAGES[int(rng.integers(len(STAGES)))]
    return _row(customer, "renewal", _yearly(customer), opened, end, _open(stage))


def _expansions(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """More seats: asked for, bought, or declined."""
    age = (as_of - customer.start).days
    rows: Rows = []
    if age < 60 or customer.mood in ("churned", "trial"):
        return rows
    cents = _seats(max(2, customer.seats // 5))
    opened = as_of - timedelta(days=int(rng.integers(5, 55)))
    if rng.random() < BUYS.get(customer.mood, 0):
        stage = STAGES[int(rng.integers(len(STAGES)))]
        rows.append(_row(customer, "expansion", cents, opened, as_of + timedelta(days=45), _open(stage)))
    if rng.random() < BOUGHT.get(customer.mood, 0.05):
        closed = as_of - timedelta(days=int(rng.integers(2, min(age, 190) - 50)))
        won = customer.mood in BOUGHT
        rows.append(_row(customer, "expansion", cents, closed - timedelta(days=40), closed, _closed(closed, won=won)))
    return rows


def _term(customer: Customer, as_of: date) -> tuple[date, date]:
    """First day and end of the term that runs on as_of."""
    nth = 0
    while customer.start + relativedelta(months=customer.term_months * (nth + 1)) <= as_of:
        nth += 1
    begun, end = (customer.start + relativedelta(months=customer.term_months * (nth + one)) for one in (0, 1))
    return begun, end


def _yearly(customer: Customer) -> int:
    """Cents of the renewed term."""
    return customer.mrr_minor * customer.term_months


def _seats(seats: int) -> int:
    """Cents of a year of that many seats."""
    return seats * 4_900 * 12


def _open(stage: str) -> dict[str, str]:
    """How far it has come."""
    return {"stage": stage, "closed": "", "result": ""}


def _closed(day: date, *, won: bool = True) -> dict[str, str]:
    """When it ended, and how."""
    return {"stage": "closed", "closed": day.isoformat(), "result": "won" if won else "lost"}


def _row(
    customer: Customer, kind: str, cents: int, opened: date, expected: date, state: dict[str, str]
) -> dict[str, Any]:
    """An opportunity, not yet numbered."""
    return {
        "account": customer.account_id,
        "contract": contract_id(customer) if kind == "renewal" else "",
        "kind": kind,
        "cents": cents,
        "opened": opened.isoformat(),
        "expected": expected.isoformat(),
        **state,
        "owner": sales_of(customer),
    }
