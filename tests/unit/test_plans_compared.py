"""Two plans of a night held against each other: what is on one side alone, and nothing else."""

from typing import Any

import pytest

from tasks.planning.against import difference

BEGIN = {"play": "nps", "subject": "account:A-1", "occurrence": "1", "arm": "treated"}
STEP = {"play": "nps", "subject": "account:A-1", "step": "ask", "verdict": "due", "reason": "planned for this day"}
TASK = {"play": "nps", "step": "call", "task_id": "T-1", "title": "Call"}
MAIL = {"play": "nps", "step": "ask", "contact": "C-1", "channel": "email", "template": "nps/ask"}


def plan(band: str = "green", /, **parts: Any) -> dict[str, Any]:
    """A plan of one customer."""
    rows: dict[str, Any] = {name: parts.get(name, []) for name in ("begin", "end", "steps", "messages", "tasks")}
    customers = [{"account": "A-1", "name": "One", "band": band, **rows}]
    return {"as_of": "2025-06-30", "plan_hash": band, "customers": customers}


@pytest.mark.parametrize("parts", [{}, {"begin": [BEGIN], "steps": [STEP], "tasks": [TASK], "messages": [MAIL]}])
def test_what_both_do_is_no_change(parts: dict[str, Any]) -> None:
    """Whatever it is."""
    assert difference(plan(**parts), plan(**parts))["customers"] == []


@pytest.mark.parametrize(("name", "row"), [("begin", BEGIN), ("steps", STEP), ("tasks", TASK), ("messages", MAIL)])
def test_what_one_does_alone_is_a_change(name: str, row: dict[str, Any]) -> None:
    """Added by the other, or gone with it."""
    (added,) = difference(plan(), plan(**{name: [row]}))["customers"]
    (gone,) = difference(plan(**{name: [row]}), plan())["customers"]
    assert [len(added[name][side]) for side in ("added", "gone")] == [1, 0]
    assert [len(gone[name][side]) for side in ("added", "gone")] == [0, 1]


def test_another_verdict_is_one_thing_gone_and_one_added() -> None:
    """Another reason alone is none."""
    held = {**STEP, "verdict": "held"}
    assert difference(plan(steps=[STEP]), plan(steps=[held]))["changes"] == 2
    assert difference(plan(steps=[STEP]), plan(steps=[{**STEP, "reason": "planned earlier"}]))["changes"] == 0


def test_another_band_and_a_customer_of_one_side_are_told() -> None:
    """Bands by name; who is nobody's on one side is all change."""
    found = difference(plan("green"), plan("red"))
    assert (found["changes"], found["customers"][0]["band"]) == (1, ["green", "red"])
    nobody = {**plan(), "customers": []}
    assert difference(nobody, plan(tasks=[TASK]))["changes"] == 1
