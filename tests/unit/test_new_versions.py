"""A play's file changes while enrollments run: they finish, move, or begin anew, and nothing is done twice or lost."""

from typing import Any

import pytest

from models.case import Enrolled, Taken
from models.decision import Plan
from models.migration import Carried, migration, names_now
from models.play import Play
from tests.one_night import MONDAY, case, night, told

OLD: dict[str, Any] = {
    "play": "p", "per": "account", "audience": "x", "anchor": "start",
    "steps": [{"id": "one", "day": 1, "task": "One"}, {"id": "two", "day": 2, "task": "Two"},
              {"id": "gone", "day": 9, "task": "Gone"}],
}  # fmt: skip
NEW_STEPS = [{"id": "one", "day": 1, "task": "One"}, {"id": "second", "day": 2, "task": "Two"},
             {"id": "fresh", "day": 5, "task": "Fresh"}]  # fmt: skip
SENT = {"one": Taken(MONDAY, "done", MONDAY), "two": Taken(MONDAY)}


def version(**more: Any) -> Play:
    """The new version."""
    return Play.model_validate({**OLD, "steps": NEW_STEPS, **more})


def moved(new: Play, **more: Any) -> Plan:
    """The night after the file changed, three days after the anchor."""
    return night(case(Play.model_validate(OLD), days=3, taken=SENT, successor=new, **more))


def test_mapped_enrollments_go_on_under_the_new_names() -> None:
    """What is gone ends superseded, a renamed step stays taken; the new version acts from tomorrow."""
    plan = moved(version(migrate={"how": "map", "steps": {"two": "second"}}))
    (found,) = plan.migrations
    assert (found.steps, found.dropped) == ((("two", "second"),), ("gone",))
    assert (plan.enroll, plan.ends, told(plan)) == ((), (), {})


def test_a_restart_ends_one_enrollment_and_begins_another() -> None:
    """With the same arm, another occurrence, and what was done counted as done."""
    new = version(migrate={"how": "restart", "steps": {"two": "second"}})
    plan = moved(new, enrolled=Enrolled("e", "1", "held_out"))
    (end,), (begin,) = plan.ends, plan.enroll
    assert (end.outcome, end.step_outcome, end.open_steps) == ("superseded", "superseded", ("gone",))
    assert (begin.occurrence, begin.arm, begin.play_hash) == (f"1~{new.hash[:8]}", "held_out", new.hash)
    assert begin.carried == (
        Carried("one", "done", "done on 2025-06-30 in the version before"),
        Carried("second", "canceled", "begun on 2025-06-30 in the version before"),
    )


def test_a_restart_takes_the_members_of_a_conversation_along() -> None:
    """Contracts that had joined it join the new one; none is left without its notices."""
    old, new = Play.model_validate(OLD), version(migrate="restart")
    lead = case(old, days=3, enrolled=Enrolled("lead", "a/1"), occurrence="a/1", successor=new)
    member = case(
        old, days=3, subject="contract:b", enrolled=Enrolled("member", "b/1", lead="lead"), occurrence="b/1",
        successor=new,
    )  # fmt: skip
    begin, joined = night(lead, member).enroll
    assert (begin.lead, joined.lead) == (None, begin.enrollment_id)
    assert (joined.subject, joined.occurrence) == ("contract:b", f"b/1~{new.hash[:8]}")


def test_a_version_that_comes_back_begins_another_enrollment() -> None:
    """Not the one that has ended: there and back again is three."""
    there = version(migrate="restart")
    back = Play.model_validate(OLD | {"migrate": "restart"})
    own = Enrolled("e", f"1~{back.hash[:8]}~{there.hash[:8]}")
    (begin,) = night(case(there, days=0, enrolled=own, successor=back)).enroll
    assert begin.occurrence == f"1~{back.hash[:8]}~{there.hash[:8]}~{back.hash[:8]}"


def test_a_restarted_enrollment_is_not_over() -> None:
    """Its occurrence is the old one with the version behind it; a new term ends it as any other."""
    new = version()
    running = case(new, days=0, enrolled=Enrolled("e", f"1~{new.hash[:8]}"))
    assert night(running).ends == ()
    after = case(new, days=0, enrolled=Enrolled("e", f"1~{new.hash[:8]}"), occurrence="2")
    assert [end.outcome for end in night(after).ends] == ["finished"]


def test_an_end_comes_before_a_move() -> None:
    """Who leaves tonight needs no new version."""
    plan = moved(version(migrate="map", exit={"stop": "z"}), truth={"exit.stop": True})
    assert (plan.migrations, [end.outcome for end in plan.ends]) == ((), ["stopped"])


@pytest.mark.parametrize(
    ("before", "renamed", "now"),
    [
        ({}, {}, ()),
        ({}, {"two": "second"}, (("two", "second"),)),
        ({"two": "second"}, {}, (("two", "second"),)),
        ({"two": "second"}, {"second": "third"}, (("second", "third"), ("two", "third"))),
        ({"two": "second"}, {"second": "two"}, (("second", "two"),)),
        ({"two": "second"}, {"one": "first"}, (("one", "first"), ("two", "second"))),
    ],
)
def test_names_follow_through_several_versions(
    before: dict[str, str], renamed: dict[str, str], now: tuple[tuple[str, str], ...]
) -> None:
    """The log keeps each name under which a step was taken; what it is called now is known from it."""
    assert names_now(before, renamed) == now


def test_what_a_move_would_do_is_known_before() -> None:
    """Renamed, dropped, added: for whoever looks before it applies."""
    found = migration(Play.model_validate(OLD), version(migrate={"how": "map", "steps": {"two": "second"}}))
    assert (found.how, found.renamed, found.dropped, found.added) == ("map", {"two": "second"}, ("gone",), ("fresh",))


@pytest.mark.parametrize(
    ("steps", "says"), [({"two": "secnd"}, "did you mean 'second'"), ({"one": "second"}, "a step of this version")]
)
def test_a_step_map_leads_to_steps_and_frees_their_old_names(steps: dict[str, str], says: str) -> None:
    """A misspelled one is told with the nearest; an old name may not stand for two things."""
    with pytest.raises(ValueError, match=says):
        version(migrate={"how": "map", "steps": steps})


def test_words_make_no_new_version() -> None:
    """Title, description and the rule for moving change nothing for those who run."""
    assert version(title="Better", about="Words", migrate="restart").hash == version().hash
    assert version(precedence=3).hash != version().hash
