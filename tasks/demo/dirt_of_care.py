"""Bad rows for what came later: invoices, the pipeline, wishes, notes, engagement, sessions, merges, deletions."""

from datetime import date, timedelta
from typing import Any

from tasks.demo.crm import Rows

NOBODY = "A99999"


def dirty_invoices(account: str, as_of: date) -> Rows:
    """Due before it was written, less than nothing, and sent to nobody."""
    issued, due = as_of - timedelta(days=50), as_of - timedelta(days=20)
    model: dict[str, Any] = {
        "invoice_no": "I900001", "account": account, "contract": None, "issued": issued.isoformat(),
        "due": due.isoformat(), "paid": due.isoformat(), "cents": 90_000, "currency": "USD",
    }  # fmt: skip
    return [
        {**model, "due": (issued - timedelta(days=1)).isoformat()},
        {**model, "invoice_no": "I900002", "cents": -90_000},
        {**model, "invoice_no": "I900003", "account": NOBODY},
    ]


def dirty_opportunities(account: str, as_of: date) -> Rows:
    """A kind that nobody sells, and an end before the beginning."""
    opened = as_of - timedelta(days=30)
    model: dict[str, Any] = {
        "id": "O900001", "account": account, "contract": "", "kind": "raffle", "stage": "proposal", "cents": 100_000,
        "opened": opened.isoformat(), "expected": as_of.isoformat(), "closed": "", "result": "", "owner": "sales-01",
    }  # fmt: skip
    closed = (opened - timedelta(days=9)).isoformat()
    return [model, {**model, "id": "O900002", "kind": "expansion", "closed": closed, "result": "won"}]


def dirty_requests(account: str, as_of: date) -> Rows:
    """A time that is none, and a wish of nobody."""
    model: dict[str, Any] = {
        "id": "Q900001", "account": account, "asked": "last week", "feature": "dark mode", "status": "open",
        "delivered": None,
    }  # fmt: skip
    return [model, {**model, "id": "Q900002", "asked": f"{as_of - timedelta(days=9)}T09:00:00", "account": NOBODY}]


def dirty_notes(account: str, as_of: date) -> Rows:
    """A pulse of nine out of five, a kind nobody knows, and markup in the text, which is shown as text."""
    model: dict[str, Any] = {
        "id": "N900001", "account": account, "written": f"{as_of - timedelta(days=200)}T09:00:00", "author": "csm-04",
        "team": "csm", "kind": "pulse", "pulse": 9, "text": "Couldn't be better!",
    }  # fmt: skip
    return [
        model,
        {**model, "id": "N900002", "kind": "gossip", "pulse": None},
        {**model, "id": "N900003", "kind": "note", "pulse": None, "text": "<script>alert(1)</script> {{ account }}"},
    ]


def dirty_goals(account: str, as_of: date) -> Rows:
    """Reached before it was set."""
    set_on = as_of - timedelta(days=90)
    return [
        {
            "id": "G900001", "account": account, "set": set_on.isoformat(), "horizon": "90 days", "kpi": "peace",
            "target": "world-wide", "reached": (set_on - timedelta(days=400)).isoformat(),
        }
    ]  # fmt: skip


def dirty_engagement(contact: dict[str, Any], as_of: date) -> Rows:
    """A way to respond that nobody has, an account that is not there."""
    model: dict[str, Any] = {
        "id": "E900001", "account": contact["account"], "contact": contact["id"], "kind": "telepathy",
        "at": f"{as_of - timedelta(days=150)}T09:00:00", "message": None, "meets": None, "session": None,
    }  # fmt: skip
    return [model, {**model, "id": "E900002", "kind": "click", "account": NOBODY}]


def dirty_sessions(rows: Rows) -> Rows:
    """A session told twice, and one with fewer seats than none."""
    return [rows[0], {**rows[0], "id": "webinar-in-the-cupboard", "seats": -1}]


def dirty_merges(account: str, as_of: date) -> Rows:
    """Merged into nobody, and into itself."""
    day = (as_of - timedelta(days=9)).isoformat()
    return [{"account": "A80004", "into": NOBODY, "day": day}, {"account": account, "into": account, "day": day}]


def dirty_tombstones() -> Rows:
    """Deleted on a day that no calendar has."""
    return [{"account": "A80005", "day": "2025-02-30"}]
