"""Advocacy, webinars and win-back, one subject each, night by night: day, what happens, to which steps."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.walking import PEOPLE, Walk, lines, shipped

SESSION = date(2025, 6, 19)
MARKETING = dict.fromkeys(
    (
        "advocacy/quote", "advocacy/referral", "webinar/invitation", "webinar/last-call",
        "win-back/day-30", "win-back/day-90", "win-back/day-90-delivered", "win-back/day-180",
    ),
    "marketing",
)  # fmt: skip
ADVOCATE: dict[str, Any] = {
    "contract_status": "active",
    "signal_advocate": True,
    "days_since_start": 400,
    "touch": "low",
    "tickets_open": 0,
    "tickets_escalated_90d": 0,
    "health_band_effective": "green",
}
WEBINAR: dict[str, Any] = {
    "contract_status": "active",
    "session_kind": "webinar",
    "days_to_session": lambda day: -day,
    "stage": "adoption",
    "session_registered": False,
    "session_attended": False,
}
LEFT: dict[str, Any] = {
    "contract_status": "churned",
    "stage": "churned",
    "days_since_churn": lambda day: day,
    "churn_reason": "budget",
    "size": "large",
    "requests_delivered_90d": 0,
}


def told(play: str, days: tuple[int, int], facts: dict[str, Any], **more: Any) -> list[str]:
    """What happens on these days, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, classes=MARKETING, **more).run(*days).table)


def test_an_advocate_gives_a_quote_and_later_an_introduction() -> None:
    """Two requests, three weeks apart, each followed up by a person."""
    answers = {12: ("reply", "quote"), 40: ("reply", "referral")}

    assert told("advocacy-and-referral", (0, 120), ADVOCATE, answers=answers) == lines("""
         0  enroll   advocacy-and-referral
         1  skipped  ask-in-person
         8  mail     quote → champion, sponsor
        13  met      answer
        14  task     publish (csm)
        14  skipped  referral-only, introduction-only, thank-only
        15  done     publish
        16  update   quoted
        36  mail     referral → champion, sponsor
        41  met      introduction
        42  task     thank (csm)
        43  done     thank
        43  end      finished: every step has ended
    """)


def test_an_advocate_who_does_not_answer_is_asked_one_other_thing_and_left() -> None:
    """No third request."""
    assert told("advocacy-and-referral", (0, 120), ADVOCATE) == lines("""
         0  enroll   advocacy-and-referral
         1  skipped  ask-in-person
         8  mail     quote → champion, sponsor
        31  not met  answer
        32  skipped  publish, quoted, referral, introduction, thank
        45  mail     referral-only → champion, sponsor
        68  not met  introduction-only
        69  skipped  thank-only
        70  end      finished: every step has ended
    """)


def test_high_touch_advocates_are_asked_in_person() -> None:
    """A task of the CSM, no mail."""
    happened = told("advocacy-and-referral", (1, 60), {**ADVOCATE, "touch": "high"})

    assert [line for line in happened if "skipped" not in line] == lines("""
         1  task     ask-in-person (csm)
         2  done     ask-in-person
        10  end      finished: every step has ended
    """)


@pytest.mark.parametrize(("consent", "outcome"), [("granted", "mail"), ("", "suppressed")])
def test_nobody_is_asked_for_a_quote_without_consent(consent: str, outcome: str) -> None:
    """It is marketing: blank is no consent."""
    people = tuple(replace(one, consent=consent) for one in PEOPLE)

    assert told("advocacy-and-referral", (0, 8), ADVOCATE, people=people)[2].split()[1] == outcome


@pytest.mark.parametrize(
    ("attended", "after"),
    [
        (True, ["4 mail thanks → champion, power_user, user", "4 skipped recording"]),
        (False, ["4 skipped thanks", "4 mail recording → champion, power_user, user"]),
    ],
)
def test_who_takes_a_seat_is_reminded_and_thanked_or_offered_the_recording(attended: bool, after: list[str]) -> None:
    """No last call once there is a seat; a session on Thursday is followed up on Monday."""
    changes = {-10: {"session_registered": True}, 1: {"session_attended": attended}}

    assert told("webinar-invitation", (-16, 30), WEBINAR, changes=changes, start=SESSION) == [
        *lines("""
           -16  enroll   webinar-invitation
           -14  mail     invite → champion, power_user, user
            -3  skipped  last-call
            -1  mail     remind → champion, power_user, user
        """),
        *after,
        "5 end finished: every step has ended",
    ]


def test_who_takes_no_seat_gets_one_last_call_and_hears_no_more_of_it() -> None:
    """Neither a reminder nor a recording."""
    assert told("webinar-invitation", (-16, 30), WEBINAR, start=SESSION) == lines("""
       -16  enroll   webinar-invitation
       -14  mail     invite → champion, power_user, user
        -3  mail     last-call → champion, power_user, user
        -1  skipped  remind
         4  skipped  thanks, recording
         5  end      finished: every step has ended
    """)


@pytest.mark.parametrize(
    "other", [{"session_stage": "onboarding"}, {"session_kind": "workshop"}, {"contract_status": "churned"}]
)
def test_a_webinar_invites_those_it_is_for(other: dict[str, Any]) -> None:
    """Another stage, another kind of session, a customer who has left: nobody is enrolled."""
    assert told("webinar-invitation", (-16, -10), {**WEBINAR, **other}, start=SESSION) == []


def test_a_customer_who_has_left_and_answers_talks_with_a_person() -> None:
    """Whenever the reply comes, a task follows; while they talk no mail goes; who comes back is a success."""
    answers = {85: ("reply", "why")}
    changes = {86: {"days_since_reply": lambda day: day - 85}, 150: {"contract_status": "active"}}

    assert told("win-back", (1, 250), {**LEFT, "size": "small"}, answers=answers, changes=changes) == lines("""
         1  enroll   win-back
        30  mail     why → champion, sponsor
        83  skipped  look
        86  met      reply
        87  task     hear (csm)
        88  done     hear
        91  skipped  delivered, solved
       150  end      success: exit.success: contract_status = 'active'
    """)


def test_a_customer_who_does_not_answer_gets_three_mails_in_half_a_year() -> None:
    """And none after that; before the second, sales may call instead."""
    assert told("win-back", (1, 250), LEFT) == lines("""
         1  enroll   win-back
        30  mail     why → champion, sponsor
        83  task     look (sales)
        84  done     look
        91  skipped  delivered
        91  mail     solved → champion, sponsor
       182  not met  reply
       182  mail     good-bye → champion, sponsor
       183  skipped  hear
       184  end      finished: every step has ended
    """)


def test_a_request_delivered_meanwhile_is_what_the_second_mail_is_about() -> None:
    """Something to show, not a question."""
    happened = told("win-back", (1, 95), {**LEFT, "requests_delivered_90d": 2})

    assert happened[-2:] == ["91 mail delivered → champion, sponsor", "91 skipped solved"]


@pytest.mark.parametrize(("reason", "enrolled"), [("closed", False), ("legal", False), ("pricing", True), (None, True)])
def test_the_reason_decides_whether_a_customer_is_won_back(reason: str | None, enrolled: bool) -> None:
    """A company that has closed is left in peace; an unknown reason forbids nothing."""
    assert bool(told("win-back", (1, 1), {**LEFT, "churn_reason": reason})) is enrolled
