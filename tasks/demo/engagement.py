"""How the customers of the synthetic company respond: replies, bookings, meetings, webinars, clicks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer, Mood
from tasks.demo.moments import STAMP, alive, moments

COLUMNS = ("id", "account", "contact", "at", "kind", "message", "meets", "session")
SPAN = 200
"""Days that the CRM's activity log goes back."""
A_MONTH = {"reply": 1.0, "booking": 0.3, "in_app": 2.0, "click": 1.0}
LIVELY: dict[Mood, float] = {"growing": 1.6, "steady": 1.0, "trial": 1.2, "declining": 0.5, "quiet": 0.4}
SILENT: dict[Mood, int] = {"quiet": 75, "unhappy": 45, "declining": 25}
"""For how many days by now nothing has come from them."""
JOINS = 0.06
"""Share of the customers that register for a session."""


def engagement_rows(
    rng: np.random.Generator, customers: list[Customer], contacts: Rows, sessions: Rows, as_of: date
) -> Rows:
    """The activity log, customer by customer; only people who have not left are in it."""
    people: dict[str, list[str]] = {}
    for contact in contacts:
        if not contact["left"] and contact["role"] != "billing":
            people.setdefault(contact["account"], []).append(contact["id"])
    rows: Rows = []
    for customer in customers:
        mine = people.get(customer.account_id, [])
        if mine:
            found = [*_responses(rng, customer, as_of), *_attendance(rng, customer, sessions, as_of)]
            rows += [{**row, "contact": mine[int(rng.integers(len(mine)))]} for row in found]
    return [{"id": f"E{number:06d}", **row} for number, row in enumerate(rows, start=1)]


def _responses(rng: np.random.Generator, customer: Customer, as_of: date) -> Rows:
    """What came from the customer, up to the day it fell silent."""
    first, last = alive(customer, as_of)
    span = (min(first, SPAN), max(last, SILENT.get(customer.mood, 0)))
    rows: Rows = []
    for kind, a_month in A_MONTH.items():
        for at in moments(rng, as_of, span, a_month * LIVELY.get(customer.mood, 0.4)):
            rows += _booking(rng, customer, at, as_of) if kind == "booking" else [_row(customer, at, kind)]
    return rows


def _booking(rng: np.random.Generator, customer: Customer, at: datetime, as_of: date) -> Rows:
    """A meeting booked, and held unless its day is still to come or it fell through."""
    meets = at + timedelta(days=int(rng.integers(2, 13)))
    meets += timedelta(days=max(0, 7 - meets.weekday()) if meets.weekday() > 4 else 0)
    rows = [_row(customer, at, "booking", meets=meets.date())]
    until = min(as_of - timedelta(days=SILENT.get(customer.mood, 0)), customer.ended or as_of)
    if meets.date() < until and rng.random() < 0.9:
        rows.append(_row(customer, meets, "meeting"))
    return rows


def _attendance(rng: np.random.Generator, customer: Customer, sessions: Rows, as_of: date) -> Rows:
    """Who registered for which session, and who came: two of three."""
    rows: Rows = []
    oldest = max(customer.start, as_of - timedelta(days=SPAN))
    for session in sessions:
        starts = datetime.fromisoformat(session["starts"]).replace(tzinfo=UTC)
        booked = starts - timedelta(days=int(rng.integers(2, 12)), hours=int(rng.integers(0, 5)))
        joins = rng.random() < JOINS * LIVELY.get(customer.mood, 0.2)
        came = rng.random() < 0.66
        until = min(as_of, customer.ended or as_of)
        if not joins or not oldest <= booked.date() < until:
            continue
        rows.append(_row(customer, booked, "booking", meets=starts.date(), session=session["id"]))
        if came and starts.date() < until and customer.mood not in SILENT:
            rows.append(_row(customer, starts, _kind(session["kind"]), session=session["id"]))
    return rows


def _kind(session: str) -> str:
    """What being there counts as: an hour with an expert is a meeting."""
    return "meeting" if session == "ask_the_expert" else session


def _row(
    customer: Customer, at: datetime, kind: str, *, meets: date | None = None, session: str | None = None
) -> dict[str, Any]:
    """One line of the log, not yet numbered."""
    return {
        "account": customer.account_id,
        "at": at.strftime(STAMP),
        "kind": kind,
        "message": None,
        "meets": meets.isoformat() if meets else None,
        "session": session,
    }
