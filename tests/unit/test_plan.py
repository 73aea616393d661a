"""A plan's hash and counts, and what an approval releases of it."""

from dataclasses import replace
from datetime import date

from models.case import Recipient
from models.decision import End, Enroll, Plan, Verdict, chosen

DAY = date(2025, 6, 30)


def verdict(play: str, name: str = "due", *, people: int = 1) -> Verdict:
    """A verdict of a play with some recipients."""
    found = tuple(Recipient(f"P-{number}", "sponsor", f"k-{number}") for number in range(people))
    return Verdict("e", "account:A", "A", play, "1", name, "email", DAY, name, "why", recipients=found)  # type: ignore[arg-type]


PLAN = Plan(
    enroll=(Enroll("e1", "account:A", "A", "one", "h", "1"), Enroll("e2", "account:A", "A", "two", "h", "1")),
    verdicts=(verdict("one", people=2), verdict("two"), verdict("two", "held", people=0)),
    ends=(End("e3", "A", "one", "finished", "over"), End("e4", "A", "two", "finished", "over")),
)


def test_a_plan_counts_its_mails_and_verdicts() -> None:
    """A mail that becomes a task is none."""
    assert (PLAN.mails, PLAN.counts, PLAN.plays) == (3, {"due": 2, "held": 1}, frozenset({"one", "two"}))
    assert replace(PLAN, verdicts=(replace(PLAN.verdicts[0], instead="nobody"),)).mails == 0


def test_any_change_is_another_hash() -> None:
    """A reason, a recipient, an order, an error: all of it is what was shown."""
    first, second, third = PLAN.verdicts
    others = [
        replace(PLAN, verdicts=(replace(first, reason="else"), second, third)),
        replace(PLAN, verdicts=(replace(first, recipients=first.recipients[:1]), second, third)),
        replace(PLAN, verdicts=(second, first, third)),
        replace(PLAN, ends=()),
        replace(PLAN, errors={"A": "KeyError"}),
    ]
    assert len({PLAN.hash, *(other.hash for other in others)}) == 6
    assert replace(PLAN).hash == PLAN.hash
    assert PLAN.dump()["plan_hash"] == PLAN.hash


def test_what_is_held_back_leaves_no_trace() -> None:
    """It comes up again: neither enrolled nor decided nor ended."""
    assert chosen(PLAN, frozenset({"two"}), frozenset()).plays == {"one"}


def test_what_is_dropped_ends_skipped() -> None:
    """Its due steps end; enrollments and ends stay, and what was not due comes up again."""
    found = chosen(PLAN, frozenset(), frozenset({"two"}))
    assert [(one.play, one.verdict, one.outcome) for one in found.verdicts] == [
        ("one", "due", None), ("two", "skipped", "skipped"), ("two", "held", None)]  # fmt: skip
    assert (found.mails, found.enroll, found.ends) == (2, PLAN.enroll, PLAN.ends)


def test_all_is_released_as_it_is() -> None:
    """Nothing held, nothing dropped: the same plan."""
    assert chosen(PLAN, frozenset(), frozenset()).hash == PLAN.hash
