"""What the teams of the synthetic company write down: what sales heard, how the CSM feels, what support saw."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer, Mood
from tasks.demo.moments import STAMP, alive, moments
from tasks.demo.team import sales_of

COLUMNS = ("id", "account", "written", "author", "team", "kind", "pulse", "text")
HANDOVER = {
    "reason": ("They want one place for their numbers.", "The old tool is switched off soon.", "Too much by hand."),
    "concern": ("Afraid that nobody has time to learn it.", "Their data is messy.", "The works council must agree."),
    "hope": ("Looking forward to reports without spreadsheets.", "Wants to show the board a first result."),
    "promise": ("We promised a named contact for the first 90 days.", "We promised an import of last year's data."),
}
MISSING_NEW, MISSING = 0.35, 0.06
"""How often sales wrote down none of a kind, of customers in their first 30 days and of all others."""
FEELING: dict[Mood, float] = {"growing": 4.6, "steady": 4.0, "quiet": 3.0, "declining": 2.5, "unhappy": 1.7}
PULSES = {"growing": "Goes well; ask for a reference.", "steady": "Content.", "quiet": "Hard to reach.",
          "declining": "Uses less and less.", "unhappy": "Angry about the last release."}  # fmt: skip
SUPPORT = ("Same question again: training would help.", "Works around our import.", "The admin is new and asks a lot.")
PRODUCT = ("Would test the new dashboards with us.", "Uses the API in a way that we did not foresee.")
FINANCE = ("Asked for another copy of the invoice.", "Purchase order number was missing.")
MEETING = ("Met the sponsor: next steps agreed.", "Call with the champion: open points noted.")


def note_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """The CRM's notes of the last year, and those of the hand-over whenever it was."""
    rows: Rows = []
    for customer in customers:
        rows += [*_handover(rng, customer, as_of), *_pulses(rng, customer, as_of), *_others(rng, customer, as_of)]
    return [{"id": f"N{number:06d}", **row} for number, row in enumerate(rows, start=1)]


def _handover(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """What sales learned before the customer signed; not all of it was written down."""
    if customer.mood == "trial":
        return []
    gap = MISSING_NEW if (as_of - customer.start).days <= 30 else MISSING
    rows: Rows = []
    for kind, texts in HANDOVER.items():
        hour = time(9 + int(rng.integers(8)), int(rng.integers(60)))
        at = datetime.combine(customer.start - timedelta(days=int(rng.integers(1, 7))), hour, UTC)
        if rng.random() >= gap:
            rows.append(_row(customer, at, sales_of(customer), "sales", kind, str(rng.choice(texts))))
    return rows


def _pulses(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """How the account feels to its CSM, once a month or less."""
    feeling = FEELING.get(customer.mood)
    first, last = alive(customer, as_of)
    if feeling is None or first < 14:
        return []
    rows: Rows = []
    for at in moments(rng, as_of, (min(first, 180), last), 1.0 if customer.plan == "enterprise" else 0.5):
        pulse = int(np.clip(round(rng.normal(feeling, 0.6)), 1, 5))
        rows.append(_row(customer, at, customer.csm_id, "csm", "pulse", PULSES[customer.mood], pulse))
    return rows


def _others(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """Meetings, and what the other teams noticed."""
    sad = customer.mood == "unhappy"
    rates = (
        ("csm", "meeting", customer.csm_id, MEETING, 0.0 if customer.mood == "quiet" else 0.4),
        ("support", "note", "support-01", SUPPORT, 0.5 if sad else 0.08),
        ("product", "note", "product-01", PRODUCT, 0.25 if customer.mood == "growing" else 0.03),
        ("finance", "note", "finance-01", FINANCE, 0.2 if sad else 0.03),
    )
    rows: Rows = []
    for team, kind, author, texts, a_month in rates:
        for at in moments(rng, as_of, alive(customer, as_of), a_month):
            rows.append(_row(customer, at, author, team, kind, str(rng.choice(texts))))
    return rows


def _row(
    customer: Customer, at: datetime, author: str, team: str, kind: str, text: str, pulse: int | None = None
) -> dict[str, Any]:
    """A note, not yet numbered."""
    return {
        "account": customer.account_id,
        "written": at.strftime(STAMP),
        "author": author,
        "team": team,
        "kind": kind,
        "pulse": pulse,
        "text": text,
    }
