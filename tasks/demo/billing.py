"""What billing of the synthetic company knows: contracts, and who canceled."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer
from tasks.demo.names import ANGER, CHURN_REASONS

PERIODS = {1: "monthly", 6: "annual", 12: "annual", 24: "annual", 36: "annual"}


def contract_id(customer: Customer) -> str:
    """The id of a customer's main contract."""
    return f"K{customer.account_id[1:]}-1"


def contract_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """One contract a customer, and an add-on for one in six; dates are ISO text, as SQLite keeps them."""
    rows: Rows = []
    for customer in customers:
        rows.append(_main(customer))
        if customer.mood != "trial" and rng.random() < 1 / 6:
            rows.append(_add_on(rng, customer, as_of))
    return rows


def _main(customer: Customer) -> dict[str, Any]:
    """The contract that the customer came with."""
    return {
        "contract_no": contract_id(customer),
        "account": customer.account_id,
        "starts": customer.start.isoformat(),
        "agreed_end": customer.end.isoformat() if customer.end else None,
        "canceled_as_of": customer.ended.isoformat() if customer.ended else None,
        "monthly_cents": customer.mrr_minor,
        "currency": "USD",
        "renews": "no" if customer.fixed else "yes",
        "notice_days": customer.notice_days,
        "period": PERIODS[customer.term_months],
        "term_months": customer.term_months,
        "plan": customer.plan,
        "seats": customer.seats,
        "kind": "trial" if customer.mood == "trial" else "paid",
    }


def _add_on(rng: np.random.Generator, customer: Customer, as_of: date) -> dict[str, Any]:
    """A second contract, bought later; half of them within the same weeks, so that both renew together."""
    until = customer.ended or as_of
    most = 25 if rng.random() < 0.5 else max(1, (until - customer.start).days)
    starts = min(customer.start + timedelta(days=int(rng.integers(0, most))), until - timedelta(days=1))
    seats = max(1, customer.seats // 4)
    return {
        **_main(customer),
        "contract_no": contract_id(customer)[:-1] + "2",
        "starts": starts.isoformat(),
        "agreed_end": None,
        "renews": "yes",
        "monthly_cents": seats * 900,
        "plan": "add-on",
        "seats": seats,
    }


def churn_rows(rng: np.random.Generator, customers: list[Customer]) -> Rows:
    """One cancellation for each customer that left."""
    return [_churn(rng, customer, customer.ended) for customer in customers if customer.ended]


def _churn(rng: np.random.Generator, customer: Customer, ended: date) -> dict[str, Any]:
    """Why and when the customer left."""
    return {
        "id": f"X{customer.account_id[1:]}",
        "account": customer.account_id,
        "day": ended.isoformat(),
        "reason": str(rng.choice(CHURN_REASONS)),
        "refund_cents": int(rng.integers(0, 3)) * customer.mrr_minor // 4,
        "came_back": "no",
        "said": str(rng.choice(ANGER)) if rng.random() < 0.6 else None,
    }
