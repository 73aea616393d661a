"""Hand-over, onboarding and the 30-60-90-day plan, walked night by night; day 0, the contract's start, is a Monday."""

from datetime import date
from typing import Any

from tests.walking import Walk, lines, shipped

NEW: dict[str, Any] = {
    "contract_status": "active", "days_since_start": lambda day: day, "sponsors": 1, "champions": 1, "power_users": 1,
    "goals_known": 0, "goals_reached": 0, "promises_known": 0,
}  # fmt: skip
HIGH = {**NEW, "touch": "high", "stage": "onboarding", "reasons_known": 1, "hopes_known": 0, "concerns_known": 0}


def walked(play: str, last: int, facts: dict[str, Any] = HIGH, **more: Any) -> list[str]:
    """What happens from the first night on, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, **more).run(1, last).table)


def test_a_hand_over_that_goes_well() -> None:
    """Inside first, then with the customer, then the kick-off; the gate finds everything written down."""
    happened = walked(
        "sales-to-cs-handover", 60, changes={19: {"goals_known": 2, "promises_known": 1}},
        answers={4: ("reply", "schedule-handover"), 10: ("booking", "schedule-kick-off")},
        work={"external-handover": 2, "kick-off": 5},
    )  # fmt: skip

    assert happened == lines("""
         1  meeting  internal-handover (csm)
         1  task     read-notes (csm)
         2  done     internal-handover, read-notes
         3  mail     schedule-handover → champion, sponsor
         5  met      handover-answer
         6  skipped  phone-for-a-date
         6  meeting  external-handover (csm)
         8  done     external-handover
         9  mail     schedule-kick-off → champion, sponsor
         9  task     kick-off-slides (csm)
        10  done     kick-off-slides
        11  met      kick-off-answer
        12  skipped  kick-off-nudge
        12  meeting  kick-off (csm)
        17  done     kick-off
        18  mail     summary → champion, sponsor
        18  task     update-notes (csm)
        19  done     update-notes
        21  branch   gate: complete
        22  update   handed-over
        22  skipped  back-to-sales
        23  end      finished: every step has ended
    """)


def test_a_hand_over_without_answers_is_phoned_nudged_and_goes_back_to_sales() -> None:
    """Sales phones, one nudge goes out, and what is not written down in three weeks becomes sales' task."""
    happened = walked(
        "sales-to-cs-handover", 60, changes={40: {"goals_known": 1, "promises_known": 1}},
        work={"external-handover": 5, "kick-off": 7, "back-to-sales": None, "update-notes": None},
    )  # fmt: skip

    assert happened == lines("""
         1  meeting  internal-handover (csm)
         1  task     read-notes (csm)
         2  done     internal-handover, read-notes
         3  mail     schedule-handover → champion, sponsor
         9  not met  handover-answer
        10  task     phone-for-a-date (sales)
        10  meeting  external-handover (csm)
        11  done     phone-for-a-date
        15  done     external-handover
        16  mail     schedule-kick-off → champion, sponsor
        16  task     kick-off-slides (csm)
        17  done     kick-off-slides
        21  branch   gate: incomplete
        22  not met  kick-off-answer
        22  skipped  handed-over
        22  task     back-to-sales (sales)
        23  mail     kick-off-nudge → champion, sponsor
        23  meeting  kick-off (csm)
        30  done     kick-off
        31  mail     summary → champion, sponsor
        31  task     update-notes (csm)
        40  resolved back-to-sales
        46  end      success: exit.success: days_since_start > 45 and goals_known > 0 and promises_known > 0
    """)


def test_a_hand_over_in_which_nobody_does_anything_ends_after_a_quarter() -> None:
    """The customer hears nothing that has not happened, sales is told, and it does not stay open for ever."""
    happened = walked("sales-to-cs-handover", 95, pace=None)

    assert happened == lines("""
         1  meeting  internal-handover (csm)
         1  task     read-notes (csm)
        21  branch   gate: incomplete
        22  skipped  handed-over
        22  task     back-to-sales (sales)
        91  end      stopped: exit.stop: contract_status <> 'active' or days_since_start > 90
    """)


def test_onboarding_with_a_person_who_is_there_when_it_matters() -> None:
    """Low touch: two meetings with follow-ups, a check-in that is answered, a look back and what else is possible."""
    happened = walked(
        "onboarding-30-days", 60, {**HIGH, "touch": "low"}, answers={16: ("reply", "check-in")},
        changes={9: {"milestone_first_value": date(2025, 6, 10)}}, work={"intro-meeting": 0},
    )  # fmt: skip

    assert happened == lines("""
         1  mail     intro → champion, sponsor
         3  meeting  intro-meeting (csm)
         4  done     intro-meeting
         7  mail     intro-follow-up → champion, sponsor
         8  mail     first-value → champion, power_user
         8  meeting  first-value-meeting (csm)
         9  done     first-value-meeting
        10  mail     first-value-follow-up → champion, power_user
        15  mail     check-in → champion, sponsor
        15  skipped  no-result-yet
        17  met      check-in-answer
        18  skipped  silent
        30  mail     review → champion, sponsor
        30  meeting  review-meeting (csm)
        31  done     review-meeting
        32  task     potential (csm)
        33  done     potential
        33  end      finished: every step has ended
    """)


def test_onboarding_without_answers_and_without_a_result_alarms_the_csm() -> None:
    """High touch meets in the hand-over; day 15 without a result is a task, without an answer the CSM is told."""
    happened = walked("onboarding-30-days", 80, work={"no-result-yet": None}, pace=2)

    assert happened == lines("""
         1  mail     intro → champion, sponsor
         3  skipped  intro-meeting
         4  skipped  intro-follow-up
         7  mail     first-value → champion, power_user
         8  meeting  first-value-meeting (csm)
        10  done     first-value-meeting
        11  mail     first-value-follow-up → champion, power_user
        15  mail     check-in → champion, sponsor
        15  task     no-result-yet (csm)
        24  not met  check-in-answer
        25  notify   silent
        30  mail     review → champion, sponsor
        30  meeting  review-meeting (csm)
        32  done     review-meeting
        33  task     potential (csm)
        35  done     potential
        76  end      stopped: exit.stop: contract_status = 'churned' or days_since_start > 75
    """)


def test_onboarding_of_tech_touch_is_mail_alone() -> None:
    """Four mails, no meetings, no tasks."""
    happened = walked("onboarding-30-days", 60, {**HIGH, "touch": "tech"})

    assert happened == lines("""
         1  mail     intro → champion, sponsor
         3  skipped  intro-meeting
         4  skipped  intro-follow-up
         7  mail     first-value → champion, power_user
         8  skipped  first-value-meeting
         9  skipped  first-value-follow-up
        15  mail     check-in → champion, sponsor
        15  skipped  no-result-yet
        24  not met  check-in-answer
        25  skipped  silent
        30  mail     review → champion, sponsor
        30  skipped  review-meeting
        31  skipped  potential
        32  end      finished: every step has ended
    """)


def test_a_plan_of_90_days() -> None:
    """Listen for a month, read it back, plan together, carry it out, look back."""
    happened = walked(
        "plan-30-60-90", 120, answers={35: ("reply", "read-back")},
        changes={29: {"goals_known": 3, "concerns_known": 1}, 93: {"goals_reached": 1}},
        work={"map-people": 9, "listen": 15, "write-down": None, "analyze": 5, "draft": 3, "plan-meeting": 7,
              "execute": 25, "review": 8},
    )  # fmt: skip

    assert happened == lines("""
         1  enroll   plan-30-60-90
         7  task     map-people (csm)
        10  task     listen (csm)
        16  done     map-people
        25  done     listen
        28  task     write-down (csm)
        29  resolved write-down
        35  mail     read-back → sponsor
        36  met      read-back-answer
        37  skipped  phone-sponsor
        38  task     analyze (csm)
        43  done     analyze
        44  task     draft (csm)
        47  done     draft
        49  meeting  plan-meeting (csm)
        56  done     plan-meeting
        57  mail     agreed → sponsor
        57  task     execute (csm)
        71  mail     progress → champion, sponsor
        82  done     execute
        84  meeting  review (csm)
        92  done     review
        93  task     results (csm)
        94  done     results
        94  end      finished: every step has ended
    """)


def test_a_plan_that_the_sponsor_does_not_answer() -> None:
    """They are phoned; a plan that is never agreed is neither followed up nor looked back on."""
    happened = walked("plan-30-60-90", 160, work={"analyze": 8, "plan-meeting": None})

    assert happened == lines("""
         1  enroll   plan-30-60-90
         7  task     map-people (csm)
         8  done     map-people
        10  task     listen (csm)
        11  done     listen
        28  task     write-down (csm)
        29  done     write-down
        35  mail     read-back → sponsor
        38  task     analyze (csm)
        43  not met  read-back-answer
        44  task     phone-sponsor (csm)
        45  done     phone-sponsor
        46  done     analyze
        47  task     draft (csm)
        48  done     draft
        49  meeting  plan-meeting (csm)
        84  skipped  review
        85  skipped  results
       151  end      stopped: exit.stop: contract_status <> 'active' or days_since_start > 150
    """)
