"""Mails of hand-over, onboarding, plan, adoption and rescue with the figures of a real fact sheet, and without them."""

from datetime import date
from typing import Any

import pytest

from config.files import read_files
from tasks.mail.render import render
from tests.mail_values import values

SHIPPED = read_files()
SHEET = {
    "id": "A-1", "name": "Acme", "touch": "low", "feature_to_try": "shared_reports", "usage_days_28d": 14,
    "features_28d": 4, "usage_base_week": 212.5, "usage_recent_week": 84, "goals_open": 2,
}  # fmt: skip
NOBODY = {"name": "", "email": ""}


def text(template: str, language: str = "en", **changes: Any) -> str:
    """The mail's text, in one line."""
    return " ".join(render(SHIPPED, template, language, values(**{"account": SHEET, **changes})).text.split())


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("adoption/feature-to-try", "Other customers work with shared_reports in Example"),
        ("adoption/feature-ten-minutes", "I wrote to you about shared_reports."),
        ("adoption/aha-reached", "used it on 14 days, with 4 of its features"),
        (
            "usage-drop/what-changed",
            "we used to count about 212 actions; in the past four weeks it was about 84 a week.",
        ),
        ("plan/what-we-understood", "I have written down 2 goals of yours that are still open."),
        ("plan/plan-meeting", "I suggest January 6, 2025 at 10:00, 30 minutes"),
        ("plan/review-meeting", "I suggest January 6, 2025 at 10:00, 30 minutes"),
        ("handover/schedule-handover", "Best regards, Tom Reyes Example Software"),
    ],
)
def test_a_mail_says_what_the_sheet_says(template: str, words: str) -> None:
    """Figures, names and dates come from the night's facts."""
    assert words in text(template)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("adoption/feature-to-try", "there are parts of Example that nobody at Acme has tried so far"),
        ("adoption/aha-reached", "part of the working week at Acme. Now I would like"),
        ("usage-drop/what-changed", "less than before. There can be good reasons for it"),
        ("plan/what-we-understood", "What I am still missing is your most important goal"),
        ("usage-drop/to-sponsor", "When may I call you, or whom should I talk to instead?"),
        ("sponsor-change/welcome", "Which day suits you this week or next?"),
        ("handover/schedule-kick-off", "Please reply with two times in the next ten days that suit you."),
    ],
)
def test_a_mail_without_the_figure_or_the_page_still_reads_well(template: str, words: str) -> None:
    """What is not known is not spoken of, and without a page to book on the customer is asked for a time."""
    assert words in text(template, account={"id": "A-1", "name": "Acme"}, booking={"url": None})


@pytest.mark.parametrize(
    ("language", "touch", "sales", "words"),
    [
        ("en", "low", True, "May I introduce Nina Park"),
        ("en", "low", False, "Your contact is Nina Park"),
        ("en", "low", True, "half an hour is enough: please pick a time that suits you"),
        ("en", "high", True, "what would make you say, a month from now, that this was worth it?"),
        ("de", "low", True, "Darf ich vorstellen: Nina Park"),
        ("de", "tech", True, "Woran würden Sie in einem Monat merken"),
    ],
)
def test_sales_introduces_the_csm(language: str, touch: str, sales: bool, words: str) -> None:
    """Under the name of sales where there is one; only who is to have a call is asked to book it."""
    people = {} if sales else {"sales": NOBODY}
    mail = text("onboarding/day-01-intro", language, account={**SHEET, "touch": touch}, **people)

    assert words in mail
    assert ("meet.example.com" in mail) is (touch == "low")
    assert ("Tom Reyes" in mail) is sales


def test_a_plan_names_one_goal_as_one() -> None:
    """One goal is no goals."""
    mail = text("plan/what-we-understood", account={**SHEET, "goals_open": 1}, as_of=date(2025, 1, 2))
    assert "I have written down one goal of yours that is still open." in mail


@pytest.mark.parametrize(
    ("invoices", "words"),
    [
        (1, "one invoice is still unpaid: €2,469, due on"),
        (3, "3 invoices are still unpaid: €2,469 in all. The oldest was due on"),
    ],
)
def test_a_reminder_speaks_of_the_oldest_only_where_there_are_several(invoices: int, words: str) -> None:
    """One invoice has no oldest."""
    sheet = {**values()["account"], "invoices_overdue": invoices}
    assert words in text("payment-overdue/reminder-14", account=sheet)
    assert ("oldest" in text("payment-overdue/reminder-30", account=sheet)) is (invoices > 1)


@pytest.mark.parametrize(
    ("renews", "words"),
    [
        (True, "If you wish to change or end it, October 3, 2024 is the last day to tell us."),
        (False, "By October 3, 2024 we need to know how you would like to proceed."),
        (None, "By October 3, 2024 we need to know how you would like to proceed."),
    ],
)
def test_the_outlook_says_what_the_deadline_is_for(renews: bool | None, words: str) -> None:
    """A contract that renews by itself is ended by then, every other is decided about."""
    contract = {**values()["contract"], "contract_auto_renew": renews}
    assert words in text("renewal/day-180-outlook", account=values()["account"], contract=contract)


@pytest.mark.parametrize(
    ("seat_use", "words"),
    [
        (0.93, "has used all or nearly all of the seats in its contract"),
        (1.2, "more people at Acme have worked with Example than its contract has seats for"),
        (None, "I have looked at how Acme works with Example"),
    ],
)
def test_an_idea_names_the_seats_as_they_are(seat_use: float | None, words: str) -> None:
    """Over the number of seats is not close to it."""
    assert words in text("expansion-upsell/idea", account={**SHEET, "seat_use": seat_use})


@pytest.mark.parametrize(
    ("sales", "words"),
    [
        (True, "so that Nina Park, who looks after Acme from now on,"),
        (False, "so that I, looking after Acme from now on,"),
    ],
)
def test_nobody_speaks_of_themselves_as_of_another(sales: bool, words: str) -> None:
    """Without a salesperson the CSM signs the invitation to the hand-over, and says I."""
    people: dict[str, Any] = {} if sales else {"sales": NOBODY}
    assert words in text("handover/schedule-handover", **people)
