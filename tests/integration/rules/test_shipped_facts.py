"""What the shipped facts say of a few rows: who owes, who answers, who is silent, what is untried, what is won."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.fact_room import AS_OF, account, facts, picked

ONE = {"account_id": "A-1"}


@pytest.mark.parametrize(
    ("as_of", "quarter", "half"),
    [
        (date(2025, 1, 1), (date(2025, 1, 1), "2025Q1", 0), (date(2025, 1, 1), "2025H1", 0)),
        (date(2025, 6, 30), (date(2025, 4, 1), "2025Q2", 90), (date(2025, 1, 1), "2025H1", 180)),
        (date(2025, 7, 1), (date(2025, 7, 1), "2025Q3", 0), (date(2025, 7, 1), "2025H2", 0)),
        (date(2024, 12, 31), (date(2024, 10, 1), "2024Q4", 91), (date(2024, 7, 1), "2024H2", 183)),
    ],
)
def test_quarters_and_halves_are_those_of_the_calendar(as_of: date, quarter: Any, half: Any) -> None:
    """Each day of a year lies in one of each."""
    found = account(as_of)
    assert picked(found, "quarter_start", "quarter_label", "days_into_quarter") == quarter
    assert picked(found, "half_start", "half_label", "days_into_half") == half


def test_an_invoice_is_overdue_from_the_day_after_it_is_due() -> None:
    """What is due today can still be paid today; what was paid is nothing."""
    invoices: list[dict[str, Any]] = [
        {"issued_on": "2025-05-01", "due_on": "2025-05-31", "amount_minor": 500, "currency": "USD"},
        {"issued_on": "2025-06-01", "due_on": "2025-06-29", "amount_minor": 700, "currency": "USD"},
        {"issued_on": "2025-06-01", "due_on": "2025-06-30", "amount_minor": 900, "currency": "USD"},
        {"issued_on": "2025-04-01", "due_on": "2025-04-30", "paid_on": "2025-05-02", "amount_minor": 1},
        {"issued_on": "2025-06-01", "due_on": None, "amount_minor": 1, "currency": "USD"},
    ]
    names = (
        "invoices_known",
        "invoices_open",
        "invoices_overdue",
        "overdue_minor",
        "oldest_overdue_on",
        "days_overdue",
    )
    assert picked(account(invoices=invoices), *names) == (True, 4, 2, 1200, date(2025, 5, 31), 30)


@pytest.mark.parametrize(
    ("name", "rows", "column"),
    [
        ("invoices", [{"account_id": "A-2", "issued_on": "2025-06-01"}], "invoices_open"),
        ("opportunities", [{"account_id": "A-2", "kind": "expansion"}], "expansion_open"),
        ("requests", [{"account_id": "A-2", "asked_at": "2025-06-01"}], "requests_open"),
        ("notes", [{"account_id": "A-2", "written_at": "2025-06-01", "kind": "note"}], "notes_90d"),
        ("goals", [{"account_id": "A-2", "set_on": "2025-06-01"}], "goals_known"),
        ("engagement", [{"account_id": "A-2", "happened_at": "2025-06-01", "kind": "reply"}], "replies_90d"),
    ],
)
def test_none_is_known_once_anything_of_the_kind_is_known_of_anybody(name: str, rows: Any, column: str) -> None:
    """Before the first row from anywhere, nobody knows."""
    two = [ONE, {"account_id": "A-2"}]
    nobody: dict[str, Any] = {name: []}
    assert account(accounts=two, **nobody)[column] is None
    somebody: dict[str, Any] = {name: rows}
    assert account(accounts=two, **somebody)[column] == 0


def test_expansion_is_open_until_it_is_closed() -> None:
    """A renewal is none; what was won long ago is history; a lost renewal is notice served."""
    opportunities = [
        {"kind": "expansion", "opened_on": "2025-06-01", "amount_minor": 100, "currency": "USD"},
        {"kind": "expansion", "opened_on": "2025-05-01", "closed_on": "2025-06-01", "won": True},
        {"kind": "expansion", "opened_on": "2024-05-01", "closed_on": "2024-06-01", "won": True},
        {"kind": "expansion", "opened_on": "2025-05-01", "closed_on": "2025-06-01", "won": False},
        {"kind": "renewal", "opened_on": "2025-05-01", "amount_minor": 100, "currency": "USD"},
        {"kind": "renewal", "opened_on": "2025-05-01", "closed_on": "2025-06-01", "won": False},
    ]
    names = ("opportunities_open", "expansion_open", "expansion_open_minor", "expansion_won_180d", "renewals_lost_180d")
    assert picked(account(opportunities=opportunities), *names) == (2, 1, 100, 1, 1)


def test_notes_tell_what_is_known_and_by_whom() -> None:
    """Kinds and teams; the newest pulse, whatever notes came after it."""
    notes: list[dict[str, Any]] = [
        {"written_at": "2025-01-01", "kind": "reason", "team": "sales"},
        {"written_at": "2025-06-01", "kind": "concern", "team": "support"},
        {"written_at": "2025-05-01", "kind": "pulse", "team": "csm", "pulse": 2},
        {"written_at": "2025-06-10", "kind": "meeting", "team": "csm", "pulse": 4},
        {"written_at": "2025-06-20", "kind": "note", "team": "product"},
    ]
    names = ("notes_90d", "days_since_note", "notes_sales", "notes_support", "notes_product", "reasons_known",
             "concerns_known", "hopes_known", "pulse", "days_since_pulse")  # fmt: skip
    assert picked(account(notes=notes), *names) == (4, 10, 1, 1, 1, 1, 1, 0, 4, 20)


def test_goals_and_requests_are_open_until_they_are_done_with() -> None:
    """A request that was turned down is not open; a goal that was reached neither."""
    goals = [{"set_on": "2025-01-01"}, {"set_on": "2025-01-01", "reached_on": "2025-02-01"}]
    requests = [
        {"asked_at": "2025-06-01"},
        {"asked_at": "2025-01-01", "status": "Declined"},
        {"asked_at": "2025-01-01", "status": "planned", "delivered_on": "2025-06-01"},
    ]
    found = account(goals=goals, requests=requests)
    assert picked(found, "goals_known", "goals_reached", "goals_open") == (2, 1, 1)
    assert picked(found, "requests_open", "requests_90d", "requests_delivered_90d") == (1, 1, 1)


def test_engagement_counts_by_kind_and_window() -> None:
    """What is booked has not taken place; the next meeting may be today."""
    rows = [
        ("2025-06-25 10:00", "reply", None), ("2025-05-01 10:00", "reply", None),
        ("2025-06-20 10:00", "booking", "2025-06-30"), ("2025-06-20 11:00", "booking", "2025-07-10"),
        ("2025-06-10 10:00", "meeting", None), ("2025-02-10 10:00", "webinar", None),
        ("2025-06-10 10:00", "in_app", None), ("2025-05-20 10:00", "click", None),
    ]  # fmt: skip
    engagement = [{"happened_at": at, "kind": kind, "meets_on": meets} for at, kind, meets in rows]
    found = account(engagement=engagement)
    assert picked(found, "last_reply_on", "days_since_reply", "replies_28d", "replies_90d") == (
        date(2025, 6, 25),
        5,
        1,
        2,
    )
    assert picked(found, "last_booking_on", "next_meeting_on", "last_meeting_on") == (
        date(2025, 6, 20), AS_OF, date(2025, 6, 10),
    )  # fmt: skip
    names = (
        "days_since_meeting",
        "meetings_90d",
        "webinars_attended_180d",
        "engagement_28d",
        "engagement_28d_before",
        "inapp_28d",
    )
    assert picked(found, *names) == (20, 1, 1, 5, 1, 1)


def sent(*days: str, channel: str | None = None) -> list[dict[str, Any]]:
    """Messages of ours."""
    return [
        {"event_seq": number, "effective_at": f"{day} 09:00", "kind": "message_sent", "name": channel}
        for number, day in enumerate(days, 1)
    ]


def test_silence_is_counted_from_the_first_message_after_the_last_reply() -> None:
    """Two on a day are one; what was answered is no silence."""
    engagement = [{"happened_at": "2025-05-10 12:00", "kind": "reply"}]
    found = account(events=sent("2025-05-01", "2025-06-01", "2025-06-01", "2025-06-20"), engagement=engagement)
    assert picked(found, "unanswered_messages", "days_unanswered") == (2, 29)
    assert picked(found, "days_since_message", "messages_28d") == (10, 1)


def test_nobody_is_silent_where_no_source_tells_of_replies() -> None:
    """Unknown is not unanswered; once anybody has answered, silence means something."""
    assert picked(account(events=sent("2025-06-01")), "unanswered_messages", "days_unanswered") == (None, None)
    heard = [{"account_id": "A-2", "happened_at": "2025-05-10", "kind": "reply"}]
    assert account(events=sent("2025-06-01"), engagement=heard)["unanswered_messages"] == 1


def test_a_notice_to_our_own_people_is_no_message_to_the_customer() -> None:
    """A message in the product is."""
    events = [*sent("2025-06-01", channel="inapp"), {**sent("2025-06-20", channel="notify")[0], "event_seq": 9}]
    assert picked(account(events=events), "messages_28d", "last_message_on") == (0, date(2025, 6, 1))


def test_answers_carry_their_day_and_id_and_the_one_before() -> None:
    """An NPS that falls is seen; each answer is an occurrence of its own."""
    feedback = [
        {"feedback_id": "F-1", "answered_at": "2025-01-10", "kind": "nps", "score": 9},
        {"feedback_id": "F-2", "answered_at": "2025-06-10", "kind": "nps", "score": 4},
        {"feedback_id": "F-3", "answered_at": "2025-06-11", "kind": "csat", "score": 2},
    ]
    found = account(feedback=feedback)
    assert picked(found, "nps", "nps_before", "last_nps_on", "last_nps_id") == (4, 9, date(2025, 6, 10), "F-2")
    assert picked(found, "last_csat_id", "last_ces_id") == ("F-3", None)


def test_the_feature_to_try_is_what_most_others_use() -> None:
    """Of what is in use lately; what nobody uses any more is not offered."""
    used = {"A-1": "chat", "A-2": "chat board report", "A-3": "board report", "A-4": "board"}
    usage = [
        {"account_id": id_, "feature": one, "day": "2025-06-20"} for id_, all_ in used.items() for one in all_.split()
    ]
    usage += [{"account_id": id_, "feature": "fax", "day": "2024-06-20"} for id_ in ("A-2", "A-3", "A-4")]
    found = facts(accounts=[{"account_id": id_} for id_ in (*used, "A-5")], usage=usage)
    names = ("features_28d", "features_ever", "features_unused", "feature_to_try")
    assert [picked(row, *names) for row in found] == [
        (1, 1, 2, "board"), (3, 4, 0, None), (2, 3, 1, "chat"), (1, 2, 2, "chat"), (0, 0, None, None),
    ]  # fmt: skip


def test_seats_in_use_are_those_of_the_crm_else_of_the_contracts() -> None:
    """A ratio; no seats known, none."""
    usage = [{"day": "2025-06-20", "users": 9}, {"day": "2025-01-20", "users": 90}]
    assert account(accounts=[{"seats": 10}], usage=usage)["seat_use"] == Decimal("0.9")
    assert account(usage=usage, contracts=[{"seats": 12}])["seat_use"] == Decimal("0.75")
    assert account(usage=usage)["seat_use"] is None


def test_days_since_churn_count_while_nothing_is_in_force() -> None:
    """From the last end; a customer who came back has none."""
    gone = {"start_on": "2024-01-01", "ended_on": "2025-06-20"}
    assert account(contracts=[gone])["days_since_churn"] == 10
    assert account(contracts=[gone, {"start_on": "2025-06-25"}])["days_since_churn"] is None
