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
        ("usage-drop/what-changed", "we used to count about 212 actions; in the past four weeks it was about 84."),
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
