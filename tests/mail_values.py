"""Values for a mail as a night gives them."""

from datetime import date
from typing import Any

CONTRACT: dict[str, Any] = {
    "contract_id": "S-1",
    "term_start": date(2024, 1, 1),
    "term_end": date(2025, 1, 1),
    "opt_out_deadline": date(2024, 10, 3),
    "contract_auto_renew": True,
}
GIVEN: dict[str, Any] = {
    "company": {
        "name": "Example Software",
        "product": "Example",
        "sender_name": "Customer Success",
        "address": "1 St",
    },
    "account": {
        "id": "A-1",
        "name": "Acme",
        "mrr_minor": 123450,
        "currency": "EUR",
        "invoices_overdue": 2,
        "overdue_minor": 246900,
        "oldest_overdue_on": date(2024, 12, 20),
        "next_opt_out_deadline": date(2025, 2, 14),
        "seat_use": 0.93,
        "first_contract_start": date(2023, 5, 8),
        "requests_delivered_90d": 2,
    },
    "contract": CONTRACT,
    "contracts": [CONTRACT, {"contract_id": "S-2", "term_end": None}],
    "contact": {"first_name": "Ada", "last_name": "Löw", "role": "sponsor", "language": "en"},
    "csm": {"name": "Nina Park", "email": "nina@perennial.example"},
    "sales": {"name": "Tom Reyes", "email": "tom@perennial.example"},
    "sender": {"name": "Nina Park", "email": "nina@perennial.example"},
    "ticket": {
        "id": "T-1",
        "ticket_opened_on": date(2024, 12, 20),
        "ticket_closed_on": date(2024, 12, 28),
        "ticket_priority": "high",
    },
    "session": {
        "id": "W-1/A-1",
        "session_kind": "webinar",
        "session_topic": "Reports that people read",
        "session_on": date(2025, 1, 14),
        "session_url": "https://perennial.example/sessions/w-1",
    },
    "survey": {"kind": "nps", "url": "https://answers.example.com/survey?kind=nps&ref=0b8e"},
    "booking": {"url": "https://meet.example.com/customer-success?ref=0b8e"},
    "meeting": {"agenda": "Goals and next steps", "minutes": 30, "on": date(2025, 1, 6), "time": "10:00"},
    "step": {"day": 1, "planned_on": date(2024, 1, 2)},
    "as_of": date(2024, 12, 31),
}


def values(**changes: Any) -> dict[str, Any]:
    """Values as a night gives them."""
    return {**GIVEN, **changes}
