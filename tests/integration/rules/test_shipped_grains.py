"""What the shipped facts say of contracts, contacts, tickets and sessions, and of what a person has set by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.fact_room import account, facts, picked


def overridden(*values: tuple[str, str | None, str | None], name: str = "touch") -> list[dict[str, Any]]:
    """Overrides: (day, value, until)."""
    return [
        {
            "event_seq": number,
            "effective_at": f"{day} 09:00",
            "kind": "overridden",
            "name": name,
            "value": value,
            "until": until,
        }
        for number, (day, value, until) in enumerate(values, 1)
    ]


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ([("2025-06-01", "high", None)], "high"),
        ([("2025-06-01", "high", "2025-06-30")], "high"),
        ([("2025-06-01", "high", "2025-06-29")], None),
        ([("2025-06-01", "high", None), ("2025-06-02", "low", None)], "low"),
        ([("2025-06-01", "high", None), ("2025-06-02", None, None)], None),
        ([("2025-06-01", "high", None), ("2025-06-02", "low", "2025-06-10")], None),
    ],
)
def test_an_override_holds_up_to_its_last_day_and_the_newest_counts(values: Any, holds: str | None) -> None:
    """One that has expired does not bring back what it replaced; NULL lifts it."""
    assert account(events=overridden(*values))["touch_override"] == holds


def test_overrides_of_one_account_stand_side_by_side() -> None:
    """Each name by itself."""
    events = overridden(("2025-06-01", "red", None), name="health")
    events += [{**one, "event_seq": 7} for one in overridden(("2025-06-02", "enterprise", None), name="segment")]
    found = account(events=events)
    assert picked(found, "health_override", "segment_override", "stage_override") == ("red", "enterprise", None)


RENEWAL = {"kind": "renewal", "contract_id": "C-1", "opened_on": "2024-10-01"}


@pytest.mark.parametrize(
    ("talk", "won", "open_", "closed_on"),
    [
        (RENEWAL, False, True, None),
        (RENEWAL | {"closed_on": "2025-06-01", "won": True}, True, False, date(2025, 6, 1)),
        (RENEWAL | {"closed_on": "2025-06-01", "won": False}, False, False, date(2025, 6, 1)),
        (RENEWAL | {"closed_on": "2024-12-20", "won": True}, False, False, None),
        (RENEWAL | {"contract_id": None}, False, True, None),
        (RENEWAL | {"kind": "new"}, None, None, None),
    ],
)
def test_a_renewal_is_won_for_the_next_term_only(
    talk: Any, won: bool | None, open_: bool | None, closed_on: date | None
) -> None:
    """What was signed before this term began was about this term; without contract id it is about the only one."""
    contracts = [{"contract_id": "C-1", "start_on": "2024-01-15"}]
    (found,) = facts("contract", accounts=[{}], contracts=contracts, opportunities=[talk])
    assert found["days_since_term_start"] == 166
    assert picked(found, "renewal_won", "renewal_open", "renewal_closed_on") == (won, open_, closed_on)


@pytest.mark.parametrize(
    ("invoices", "paid", "overdue"),
    [
        ([("2025-01-15", "2025-02-15", "2025-02-10")], True, 0),
        ([("2025-01-15", "2025-02-15", None)], False, 1),
        ([("2025-01-15", "2025-02-15", None), ("2025-06-15", "2025-07-15", None)], False, 1),
        ([("2025-01-15", "2025-02-15", None), ("2025-06-15", "2025-07-15", "2025-06-20")], True, 1),
        ([("2024-01-15", "2024-02-15", "2024-02-10")], None, 0),
    ],
)
def test_a_term_is_paid_when_its_newest_invoice_is(invoices: Any, paid: bool | None, overdue: int) -> None:
    """An invoice of the term before says nothing of this one."""
    rows = [{"issued_on": issued, "due_on": due, "paid_on": on, "contract_id": "C-1"} for issued, due, on in invoices]
    (found,) = facts(
        "contract", accounts=[{}], contracts=[{"contract_id": "C-1", "start_on": "2024-01-15"}], invoices=rows
    )
    assert picked(found, "contract_paid", "contract_invoices_overdue") == (paid, overdue)


def test_a_contact_knows_when_it_answered_last() -> None:
    """Others of the account do not count."""
    engagement = [
        {"contact_id": "P-1", "happened_at": "2025-06-20 23:59", "kind": "reply"},
        {"contact_id": "P-2", "happened_at": "2025-06-25", "kind": "click"},
    ]
    found = facts(
        "contact", accounts=[{}], contacts=[{"contact_id": "P-1"}, {"contact_id": "P-2"}], engagement=engagement
    )
    assert [picked(row, "contact_last_reply_on", "contact_days_since_reply") for row in found] == [
        (date(2025, 6, 20), 10), (None, None),
    ]  # fmt: skip


def test_a_ticket_is_a_subject_for_120_days() -> None:
    """Opened or closed within them; what is older is history."""
    tickets: list[dict[str, Any]] = [
        {"ticket_id": "T-1", "opened_at": "2025-06-01 10:00", "closed_at": "2025-06-02 11:30", "priority": "urgent",
         "satisfaction": 5},
        {"ticket_id": "T-2", "opened_at": "2025-01-01 10:00", "closed_at": "2025-06-02 10:00", "escalated": True},
        {"ticket_id": "T-3", "opened_at": "2025-01-01 10:00"},
    ]  # fmt: skip
    found = facts("ticket", accounts=[{}], tickets=tickets)
    assert [row["ticket_id"] for row in found] == ["T-1", "T-2"]
    names = ("account_id", "ticket_opened_on", "ticket_closed_on", "ticket_days_since_closed", "ticket_priority",
             "ticket_escalated", "ticket_satisfaction", "ticket_hours_to_close")  # fmt: skip
    assert picked(found[0], *names) == (
        "A-1", date(2025, 6, 1), date(2025, 6, 2), 28, "urgent", False, 5, Decimal("25.5"),
    )  # fmt: skip


def test_a_session_is_a_subject_of_every_customer_and_of_who_registered() -> None:
    """Not of those who have no contract; not of what lies too far off; who came had registered."""
    sessions = [
        {
            "session_id": "W-1",
            "kind": "webinar",
            "topic": "Boards",
            "starts_at": "2025-07-10 15:00",
            "stage": "adoption",
        },
        {"session_id": "W-2", "starts_at": "2025-06-20 15:00"},
        {"session_id": "W-3", "starts_at": "2025-09-01 15:00"},
    ]
    engagement = [
        {"account_id": "A-3", "happened_at": "2025-06-01", "kind": "booking", "session_id": "W-1"},
        {"account_id": "A-1", "happened_at": "2025-06-20", "kind": "webinar", "session_id": "W-2"},
        {"account_id": "A-1", "happened_at": "2025-06-20", "kind": "click", "session_id": "W-1"},
    ]
    accounts = [{"account_id": f"A-{number}"} for number in (1, 2, 3)]
    contracts = [{"account_id": "A-1"}, {"account_id": "A-2", "ended_on": "2025-01-01"}]
    found = facts("session", accounts=accounts, contracts=contracts, sessions=sessions, engagement=engagement)
    names = ("session_id", "account_id", "days_to_session", "session_registered", "session_attended")
    assert [picked(row, *names) for row in found] == [
        ("W-1/A-1", "A-1", 10, False, False), ("W-1/A-3", "A-3", 10, True, False), ("W-2/A-1", "A-1", -10, True, True),
    ]  # fmt: skip
    assert picked(found[0], "session_name", "session_kind", "session_topic", "session_stage") == (
        "W-1", "webinar", "Boards", "adoption",
    )  # fmt: skip
