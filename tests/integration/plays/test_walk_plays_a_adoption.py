"""Adoption: an unused feature and the aha moment, walked night by night; day 0, the anchor's, is a Monday."""

from datetime import timedelta
from typing import Any

from tests.walking import MONDAY, Walk, lines, shipped

UNUSED: dict[str, Any] = {
    "signal_feature_never_used": True, "contract_status": "active", "stage": "adoption", "feature_to_try": "reports",
    "health_band_effective": "green", "features_unused": 2, "usage_days_28d": 9, "touch": "low",
}  # fmt: skip
AHA: dict[str, Any] = {
    "contract_status": "active", "days_since_start": lambda day: 60 + day, "milestone_aha": MONDAY, "touch": "low",
    "first_contract_start": MONDAY - timedelta(days=60), "usage_28d": 300, "usage_28d_before": 200,
}  # fmt: skip


def walked(play: str, facts: dict[str, Any], **more: Any) -> list[str]:
    """What happens from the night of the anchor on, a line for each day and kind of happening."""
    return lines(Walk(shipped(play), facts, **more).run(0, 70).table)


def test_a_hint_that_is_answered() -> None:
    """One mail, the CSM helps, and the feature is used."""
    happened = walked(
        "adoption-feature-unused", UNUSED, answers={4: ("reply", "hint")}, changes={20: {"features_unused": 0}}
    )

    assert happened == lines("""
         0  enroll   adoption-feature-unused
         2  mail     hint → champion, power_user
         5  met      hint-answer
         6  task     help (csm)
         6  skipped  ten-minutes
         7  done     help
        20  end      success: exit.success: features_unused = 0
    """)


def test_a_hint_without_an_answer() -> None:
    """A second and last mail, then a question for the next conversation."""
    happened = walked("adoption-feature-unused", UNUSED, changes={55: {"features_unused": 0}}, work={"ask-why": None})

    assert happened == lines("""
         0  enroll   adoption-feature-unused
         2  mail     hint → champion, power_user
        12  not met  hint-answer
        13  skipped  help
        14  mail     ten-minutes → champion, power_user
        39  not met  used
        40  task     ask-why (csm)
        55  end      success: exit.success: features_unused = 0
    """)


def test_no_more_hints_for_a_customer_in_trouble() -> None:
    """Red health ends it between two mails."""
    happened = walked("adoption-feature-unused", UNUSED, changes={9: {"health_band_effective": "red"}})

    assert happened == lines("""
         0  enroll   adoption-feature-unused
         2  mail     hint → champion, power_user
         9  end      stopped: exit.stop: contract_status <> 'active' or health_band_effective = 'red' or usage_days_28d < 4
    """)  # noqa: E501 - as the log has it


def test_an_aha_moment_that_spreads() -> None:
    """The CSM hears of it, those who did it are told, somebody names the next team, and the habit lasts."""
    happened = walked("adoption-aha-reached", AHA, answers={5: ("reply", "congratulate")})

    assert happened == lines("""
         0  enroll   adoption-aha-reached
         1  notify   tell-csm
         3  mail     congratulate → champion, power_user
         6  met      answer
         7  task     next-team (csm)
         7  skipped  ask-in-person
         8  done     next-team
        31  branch   lasting: lasted
        32  update   lasted
        32  skipped  faded
        33  end      finished: every step has ended
    """)


def test_an_aha_moment_that_fades() -> None:
    """No answer, no second mail; usage falls, and the champion is asked why."""
    happened = walked("adoption-aha-reached", AHA, changes={25: {"usage_28d": 90}}, work={"faded": 6})

    assert happened == lines("""
         0  enroll   adoption-aha-reached
         1  notify   tell-csm
         3  mail     congratulate → champion, power_user
        15  not met  answer
        16  skipped  next-team
        16  notify   ask-in-person
        31  branch   lasting: faded
        32  skipped  lasted
        32  task     faded (csm)
        38  done     faded
        38  end      finished: every step has ended
    """)


def test_nobody_is_congratulated_on_old_news() -> None:
    """A customer whose moment lies weeks back is not enrolled."""
    happened = walked("adoption-aha-reached", {**AHA, "milestone_aha": MONDAY - timedelta(days=11)})

    assert happened == []
