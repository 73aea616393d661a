"""Surveys and their closed loops, one subject each, night by night: day, what happens, to which steps."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.walking import MONDAY, Walk, lines, shipped

JULY = date(2025, 7, 1)
ASKED_LATELY = {f"key-{role}": date(2025, 5, 20) for role in ("sponsor", "champion", "power_user", "user")}
HALF_YEAR: dict[str, Any] = {
    "contract_status": "active",
    "days_since_start": lambda day: 500 + day,
    "days_into_half": lambda day: day,
    "first_contract_start": date(2024, 2, 15),
}
NPS: dict[str, Any] = {"contract_status": "active", "days_since_nps": lambda day: day, "last_nps_on": MONDAY}
TICKET: dict[str, Any] = {
    "contract_status": "active",
    "ticket_days_since_closed": lambda day: day,
    "ticket_closed_on": MONDAY,
    "ticket_escalated": True,
}
CSAT: dict[str, Any] = {"contract_status": "active", "csat": 2, "days_since_csat": lambda day: day}
STARTED: dict[str, Any] = {
    "contract_status": "active",
    "stage": "adoption",
    "days_since_start": lambda day: day + 31,
}
CES: dict[str, Any] = {"contract_status": "active", "ces": 3, "days_since_ces": lambda day: day}


def since(on: int) -> Callable[[int], int]:
    """Days since that day of the walk."""
    return lambda day: day - on


def told(play: str, days: tuple[int, int], facts: dict[str, Any], **more: Any) -> list[str]:
    """What happens on these days, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, **more).run(*days).table)


def test_nps_is_asked_in_the_accounts_own_turn_until_it_answers() -> None:
    """February's customers come in the fourth week of the half-year; the answer ends it before the reminder."""
    answered = {30: {"days_since_nps": since(29)}}

    assert told("nps-survey", (0, 180), HALF_YEAR, start=JULY, changes=answered) == lines("""
         0  enroll   nps-survey
        26  met      turn
        27  survey   ask → champion, power_user, sponsor
        30  end      success: exit.success: days_since_nps <= 60
    """)


def test_nps_without_an_answer_is_asked_for_once_more_and_then_left() -> None:
    """One reminder, to those who were asked."""
    assert told("nps-survey", (0, 180), HALF_YEAR, start=JULY) == lines("""
         0  enroll   nps-survey
        26  met      turn
        27  survey   ask → champion, power_user, sponsor
        34  survey   remind → champion, power_user, sponsor
        35  end      finished: every step has ended
    """)


def test_who_was_asked_lately_is_neither_asked_nor_reminded() -> None:
    """The rule of fatigue skips the question; what follows it does not come either."""
    assert told("nps-survey", (0, 180), HALF_YEAR, start=JULY, surveyed=dict(ASKED_LATELY)) == lines("""
         0  enroll   nps-survey
        26  met      turn
        27  skipped  ask
        28  skipped  remind
        29  end      finished: every step has ended
    """)


def test_a_reminder_goes_to_those_alone_who_were_asked() -> None:
    """The champion had another survey of late: two of three are asked, and the same two are reminded."""
    asked = {"key-champion": date(2025, 6, 20)}

    assert told("nps-survey", (0, 40), HALF_YEAR, start=JULY, surveyed=asked)[2:4] == lines("""
        27  survey   ask → power_user, sponsor
        34  survey   remind → power_user, sponsor
    """)


@pytest.mark.parametrize(("came_on", "enrolled"), [(33, True), (34, False)])
def test_who_has_missed_its_turn_by_a_week_is_asked_next_half_year(came_on: int, enrolled: bool) -> None:
    """A first night in the middle of a half-year asks those whose turn it is, not all whose turn has passed."""
    walk = Walk(shipped("nps-survey"), HALF_YEAR, start=JULY).run(came_on, came_on)

    assert bool(walk.told) is enrolled


def test_a_detractor_is_called_within_two_days_and_hears_again_in_four_weeks() -> None:
    """Call and mail on the night the answer is known; product reads it twice; the loop is closed a month later."""
    assert told("nps-closed-loop", (1, 60), {**NPS, "nps": 3}, work={"tell": 2}) == lines("""
         1  notify   product
         1  task     call (csm)
         1  mail     sorry → champion, power_user
         2  done     call
         2  met      called
         2  skipped  what-is-missing, thanks
         3  skipped  not-called
         3  notify   heard
         3  mail     thanks-for-the-talk → champion, power_user
        30  task     tell (csm)
        32  done     tell
        32  end      finished: every step has ended
    """)


def test_the_lead_is_told_of_a_detractor_whom_nobody_has_called() -> None:
    """Five days; the task stays open, and nobody is thanked for a talk that was not held."""
    assert told("nps-closed-loop", (1, 60), {**NPS, "nps": 3}, work={"call": None}) == lines("""
         1  notify   product
         1  task     call (csm)
         1  mail     sorry → champion, power_user
         2  skipped  what-is-missing, thanks
         7  not met  called
         8  notify   not-called
    """)


def test_after_an_outage_an_unhappy_customer_is_called_all_the_same() -> None:
    """Ten nights did not run: the mail would be out of place by now, the call is not."""
    walk = Walk(shipped("nps-closed-loop"), {**NPS, "nps": 3}).run(11, 13)

    assert [line for line in lines(walk.table) if "skipped" not in line][:3] == lines("""
        11  notify   product
        11  task     call (csm)
        11  late     sorry, what-is-missing, thanks
    """)


@pytest.mark.parametrize(
    ("score", "mail"), [(7, "what-is-missing"), (8, "what-is-missing"), (9, "thanks"), (10, "thanks")]
)
def test_passives_are_asked_what_is_missing_and_promoters_are_thanked(score: int, mail: str) -> None:
    """One mail each, no task; product reads every answer."""
    happened = told("nps-closed-loop", (1, 60), {**NPS, "nps": score})

    assert [line for line in happened if "skipped" not in line] == lines(f"""
         1  notify   product
         2  mail     {mail} → champion, power_user
         3  end      finished: every step has ended
    """)


def test_csat_is_asked_two_days_after_the_ticket_was_closed() -> None:
    """The answer ends it; nobody asks in person what has been said."""
    answered = {4: {"last_csat_on": date(2025, 6, 5)}}

    assert told("csat-after-ticket", (0, 30), TICKET, changes=answered) == lines("""
         0  enroll   csat-after-ticket
         2  survey   ask → champion, power_user, user
         4  end      success: exit.success: ticket_satisfaction is not null or last_csat_on >= ticket_closed_on
    """)


@pytest.mark.parametrize(
    ("asked", "on_day_2"), [({}, "survey ask → champion, power_user, user"), (ASKED_LATELY, "skipped ask")]
)
def test_without_an_answer_about_an_escalated_ticket_the_csm_asks(asked: dict[str, date], on_day_2: str) -> None:
    """Whether nobody has answered, or nobody could be asked."""
    assert told("csat-after-ticket", (0, 30), TICKET, surveyed=dict(asked)) == lines(f"""
         0  enroll   csat-after-ticket
         2  {on_day_2}
         8  task     ask-in-person (csm)
         9  done     ask-in-person
         9  end      finished: every step has ended
    """)


def test_an_unhappy_answer_about_support_is_looked_at_again() -> None:
    """Support settles it, the customer says whether it is; a reply spares the call."""
    assert told("csat-closed-loop", (1, 40), CSAT, answers={3: ("reply", "sorry")}) == lines("""
         1  task     again (support)
         1  mail     sorry → champion, power_user, user
         1  notify   product
         2  done     again
         3  mail     settled → champion, power_user, user
         4  met      reply
         5  skipped  call
         6  end      finished: every step has ended
    """)


def test_an_unhappy_customer_who_does_not_reply_is_called() -> None:
    """Nothing is called settled as long as support has not settled it."""
    assert told("csat-closed-loop", (1, 40), CSAT, work={"again": None}) == lines("""
         1  task     again (support)
         1  mail     sorry → champion, power_user, user
         1  notify   product
         6  not met  reply
         7  task     call (csm)
         8  done     call
    """)


def test_ces_is_asked_when_onboarding_has_ended() -> None:
    """Four days after it; the answer ends it."""
    assert told("ces-after-onboarding", (0, 40), STARTED, changes={8: {"days_since_ces": since(7)}}) == lines("""
         0  enroll   ces-after-onboarding
         4  survey   ask → champion, power_user
         8  end      success: exit.success: days_since_ces <= 30
    """)


def test_ces_without_an_answer_is_asked_for_once_more() -> None:
    """One reminder, the next week."""
    assert told("ces-after-onboarding", (0, 40), STARTED) == lines("""
         0  enroll   ces-after-onboarding
         4  survey   ask → champion, power_user
        10  survey   remind → champion, power_user
        11  end      finished: every step has ended
    """)


def test_what_was_hard_is_taken_away_when_the_customer_says_what() -> None:
    """Reply, task, and ten days after it the question whether it is out of the way."""
    assert told("ces-closed-loop", (1, 60), CES, answers={3: ("reply", "what")}, work={"take-away": 4}) == lines("""
         1  mail     what → champion, power_user
         1  notify   product
         4  met      reply
         5  task     take-away (csm)
         5  skipped  call, easier-after-call
         9  done     take-away
        21  mail     easier-now → champion, power_user
        22  end      finished: every step has ended
    """)


def test_what_was_hard_is_asked_by_telephone_when_nobody_replies() -> None:
    """The same end by another way; also where no mail may be sent."""
    assert told("ces-closed-loop", (1, 60), CES, work={"call": 3}) == lines("""
         1  mail     what → champion, power_user
         1  notify   product
         7  not met  reply
         8  skipped  take-away, easier-now
         8  task     call (csm)
        11  done     call
        21  mail     easier-after-call → champion, power_user
        22  end      finished: every step has ended
    """)
