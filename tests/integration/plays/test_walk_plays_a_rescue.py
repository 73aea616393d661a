"""Rescue: a drop in usage and a change of sponsor, walked night by night; day 0, the signal's, is a Monday."""

from typing import Any

from tests.walking import PEOPLE, Walk, lines, shipped

DROP: dict[str, Any] = {
    "signal_usage_drop": True, "contract_status": "active", "touch": "low", "sponsor_left_90d": False, "sponsors": 1,
    "usage_trend": 0.4, "usage_28d": 80, "usage_28d_before": 190,
}  # fmt: skip
LEFT: dict[str, Any] = {
    "signal_sponsor_left": True, "contract_status": "active", "touch": "high", "sponsors": 0, "champions": 1,
    "power_users": 1, "executives": 1,
}  # fmt: skip
NO_SPONSOR = tuple(person for person in PEOPLE if person.role != "sponsor")


def walked(play: str, facts: dict[str, Any], **more: Any) -> list[str]:
    """What happens from the night of the anchor on, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, **more).run(0, 70).table)


def test_a_drop_that_is_answered_and_recovers() -> None:
    """The CSM looks, the question goes out, the answer leads to an agreed way back."""
    happened = walked(
        "usage-drop", DROP, answers={4: ("reply", "ask")},
        changes={30: {"usage_trend": 0.9, "usage_28d": 180, "usage_28d_before": 90}},
    )  # fmt: skip

    assert happened == lines("""
         0  branch   who-looks: person
         1  task     look (csm)
         2  done     look
         2  met      looked
         3  mail     ask → champion, power_user
         5  met      answer
         6  task     way-back (csm)
         6  skipped  ask-sponsor, sponsor-answer, talk-to-sponsor, phone-sponsor
         7  done     way-back
        30  end      success: exit.success: usage_trend >= 0.8 and usage_28d >= 1.2 * usage_28d_before
    """)


def test_a_drop_without_answers_ends_with_a_decision() -> None:
    """The users, then the sponsor, then the telephone; after five weeks somebody decides."""
    happened = walked("usage-drop", DROP, pace=3)

    assert happened == lines("""
         0  branch   who-looks: person
         1  task     look (csm)
         4  done     look
         4  met      looked
         7  mail     ask → champion, power_user
        14  not met  answer
        15  skipped  way-back
        15  mail     ask-sponsor → executive, sponsor
        22  not met  sponsor-answer
        23  skipped  talk-to-sponsor
        23  task     phone-sponsor (csm)
        26  done     phone-sponsor
        41  not met  recovery
        42  task     decide (team)
        45  done     decide
        55  stop     close
        55  end      finished: stop: Two weeks after the time for recovery
    """)


def test_a_drop_that_nobody_looks_at_is_asked_about_all_the_same() -> None:
    """The question waits five days for the CSM, and no open task blocks another rescue for ever."""
    happened = walked("usage-drop", DROP, pace=None)

    assert happened == lines("""
         0  branch   who-looks: person
         1  task     look (csm)
         7  not met  looked
         8  mail     ask → champion, power_user
        15  not met  answer
        16  skipped  way-back
        16  mail     ask-sponsor → executive, sponsor
        23  not met  sponsor-answer
        24  skipped  talk-to-sponsor
        24  task     phone-sponsor (csm)
        44  not met  recovery
        45  task     decide (team)
        58  stop     close
        58  end      finished: stop: Two weeks after the time for recovery
    """)


def test_a_drop_gives_way_when_the_sponsor_leaves() -> None:
    """Nobody is asked about usage while nobody answers for the product."""
    happened = walked("usage-drop", DROP, changes={6: {"sponsor_left_90d": True, "sponsors": 0}})

    assert happened == lines("""
         0  branch   who-looks: person
         1  task     look (csm)
         2  done     look
         2  met      looked
         3  mail     ask → champion, power_user
         6  end      stopped: exit.stop: contract_status <> 'active' or (sponsor_left_90d and sponsors = 0)
    """)


def test_low_usage_that_stays_low_is_no_recovery() -> None:
    """Two months on, the trend looks well because its base is low as well."""
    happened = walked(
        "usage-drop", DROP, pace=3, changes={40: {"usage_trend": 1.0, "usage_28d": 80, "usage_28d_before": 80}}
    )[-5:]

    assert happened == lines("""
        41  not met  recovery
        42  task     decide (team)
        45  done     decide
        55  stop     close
        55  end      finished: stop: Two weeks after the time for recovery
    """)


def test_a_successor_is_found_by_asking_colleagues() -> None:
    """A name, an introduction, a first meeting, and a question about their own priorities."""
    happened = walked(
        "sponsor-change", LEFT, answers={4: ("reply", "ask-colleagues"), 11: ("booking", "welcome")},
        changes={8: {"sponsors": 1}}, work={"enter-successor": None, "gather": 2, "first-meeting": 4},
    )  # fmt: skip

    assert happened == lines("""
         0  task     gather (csm)
         0  branch   who-is-there: colleagues
         1  mail     ask-colleagues → champion, power_user
         1  skipped  ask-executive, find-by-phone
         2  done     gather
         5  met      colleagues-answer
         6  task     enter-successor (csm)
         6  skipped  ask-above
         8  met      successor-known
         8  resolved enter-successor
         9  mail     welcome → sponsor
         9  skipped  no-successor
        10  meeting  first-meeting (csm)
        14  done     first-meeting
        14  skipped  still-unknown
        14  met      meeting-held
        15  skipped  phone-successor
        15  mail     agreed → sponsor
        15  task     rewrite-plan (csm)
        16  done     rewrite-plan
        16  end      finished: every step has ended
    """)


def test_a_successor_whom_nobody_names() -> None:
    """Colleagues, the executive, the telephone, and after 30 days the team decides."""
    happened = walked("sponsor-change", LEFT, people=NO_SPONSOR, work={"still-unknown": None})

    assert happened == lines("""
         0  task     gather (csm)
         0  branch   who-is-there: colleagues
         1  done     gather
         1  mail     ask-colleagues → champion, power_user
         1  skipped  ask-executive, find-by-phone
         8  not met  colleagues-answer
         9  skipped  enter-successor
         9  mail     ask-above → executive
        14  task     still-unknown (csm)
        32  not met  successor-known
        33  skipped  welcome, first-meeting, meeting-held, phone-successor, agreed, rewrite-plan
        33  task     no-successor (team)
        34  done     no-successor
    """)


def test_a_successor_who_is_already_known_is_welcomed_at_once() -> None:
    """Without an answer, and without a meeting in eight days, they are phoned."""
    happened = walked("sponsor-change", {**LEFT, "sponsors": 1}, work={"first-meeting": 12})

    assert happened == lines("""
         0  task     gather (csm)
         0  branch   who-is-there: successor
         1  done     gather
         1  skipped  ask-colleagues, colleagues-answer, enter-successor, ask-above, ask-executive, find-by-phone
         1  met      successor-known
         2  mail     welcome → sponsor
         2  skipped  no-successor
         3  meeting  first-meeting (csm)
        12  not met  meeting-held
        13  task     phone-successor (csm)
        14  done     phone-successor
        14  skipped  still-unknown
        15  done     first-meeting
        16  mail     agreed → sponsor
        16  task     rewrite-plan (csm)
        17  done     rewrite-plan
        17  end      finished: every step has ended
    """)
