"""A handful of bad rows in every file, as real exports have them, so that quarantine has something to show."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from tasks.demo.crm import Rows

BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"


def dirty_accounts(rows: Rows) -> Rows:
    """A row twice, a day that no calendar has, a headcount below nothing, a company without a name."""
    return [
        rows[0],
        {**rows[-1], "id": "A90001", "company": "Thirtyfirst of February Ltd", "customer_since": "31/02/2024"},
        {**rows[-1], "id": "A90002", "company": "Nobody Works Here Inc", "headcount": -12},
        {**rows[-1], "id": "A90003", "company": ""},
    ]


def dirty_contacts(rows: Rows) -> Rows:
    """Hostile names, what is no address, an account that is not there, an id given twice, an unknown language."""
    model = {**rows[0], "role": "user", "left": None}
    return [
        {**model, "id": "C900001", "first": f"{BIDI}moc.live", "mail": "bidi@hostile.example"},
        {**model, "id": "C900002", "first": "Eve\r\nBcc: all@victim.example", "mail": "eve@hostile.example"},
        {**model, "id": "C900003", "last": "=HYPERLINK(1)", "mail": "formula@hostile.example"},
        {**model, "id": "C900004", "mail": "reception, second floor"},
        {**model, "id": "C900005", "account": "A99999", "mail": "orphan@nowhere.example"},
        {**model, "id": rows[1]["id"], "mail": "twice@double.example"},
        {**model, "id": "C900006", "language": "xx", "mail": "language@odd.example"},
    ]


def dirty_contracts(rows: Rows, as_of: date) -> Rows:
    """An end before the start, a negative price, an account that is not there."""
    model = {**rows[0], "starts": (as_of - timedelta(days=400)).isoformat(), "canceled_as_of": None}
    return [
        {**model, "contract_no": "K90001-1", "agreed_end": (as_of - timedelta(days=500)).isoformat()},
        {**model, "contract_no": "K90002-1", "monthly_cents": -50_000},
        {**model, "contract_no": "K90003-1", "account": "A99999"},
    ]


def dirty_usage(table: pa.Table, as_of: date) -> pa.Table:
    """Three negative counts and two rows of an account that is not there."""
    day = as_of - timedelta(days=2)
    broken = table.slice(0, 5).to_pylist()
    for number, row in enumerate(broken):
        row.update(event_id=f"bad-{number}", day=day)
        row.update({"events": -7} if number < 3 else {"account": "A99999", "contract": "K99999-1"})
    return pa.Table.from_pylist(broken, schema=table.schema)


def dirty_tickets(account: str, as_of: date) -> Rows:
    """Closed before opened, nine of five stars, an unreadable time."""
    opened = f"{as_of - timedelta(days=10)} 09:00:00"
    model: dict[str, Any] = {
        "ticket": "T900001",
        "account": account,
        "opened": opened,
        "closed": "2020-01-01 00:00:00",
        "priority": "low",
        "first_reply_minutes": 30,
        "stars": "",
        "escalated": "no",
    }
    return [
        model,
        {**model, "ticket": "T900002", "closed": "", "stars": 9},
        {**model, "ticket": "T900003", "closed": "", "opened": "yesterday"},
    ]


def dirty_feedback(contact: dict[str, Any], as_of: date) -> Rows:
    """Eleven of ten, and a survey nobody knows."""
    model: dict[str, Any] = {
        "id": "F900001",
        "account": contact["account"],
        "contact": contact["id"],
        "answered": f"{as_of - timedelta(days=10)}T09:00:00",
        "survey": "nps",
        "scale": "0-10",
        "score": 11,
        "words": None,
    }
    return [model, {**model, "id": "F900002", "survey": "horoscope", "score": 7}]


def dirty_churn(as_of: date) -> Rows:
    """Somebody left who never was a customer."""
    return [
        {
            "id": "X90001",
            "account": "A99999",
            "day": (as_of - timedelta(days=40)).isoformat(),
            "reason": "closed",
            "refund_cents": 0,
            "came_back": "no",
            "said": None,
        }
    ]
