"""The engine against an oracle that shares no code with it, night by night; and proof that this finds faults.

A life is a list of happenings: dates that move and vanish, outages, new terms, replies, work, conditions, stale data,
people who come, go and object, kill switches, edits of a play, signals, requests. Each night is foretold by
`tests/oracle.py`, watched by `tests/watch.py`, and applied in part, then whole, backward.

MODEL_LIVES=5000 lives through more of them, MODEL_SEED=7 through others.
"""

import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, seed, settings

from models.case import AccountCase, Case, Enrolled, Policy, Recipient
from models.company import Caps
from models.decide import decide
from models.play import Play
from models.workdays import Workdays
from tests.happenings import LIFETIMES, Life
from tests.model import replay
from tests.mutants import MUTANTS

LIVES = int(os.environ.get("MODEL_LIVES", "60"))
SEED = os.environ.get("MODEL_SEED")
DAY = timedelta(days=1)


@settings(max_examples=LIVES, derandomize=SEED is None, suppress_health_check=list(HealthCheck))
@given(LIFETIMES)
def lives(life: Life) -> None:
    """Every night of a life."""
    replay(life)


def test_every_night_is_as_the_rules_say() -> None:
    """Begins, ends, moves and verdicts are the oracle's; no step twice, none of two versions, one outcome each."""
    (seed(int(SEED))(lives) if SEED else lives)()


@pytest.mark.parametrize("fault", MUTANTS)
def test_the_model_finds_a_fault(fault: str) -> None:
    """An engine with one fault fails in a life that the right one passes."""
    engine, life = MUTANTS[fault]
    replay(life)
    with pytest.raises(AssertionError):
        replay(life, engine)


NOTICE = {
    "id": "notice",
    "day": -30,
    "anchor": "end",
    "email": "m/news",
    "to": ["sponsor"],
    "deadline": True,
    "when": "w",
}


@pytest.mark.parametrize(
    ("truth", "consent", "left", "expected"),
    [
        (None, "", 10, "held"),
        (None, "", 3, "task"),
        (True, "withdrawn", 3, "task"),
        (True, "", 3, "mail"),
    ],
)
def test_a_notice_is_the_csms_before_it_is_lost(truth: bool | None, consent: str, left: int, expected: str) -> None:
    """A condition that stays unknown, or a sponsor who objected, whatever the template's class."""
    step = NOTICE | {"if_late": {"after": "30 days"}}
    play = Play.model_validate({"play": "p", "per": "account", "audience": "a", "anchor": "end", "steps": [step]})
    night = date(2025, 6, 30)
    case = Case(
        "account:A", "A", play, "1", {"end": night + left * DAY}, {"notice.when": truth}, enrolled=Enrolled("e", "1")
    )
    account = AccountCase("A", (case,), (Recipient("P", "sponsor", "k", consent=consent),))
    (found,) = decide(account, Policy(Caps(), Workdays()), night).verdicts
    assert ("task" if found.instead else "mail" if found.recipients else found.verdict) == expected
