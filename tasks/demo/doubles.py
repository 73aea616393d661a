"""Accounts that the CRM of the synthetic company has no more: entered twice and merged, or deleted."""

from datetime import date, timedelta

from tasks.demo.crm import Rows

MERGES = ("account", "into", "day")
TOMBSTONES = ("account", "day")
FIRST, SECOND, GONE = "A80001", "A80002", "A80003"


def double_accounts(rows: Rows) -> Rows:
    """The first customer entered twice more, and a test that somebody left behind."""
    model = {**rows[0], "parent": ""}
    return [
        {**model, "id": FIRST, "company": f"{model['company']} (do not use)"},
        {**model, "id": SECOND, "company": f"{model['company']} (old)"},
        {**model, "id": GONE, "company": "Test Customer Please Ignore", "website": "test.example"},
    ]


def merge_rows(rows: Rows, as_of: date) -> Rows:
    """The second double was merged into the first, and that into the customer: a chain."""
    return [
        {"account": SECOND, "into": FIRST, "day": (as_of - timedelta(days=20)).isoformat()},
        {"account": FIRST, "into": rows[0]["id"], "day": (as_of - timedelta(days=3)).isoformat()},
    ]


def tombstone_rows(as_of: date) -> Rows:
    """The test is deleted."""
    return [{"account": GONE, "day": (as_of - timedelta(days=5)).isoformat()}]


def double_notes(as_of: date) -> Rows:
    """What was written under the old ids: it belongs to the customer now, or to nobody."""
    note = {"written": f"{as_of - timedelta(days=30)}T10:00:00", "team": "support", "kind": "note", "pulse": None}
    return [
        {
            "id": "N800001",
            "account": SECOND,
            "author": "support-02",
            **note,
            "text": "Asked us to merge accounts.",
        },
        {"id": "N800002", "account": GONE, "author": "support-02", **note, "text": "Test, test."},
    ]
