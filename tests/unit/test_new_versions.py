"""A play's file changes while enrollments run: they finish, move, or begin anew, and nothing is done twice or lost."""

from datetime import timedelta
from typing import Any

import pytest

from models.case import Enrolled, Taken
from models.decision import Plan
from models.migration import Carried, apart, migration, names_now
from models.play import Play
from tests.books import Books
from tests.one_night import MONDAY, case, night, told
from tests.rehearsal import Sheet, Tonight
from tests.rehearsal import night as rehearsed

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
    gone = apart(Play.model_validate(OLD).step("gone"))
    assert (found.steps, found.dropped) == ((("gone", gone), ("two", "second")), ("gone",))
    assert (plan.enroll, plan.ends, told(plan)) == ((), (), {})


CALL = {"id": "call", "day": 4, "task": "Call"}
ASK = {"id": "call", "day": 6, "email": "m/ask", "to": ["sponsor"]}
BASE = {"id": "one", "day": 1, "task": "One"}
FAR = {"id": "far", "day": 90, "task": "Far"}


def play(*steps: dict[str, Any], **migrate: Any) -> Play:
    """A version of these steps, to which enrollments are mapped."""
    told = {"how": "map", **migrate}
    return Play.model_validate({**OLD, "steps": [BASE, *steps, FAR], "migrate": told})


def lived(*versions: Play, night_of: int = 9) -> tuple[Books, dict[str, str]]:
    """The books of an enrollment that lived through these versions, two nights each; tasks are done the day after."""
    books, told = Books(), dict[str, str]()
    for number, version_ in enumerate(one for each in versions for one in (each, each)):
        on = MONDAY + timedelta(days=night_of + number)
        sheet = Sheet("account:A", "p", "1", {"start": MONDAY}, {"x": True})
        late = {"if_late": {"do": "run"}}
        steps = [step.model_dump(by_alias=True, exclude_defaults=True) | late for step in version_.steps]
        tonight = Tonight(
            on, (sheet,), {"p": Play.model_validate({**OLD, "steps": steps, "migrate": version_.migrate})}
        )
        plan = rehearsed(books, tonight)
        books.write(books.plan_entries(plan, on))
        told |= {f"{number} {one.step}": one.verdict for one in plan.verdicts}
        for id_, line in list(books.lines.items()):
            for step, one in list(line.logged.items()):
                if one.outcome is None:
                    books.write([books.done(id_, step, on)])
    return books, told


@pytest.mark.parametrize("how", ["map", "restart"])
@pytest.mark.parametrize(
    ("versions", "due"),
    [
        (([CALL], [], [ASK]), {"0 one", "0 call", "5 call"}),
        (([CALL], [], [CALL]), {"0 one", "0 call"}),
        (([CALL], [], [CALL | {"day": 5, "when": "x"}]), {"0 one", "0 call"}),
        (([CALL], [], [ASK], [], [CALL]), {"0 one", "0 call", "5 call"}),
        (([CALL], [], [ASK], [], [ASK]), {"0 one", "0 call", "5 call"}),
        (([CALL], [], [ASK], [CALL | {"id": "other"}]), {"0 one", "0 call", "5 call", "7 other"}),
        (([ASK], [], [ASK], [ASK]), {"0 one", "0 call"}),
    ],
    ids=["another step", "the same", "the same on another day", "both again", "the other again", "a new id", "a mail"],
)
def test_an_id_that_is_used_again_is_another_step(
    versions: tuple[list[dict[str, Any]], ...], due: set[str], how: str
) -> None:
    """It inherits no outcome and is done once; what comes back as it was is not done again."""
    _, told_ = lived(*(play(*steps, how=how) for steps in versions))
    assert {key for key, verdict in told_.items() if verdict == "due"} == due


def test_a_step_map_says_that_a_step_that_was_gone_is_back() -> None:
    """Under another id, whatever it does: then nothing is done again."""
    back = play(CALL | {"id": "phone", "task": "Phone them"}, steps={"call": "phone"})
    _, told_ = lived(play(CALL), play(), back)
    assert {key for key, verdict in told_.items() if verdict == "due"} == {"0 one", "0 call"}


def test_a_new_step_may_have_the_id_that_another_had_before_it_was_renamed() -> None:
    """Both are known for what they are."""
    renamed = play(CALL | {"id": "phone"}, steps={"call": "phone"})
    both = play(CALL | {"id": "phone"}, ASK)
    books, told_ = lived(play(CALL), renamed, both)
    assert {key for key, verdict in told_.items() if verdict == "due"} == {"0 one", "0 call", "5 call"}
    (line,) = books.lines.values()
    assert {step: one.outcome for step, one in line.steps.items()} == {"one": "done", "phone": "done", "call": "sent"}


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
