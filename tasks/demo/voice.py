"""What the customers of the synthetic company say: support tickets and survey answers."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer
from tasks.demo.moments import SECOND, alive, moment
from tasks.demo.names import ANGER, MEH, PRAISE

TICKETS_A_MONTH = {"unhappy": 2.0, "churned": 0.9, "declining": 0.6, "trial": 0.6}
MOOD_NPS = {"growing": 8.9, "steady": 8.0, "quiet": 5.2, "declining": 5.4, "unhappy": 2.8, "churned": 4.2, "trial": 7.5}


def ticket_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """Tickets of the last year; the newest may still be open."""
    rows: Rows = []
    for customer in customers:
        first, last = alive(customer, as_of)
        a_month = TICKETS_A_MONTH.get(customer.mood, 0.22) + (customer.seats / 30 if customer.mood == "unhappy" else 0)
        number = rng.poisson(a_month * max(0, first - last) / 30)
        for _ in range(int(number)):
            rows.append(_ticket(rng, customer, moment(rng, as_of, first, last), len(rows) + 1, as_of))
    return rows


def _ticket(rng: np.random.Generator, customer: Customer, opened: datetime, number: int, as_of: date) -> dict[str, Any]:
    """One ticket; who is unhappy waits longer and says so."""
    sad = customer.mood in ("unhappy", "churned")
    closed = opened + timedelta(minutes=int(rng.gamma(2.0, 2_400 if sad else 700)) + 20)
    done = closed < datetime.combine(as_of, time(), UTC)
    answered = done and rng.random() < 0.6
    return {
        "ticket": f"T{number:06d}",
        "account": customer.account_id,
        "opened": opened.strftime(SECOND),
        "closed": closed.strftime(SECOND) if done else "",
        "priority": str(rng.choice(["low", "medium", "high", "urgent"], p=[0.3, 0.42, 0.2, 0.08])),
        "first_reply_minutes": int(rng.gamma(2.0, 140 if sad else 45)) + 1,
        "stars": int(np.clip(round(rng.normal(2.4 if sad else 4.4, 0.8)), 1, 5)) if answered else "",
        "escalated": "yes" if rng.random() < (0.2 if sad else 0.03) else "no",
    }


def feedback_rows(rng: np.random.Generator, customers: list[Customer], contacts: Rows, as_of: date) -> Rows:
    """Quarterly NPS of those who answer, CSAT and CES now and then; answers come from the account's own people."""
    people: dict[str, list[str]] = {}
    for contact in contacts:
        people.setdefault(contact["account"], []).append(contact["id"])
    rows: Rows = []
    for customer in customers:
        first, last = alive(customer, as_of)
        for kind, share in (("nps", 0.5), ("csat", 0.25), ("ces", 0.2)):
            for newest in range(last, first, 91):
                if rng.random() < share:
                    at = moment(rng, as_of, min(newest + 91, first), newest)
                    rows.append(_answer(rng, customer, people[customer.account_id], kind, at, len(rows) + 1))
    return rows


def _answer(
    rng: np.random.Generator, customer: Customer, people: list[str], kind: str, at: datetime, number: int
) -> dict[str, Any]:  # fmt: skip
    """One answer: 0 to 10 for NPS, 1 to 5 for CSAT, 1 to 7 for CES (7 is easy)."""
    feeling = float(np.clip(rng.normal(MOOD_NPS[customer.mood], 1.4), 0, 10)) / 10
    low, high = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}[kind]
    words = ANGER if feeling < 0.5 else MEH if feeling < 0.8 else PRAISE
    return {
        "id": f"F{number:06d}",
        "account": customer.account_id,
        "contact": people[int(rng.integers(len(people)))],
        "answered": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "survey": kind,
        "scale": f"{low}-{high}",
        "score": round(low + feeling * (high - low)),
        "words": str(rng.choice(words)) if rng.random() < 0.4 else None,
    }
