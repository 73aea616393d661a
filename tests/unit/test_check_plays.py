"""What the check refuses in plays: steps that never come, loops, plays without an order, waits for nothing."""

from typing import Any

import pytest
import yaml

from config.check_plays import check_plays
from config.files import Files
from config.parts import read_parts

MAIL = {"email": "x/y", "to": ["sponsor"]}
DO = {"id": "two", "task": "x"}


def told(*plays: dict[str, Any], company: str = "replies: crm", sources: str = "sources: {}") -> list[str]:
    """What is wrong with these plays, as `file key: problem`."""
    files = {f"config/plays/{play['play']}.yaml": yaml.safe_dump(play) for play in plays}
    parts = read_parts(Files({**files, "config/perennial.yaml": company, "config/sources.yaml": sources}))
    parts.problems.clear()
    check_plays(parts)
    return [
        f"{problem.file.removeprefix('config/plays/')} {problem.key}: {problem.problem}" for problem in parts.problems
    ]


def play(*steps: dict[str, Any], name: str = "a", **more: Any) -> dict[str, Any]:
    """A play of these steps, each on its own day."""
    dated = [{**({} if "after" in step else {"day": place}), **step} for place, step in enumerate(steps)]
    return {"play": name, "per": "account", "audience": "true", "anchor": "start", "steps": dated, **more}


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([{"id": "one", "task": "x", "when": "false"}], "step 'one' is never reached: its condition is 'false'"),
        (
            [{"id": "one", "task": "x", "when": "false"}, {"id": "two", "after": "one", "task": "x"}],
            "step 'two' is never reached: 'one', which it comes after, is never reached",
        ),
        ([{"id": "end", "stop": "over"}, {"id": "two", "task": "x"}], "'end' stops the play on day 0"),
        ([{"id": "end", "stop": "over"}, {"id": "two", "after": "end", "task": "x"}], "'end' stops the play"),
        (
            [{"id": "way", "branch": {"a": "b"}}, {"id": "two", "after": "way", "follows": "missed", "task": "x"}],
            "'way' cannot be missed",
        ),
        (
            [{"id": "way", "branch": {"all": "true", "none": "b"}}, {**DO, "after": "way", "arm": "none"}],
            "'way' always chooses 'all' before 'none'",
        ),
    ],
)  # fmt: skip
def test_a_step_that_never_comes_is_refused(steps: list[dict[str, Any]], says: str) -> None:
    """With the reason, at the step."""
    found = told(play(*steps))
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize(
    "steps",
    [
        [{"id": "way", "branch": {"a": "b", "rest": "true"}}, {**DO, "after": "way", "arm": "rest"}],
        [{"id": "two", "task": "x"}, {"id": "end", "stop": "over"}],
        [{"id": "end", "stop": "over", "when": "b"}, {"id": "two", "task": "x"}],
        [{"id": "ask", **MAIL}, {"id": "hear", "after": "ask", "wait": {"until": "b"}},
         {"id": "call", "after": "hear", "follows": "missed", "task": "x"}],
    ],
)  # fmt: skip
def test_a_step_that_may_come_is_not(steps: list[dict[str, Any]]) -> None:
    """Conditions decide at night, not before."""
    assert told(play(*steps)) == []


def test_plays_that_start_each_other_without_a_wait_are_a_loop() -> None:
    """Told at each start, with the way round."""
    a = play({"id": "next", "start": "b"})
    b = play({"id": "back", "start": "a"}, name="b")
    assert told(a, b) == [
        "a.yaml steps.0.start: a loop without a wait: a → b → a; let one of them wait, or give it a reentry: in days",
        "b.yaml steps.0.start: a loop without a wait: b → a → b; let one of them wait, or give it a reentry: in days",
    ]


@pytest.mark.parametrize(
    "b",
    [
        play({"id": "rest", "wait": {"until": "b"}}, {"id": "back", "after": "rest", "start": "a"}, name="b"),
        play({"id": "back", "start": "a"}, name="b", reentry="90 days"),
        play({"id": "back", "start": "a"}, name="b", cool_down="30 days"),
    ],
)
def test_a_loop_with_a_rest_in_it_is_none(b: dict[str, Any]) -> None:
    """A wait before the start, or a rest before the play."""
    assert told(play({"id": "next", "start": "b"}), b) == []


def test_a_start_names_a_play_of_its_own_grain() -> None:
    """The nearest name is said."""
    assert told(play({"id": "next", "start": "bb"}), play({"id": "x", "task": "x"}, name="b")) == [
        "a.yaml steps.0.start: there is no play 'bb'; did you mean 'b'?"
    ]
    contract = play({"id": "x", "task": "x"}, name="b", per="contract")
    assert told(play({"id": "next", "start": "b"}), contract) == [
        "a.yaml steps.0.start: 'b' is per contract, this play per account"
    ]


def test_two_plays_that_write_to_customers_need_an_order() -> None:
    """Of whatever grain; one group is an order too, and who only gives tasks needs none."""
    a, ticket = play({"id": "m", **MAIL}), play({"id": "m", **MAIL}, name="b", per="ticket")
    says = "b.yaml precedence: 'a' has the precedence 0 too, and both write to customers: who speaks first?"
    assert told(a, ticket) == [says]
    assert told(a, {**ticket, "precedence": 1}) == []
    assert told({**a, "group": "g"}, {**ticket, "group": "g"}) == []
    assert told(a, play({"id": "t", "task": "x"}, name="b")) == []


SOURCE = "sources: {answers: {entity: %s, adapter: files, path: x}}"


@pytest.mark.parametrize(
    ("company", "sources", "says"),
    [
        ("replies: crm", SOURCE % "engagement", ""),
        ("replies: inbox", SOURCE % "usage", ""),
        ("replies: crm", SOURCE % "usage", "needs a source of the entity engagement"),
        ("replies: none", SOURCE % "engagement", "says `replies: none`"),
    ],
)
def test_who_waits_for_an_answer_must_be_able_to_get_one(company: str, sources: str, says: str) -> None:
    """From the CRM by a source, or from the inbox."""
    steps: list[dict[str, Any]] = [{"id": "ask", **MAIL}, {"id": "hear", "after": "ask", "wait": {"reply": "ask"}}]
    found = told(play(*steps), company=company, sources=sources)
    assert [says in problem for problem in found] == ([True] if says else [])
