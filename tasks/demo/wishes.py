"""What the customers of the synthetic company want: features they asked for, and goals they set themselves."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import SOUR, Customer, Mood
from tasks.demo.moments import STAMP, alive, moments

REQUESTS = ("id", "account", "asked", "feature", "status", "delivered")
GOALS = ("id", "account", "set", "horizon", "kpi", "target", "reached")
ASKED_A_MONTH: dict[Mood, float] = {"unhappy": 0.5, "growing": 0.35, "declining": 0.25, "quiet": 0.02}
FEATURES = (
    "dark mode", "audit log", "bulk export", "single sign-on", "mobile app", "custom fields", "webhooks",
    "faster reports", "more time zones", "Excel add-in",
)  # fmt: skip
FATES = ("open", "planned", "delivered", "declined")
KPIS = (
    ("30 days", "active users", "80 % of the seats", 12),
    ("30 days", "first report shared", "1", 8),
    ("90 days", "weekly reports made by hand", "half of today's", 60),
    ("90 days", "time to close the month", "2 days less", 70),
    ("1 year", "cost per order", "10 % less", 250),
    ("1 year", "customer complaints", "a third less", 300),
)
NO_GOALS_NEW, NO_GOALS = 0.4, 0.08


def request_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """Features asked for within the year."""
    rows: Rows = []
    for customer in customers:
        for at in moments(rng, as_of, alive(customer, as_of), ASKED_A_MONTH.get(customer.mood, 0.1)):
            rows.append(_request(rng, customer, at, len(rows) + 1, as_of))
    return rows


def _request(rng: np.random.Generator, customer: Customer, at: datetime, number: int, as_of: date) -> dict[str, Any]:
    """One wish; who is sour hears no more often than others."""
    share = [0.5, 0.2, 0.12, 0.18] if customer.mood in SOUR else [0.35, 0.25, 0.28, 0.12]
    status = str(rng.choice(FATES, p=share))
    delivered = at.date() + timedelta(days=int(rng.integers(20, 150)))
    if status == "delivered" and delivered >= as_of:
        status = "planned"
    return {
        "id": f"Q{number:06d}",
        "account": customer.account_id,
        "asked": at.strftime(STAMP),
        "feature": str(rng.choice(FEATURES)),
        "status": status,
        "delivered": delivered.isoformat() if status == "delivered" else None,
    }


def goal_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """The success plans; of the new customers many have none yet, which the hand-over is there to find."""
    rows: Rows = []
    for customer in customers:
        age = (as_of - customer.start).days
        if customer.mood == "trial" or rng.random() < (NO_GOALS_NEW if age <= 30 else NO_GOALS):
            continue
        set_on = customer.start + timedelta(days=int(rng.integers(0, 14))) if age > 14 else customer.start
        for which in sorted(rng.choice(len(KPIS), size=int(rng.integers(1, 4)), replace=False)):
            rows.append(_goal(rng, customer, int(which), set_on, len(rows) + 1, as_of))
    return rows


def _goal(
    rng: np.random.Generator, customer: Customer, which: int, set_on: date, number: int, as_of: date
) -> dict[str, Any]:
    """One goal; content customers reach theirs, sooner or later."""
    horizon, kpi, target, days = KPIS[which]
    reached = set_on + timedelta(days=int(days * rng.uniform(0.6, 1.6)))
    until = min(as_of, customer.ended or as_of)
    met = rng.random() < (0.25 if customer.mood in SOUR or customer.ended else 0.75) and reached < until
    return {
        "id": f"G{number:06d}",
        "account": customer.account_id,
        "set": set_on.isoformat(),
        "horizon": horizon,
        "kpi": kpi,
        "target": target,
        "reached": reached.isoformat() if met else "",
    }
