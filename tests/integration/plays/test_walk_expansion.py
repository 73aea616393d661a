"""Expansion, one customer, night by night: day, what happens, to which steps."""

from dataclasses import replace
from typing import Any

import pytest

from tests.walking import PEOPLE, Walk, lines, shipped

READY: dict[str, Any] = {
    "signal_expansion_ready": True,
    "contract_status": "active",
    "touch": "high",
    "health_band_effective": "green",
    "expansion_open": 0,
    "expansion_won_180d": 0,
}


def told(play: str = "expansion-upsell", **more: Any) -> list[str]:
    """What happens in ninety days, a line for each day and kind of happening."""
    walk = Walk(shipped(play), READY, classes={"expansion-upsell/idea": "marketing"}, **more)
    return lines(walk.run(0, 90).table)


def test_an_idea_for_growth_that_is_welcome_becomes_an_opportunity_of_sales() -> None:
    """The CSM thinks first; what sales wins ends the play."""
    crm = {16: {"expansion_open": 1}, 50: {"expansion_open": 0, "expansion_won_180d": 1}}
    work = {"fit": 3, "opportunity": None}

    assert told(answers={8: ("reply", "idea")}, changes=crm, work=work, fades=10) == lines("""
        0  task     fit (csm)
        3  done     fit
        4  mail     idea → champion, sponsor
        5  skipped  in-person
        9  met      interest
        10 task     opportunity (sales)
        10 skipped  quiet
        16 resolved opportunity
        50 end      success: exit.success: expansion_won_180d > 0
    """)


IDEA = {
    "granted": """
        2  mail     idea → champion, sponsor
        3  skipped  in-person
        14 not met  interest
        15 skipped  opportunity, lesson
        15 task     quiet (csm)
        16 done     quiet
        16 end      finished: every step has ended
    """,
    "": """
        2  suppressed idea
        3  skipped  interest, opportunity, quiet, lesson
        3  task     in-person (csm)
        4  done     in-person
        4  end      finished: every step has ended
    """,
}


@pytest.mark.parametrize("consent", IDEA)
def test_an_idea_is_offered_once_and_only_with_consent(consent: str) -> None:
    """No answer, no second mail; no consent, no mail: the CSM speaks of it."""
    people = tuple(replace(one, consent=consent) for one in PEOPLE)

    assert told(people=people)[2:] == lines(IDEA[consent])


def test_a_drive_that_a_person_began_goes_the_same_way() -> None:
    """The day it was asked for is day 0; without a win it ends with the lesson."""
    assert told("upsell-drive", answers={8: ("booking", None)}, work={"fit": 3}) == lines("""
        0  task     fit (csm)
        3  done     fit
        4  mail     idea → champion, sponsor
        5  skipped  in-person
        9  met      interest
        10 task     opportunity (sales)
        10 skipped  quiet
        11 done     opportunity
        56 task     lesson (sales)
        57 done     lesson
        57 end      finished: every step has ended
    """)


def test_an_idea_that_does_not_fit_is_not_sent() -> None:
    """Until the CSM says that it is right for them, nothing goes out; trouble ends it."""
    trouble = {20: {"health_band_effective": "red"}}

    assert told(changes=trouble, work={"fit": None}) == [
        "0 task fit (csm)",
        f"20 end stopped: exit.stop: {shipped('expansion-upsell').exit.stop}",
    ]
