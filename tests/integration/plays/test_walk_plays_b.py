"""Rescue and review, one customer each, night by night: day, what happens, to which steps."""

from typing import Any

import pytest

from tests.walking import Walk, lines, shipped

SILENT: dict[str, Any] = {
    "signal_unresponsive": True,
    "contract_status": "active",
    "stage": "adoption",
    "power_users": 1,
    "days_since_reply": lambda day: 40 + day,
    "days_since_meeting": lambda day: 90 + day,
}
QUARTER: dict[str, Any] = {
    "touch": "high",
    "contract_status": "active",
    "days_since_start": lambda day: 400 + day,
    "days_into_quarter": lambda day: day,
    "tickets_90d": 3,
    "requests_open": 1,
}
AT_RISK: dict[str, Any] = {
    "signal_renewal_at_risk": True,
    "contract_status": "active",
    "days_to_opt_out": lambda day: 100 - day,
    "health_band_effective": "red",
    "touch": "high",
}


def told(play: str, facts: dict[str, Any], last: int = 90, **more: Any) -> list[str]:
    """What happens until that day, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, **more).run(0, last).table)


def test_a_power_user_who_answers_is_met_and_nobody_else_is_asked() -> None:
    """The answer of day 6 ends the asking and the signal; people look into problems and usage, and write it down."""
    reply = {7: {"days_since_reply": lambda day: day - 6}}
    answers = {6: ("reply", "ask-power-user")}

    assert told("unresponsive-customer", SILENT, changes=reply, answers=answers, fades=8) == lines("""
        0  branch   power-user: still-there
        1  task     notes (csm)
        1  skipped  new-contact
        2  done     notes
        4  mail     ask-power-user → power_user
        7  met      power-user-answer, answer
        8  skipped  ask-sponsor, again, last-answer, late-check-up
        8  meeting  check-up (csm)
        9  done     check-up
        10 task     problems (csm)
        11 done     problems
        14 task     usage-patterns (csm)
        15 done     usage-patterns
        42 task     summary (csm)
        43 done     summary
        44 task     notes-written (csm)
        45 done     notes-written
        45 end      finished: every step has ended
    """)


def test_silence_goes_from_the_power_user_to_the_executive_and_is_left_after_one_more_mail() -> None:
    """Three mails in six weeks, each to somebody else or much later; people do the rest."""
    assert told("unresponsive-customer", SILENT) == lines("""
        0  branch   power-user: still-there
        1  task     notes (csm)
        1  skipped  new-contact
        2  done     notes
        4  mail     ask-power-user → power_user
        10 task     problems (csm)
        11 done     problems
        13 not met  power-user-answer
        14 mail     ask-sponsor → executive, sponsor
        14 task     usage-patterns (csm)
        15 done     usage-patterns
        25 not met  answer
        26 skipped  check-up
        28 mail     again → champion, sponsor
        37 not met  last-answer
        38 skipped  late-check-up
        42 task     summary (csm)
        43 done     summary
        44 task     notes-written (csm)
        45 done     notes-written
        45 end      finished: every step has ended
    """)


def test_where_no_power_user_is_left_the_sponsor_is_asked_who_took_over() -> None:
    """Nobody is asked about a person who has gone, and the executive is left in peace."""
    found = told("unresponsive-customer", {**SILENT, "power_users": 0})

    assert "0 branch power-user: gone" in found
    assert "1 skipped ask-power-user, power-user-answer, ask-sponsor" in found
    assert [line for line in found if " mail " in line] == lines("""
        4  mail     new-contact → champion, sponsor
        28 mail     again → champion, sponsor
    """)


def test_a_review_that_is_booked_is_prepared_held_and_followed_up() -> None:
    """Nine steps: four to prepare, the mail, the meeting, the report, the debrief, the next touch."""
    booked = {12: ("booking", "schedule")}

    assert told("quarterly-business-review", QUARTER, answers=booked, work={"meeting": 9}) == lines("""
        0  enroll   quarterly-business-review
        2  task     health (csm)
        3  done     health
        3  task     notes (csm), tickets (csm)
        4  done     notes, tickets
        4  task     requests (csm)
        5  done     requests
        8  mail     schedule → champion, sponsor
        13 met      booked
        14 skipped  call
        14 meeting  meeting (csm)
        23 done     meeting
        24 task     report (csm)
        25 done     report
        26 task     debrief (csm)
        27 done     debrief
        28 task     next-touch (csm)
        29 done     next-touch
        29 end      finished: every step has ended
    """)


def test_a_review_that_nobody_books_is_for_the_telephone() -> None:
    """No second mail: the CSM calls; without a meeting there is no report of one."""
    quiet = {**QUARTER, "tickets_90d": 0, "tickets_open": 0, "requests_open": 0}

    assert told("quarterly-business-review", quiet, work={"meeting": None}) == lines("""
        0  enroll   quarterly-business-review
        2  task     health (csm)
        3  done     health
        3  task     notes (csm)
        3  skipped  tickets
        4  done     notes
        4  skipped  requests
        8  mail     schedule → champion, sponsor
        20 not met  booked
        21 task     call (csm)
        21 meeting  meeting (csm)
        22 done     call
    """)


@pytest.mark.parametrize(
    ("facts", "more"),
    [
        (AT_RISK, {"answers": {6: ("reply", "honest-question")}, "work": {"rescue-call": 3}}),
        ({**AT_RISK, "touch": "low"}, {"answers": {6: ("booking", None)}, "work": {"rescue-call": 3}}),
    ],
    ids=["a reply", "a booking that names no message"],
)
def test_an_honest_answer_leads_to_a_call_and_a_plan(facts: dict[str, Any], more: dict[str, Any]) -> None:
    """The executive is not troubled; once the signal is gone and health is green, the play is won."""
    turned = {30: {"health_band_effective": "green", "signal_renewal_at_risk": False}}
    found = told("renewal-at-risk", facts, changes=turned, **more)

    assert [line for line in found if "huddle" not in line and "who-helps" not in line] == lines("""
        1  task     cause (csm)
        2  done     cause
        4  mail     honest-question → sponsor
        7  met      answer
        8  meeting  rescue-call (csm)
        8  skipped  executive, executive-answer, executive-call, forecast
        11 done     rescue-call
        12 task     plan (csm)
        13 done     plan
        30 end      success: exit.success: not signal_renewal_at_risk and health_band_effective = 'green'
    """)


def test_silence_before_a_renewal_goes_to_the_executive_and_then_into_the_forecast() -> None:
    """Two mails, ten days apart, then people decide."""
    assert told("renewal-at-risk", AT_RISK, fades=20) == lines("""
        0  branch   who-helps: team
        1  task     cause (csm)
        2  done     cause
        2  meeting  huddle (csm)
        3  done     huddle
        4  mail     honest-question → sponsor
        13 not met  answer
        14 skipped  rescue-call, plan
        14 mail     executive → executive, sponsor
        23 not met  executive-answer
        24 skipped  executive-call
        24 task     forecast (sales)
        25 done     forecast
        35 task     look-back (csm)
        36 done     look-back
        36 end      finished: every step has ended
    """)
