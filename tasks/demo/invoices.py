"""What billing of the synthetic company charged, and when it was paid: who is unhappy pays late or not at all."""

from datetime import date, timedelta
from itertools import count, takewhile
from typing import Any

import numpy as np
from dateutil.relativedelta import relativedelta

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer, Mood

COLUMNS = ("invoice_no", "account", "contract", "issued", "due", "paid", "cents", "currency")
YEARS = timedelta(days=730)
"""How far back billing's export goes."""
LATE: dict[Mood, float] = {"unhappy": 0.55, "declining": 0.3, "churned": 0.3, "quiet": 0.25}
TRAINING = 0.3
"""Share of customers that had a training in the last months, which is charged apart."""


def invoice_rows(rng: np.random.Generator, customers: list[Customer], contracts: Rows, as_of: date) -> Rows:
    """An invoice a contract and billing period, and a training now and then; dates are ISO text."""
    moods = {customer.account_id: customer.mood for customer in customers}
    rows: Rows = []
    for contract in (one for one in contracts if one["monthly_cents"]):
        mood, days = moods[contract["account"]], _days(contract, as_of)
        for day in days:
            rows.append(_charge(rng, contract, day, mood, as_of, open_=day == days[-1]))
    for customer in customers:
        if customer.mood not in ("churned", "trial") and rng.random() < TRAINING:
            rows.append(_training(rng, customer, as_of))
    return [{"invoice_no": f"I{number:06d}", **row} for number, row in enumerate(rows, start=1)]


def _days(contract: dict[str, Any], as_of: date) -> list[date]:
    """The first day of each billing period of the last two years; nothing is charged on or after the end."""
    start = date.fromisoformat(contract["starts"])
    until = min(as_of, date.fromisoformat(contract["canceled_as_of"] or as_of.isoformat()))
    months = 1 if contract["period"] == "monthly" else 12
    begun = (start + relativedelta(months=months * nth) for nth in count())
    return [day for day in takewhile(lambda day: day < until, begun) if day >= as_of - YEARS]


def _charge(
    rng: np.random.Generator, contract: dict[str, Any], issued: date, mood: Mood, as_of: date, *, open_: bool
) -> dict[str, Any]:
    """One period's invoice; only the newest may be open for long."""
    months, terms = (1, 14) if contract["period"] == "monthly" else (12, 30)
    late = rng.random() < LATE.get(mood, 0.04)
    took = terms + int(rng.integers(3, 45)) if late else int(rng.integers(2, terms))
    never = open_ and late and months == 1
    paid = issued + timedelta(days=took)
    return _row(
        contract["account"], contract["contract_no"], issued, terms, contract["monthly_cents"] * months,
        None if never or paid >= as_of else paid,
    )  # fmt: skip


def _training(rng: np.random.Generator, customer: Customer, as_of: date) -> dict[str, Any]:
    """A day of training; who is late lets it lie, one day to six weeks by now."""
    late = rng.random() < LATE.get(customer.mood, 0.08)
    earliest = max(customer.start, as_of - timedelta(days=30 + (42 if late else 80)))
    issued = earliest + timedelta(days=int(rng.integers(0, max(1, (as_of - earliest).days - (31 if late else 0)))))
    paid = issued + timedelta(days=int(rng.integers(4, 30)))
    cents = int(rng.integers(3, 9)) * 50_000
    return _row(customer.account_id, None, issued, 30, cents, None if late or paid >= as_of else paid)


def _row(account: str, contract: str | None, issued: date, terms: int, cents: int, paid: date | None) -> dict[str, Any]:
    """An invoice, not yet numbered."""
    return {
        "account": account,
        "contract": contract,
        "issued": issued.isoformat(),
        "due": (issued + timedelta(days=terms)).isoformat(),
        "paid": paid.isoformat() if paid else None,
        "cents": cents,
        "currency": "USD",
    }
