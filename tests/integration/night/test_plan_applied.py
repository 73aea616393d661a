"""`perennial plan`: a nightly of equal inputs does exactly what the plan said; the plan itself changes nothing."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.person_tables import person_message
from models.tables import event
from tests.cli_call import call, files, told
from tests.night_house import MONDAY, House, with_plays, write_layer

NEXT = MONDAY + timedelta(days=1)


@pytest.fixture(scope="module")
def quick(company: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation of few plays whose first night has ended; not to be changed."""
    folder = tmp_path_factory.mktemp("plan")
    layer = with_plays(
        write_layer(folder / "layer", company / "company"), "renewal", "onboarding-30-days", "nps-closed-loop"
    )
    house = House(folder / "var", layer)
    house.night()
    return house


def applied(house: House, since: int) -> dict[str, Any]:
    """What a night wrote: enrollments, ends, steps, tasks, and messages with their words."""
    rows = [row for row in house.rows(select(event).order_by(event.c.event_seq)) if row.event_seq > since]
    of = {kind: [row.payload for row in rows if row.kind == kind] for kind in {row.kind for row in rows}}
    words = {row.message_id: (row.subject, row.text, row.html) for row in house.rows(select(person_message))}
    leads = [one for one in of.get("enrolled", []) if not one["members"]]
    return {
        "begin": sorted(one["enrollment_id"] for one in leads),
        "end": sorted(one["enrollment_id"] for one in of.get("enrollment_ended", []) if one["outcome"] != "superseded"),
        "tasks": sorted((one["task_id"], one["title"], one["due_on"]) for one in of.get("task_opened", [])),
        "messages": {
            one["message_id"]: words.get(one["message_id"], ("", "", "")) for one in of.get("message_queued", [])
        },
    }


def said(plan: dict[str, Any]) -> dict[str, Any]:
    """The same, as the plan tells it."""
    rows = plan["customers"]
    return {
        "begin": sorted(one["enrollment_id"] for each in rows for one in each["begin"]),
        "end": sorted(one["enrollment_id"] for each in rows for one in each["end"] if one["outcome"] != "superseded"),
        "tasks": sorted((one["task_id"], one["title"], one["due_on"]) for each in rows for one in each["tasks"]),
        "messages": {
            one["message_id"]: (one["subject"], one["text"], one["html"]) for each in rows for one in each["messages"]
        },
    }


def test_what_is_planned_is_what_the_nightly_applies(quick: House, tmp_path: Path) -> None:
    """Equal inputs: equal verdicts, enrollments, tasks, message ids and words; and planning changes no byte."""
    house = quick.to(tmp_path / "var")
    before = (files(house.var), house.everything())
    plan = told(house, "plan", "--as-of", NEXT, "--mails")
    assert (files(house.var), house.everything()) == before
    assert not plan["sealed"]
    since = max(row.event_seq for row in house.rows(select(event)))
    house.night(NEXT)
    assert told(house, "nightly", "--as-of", NEXT)["inputs"] == plan["inputs"]
    assert house.run(NEXT).plan_hash == plan["plan_hash"]
    assert house.run(NEXT).verdicts == plan["steps"]
    assert applied(house, since) == said(plan)
    assert plan["compared"]["as_of"] == MONDAY.isoformat()


def test_a_sealed_night_is_told_from_its_seal(quick: House) -> None:
    """Also after it was applied: the same plan, the same ids and words, by every key of `nightly --json`."""
    before = files(quick.var)
    plan = told(quick, "plan", "--as-of", MONDAY, "--mails")
    assert files(quick.var) == before
    night = told(quick, "nightly", "--as-of", MONDAY)
    assert set(night) <= set(plan)
    assert plan["sealed"]
    same = ("inputs", "accounts", "health", "segments", "touch", "stages", "enrolled", "steps", "sources")
    assert {name: plan[name] for name in same} == {name: night[name] for name in same}
    assert plan["plan_hash"] == quick.run().plan_hash
    assert said(plan) == applied(quick, 0)


def test_the_page_is_whole_by_itself_and_personal_words_are_only_where_asked_for(quick: House, tmp_path: Path) -> None:
    """No network, no address without --mails; the text names plays, people and customers."""
    page = tmp_path / "plan.html"
    result = call(quick, "plan", "--as-of", MONDAY, "--html", page)
    assert result.exit_code == 0, result.output
    html = page.read_text(encoding="utf-8")
    assert "renewal" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "src=" not in html
    addresses = {row.recipient for row in quick.rows(select(person_message)) if row.recipient}
    assert addresses
    assert not [one for one in addresses if one in html or one in result.stdout]
    assert all(part in result.stdout for part in ("By play", "By person", "with something to be done", "inputs"))


def test_a_night_before_one_that_has_decided_has_no_plan(quick: House) -> None:
    """It would only observe, and that is said."""
    result = call(quick, "plan", "--as-of", MONDAY - timedelta(days=3))
    assert result.exit_code == 2
    assert f"that of {MONDAY} has decided already" in result.stderr


def test_the_same_rules_change_nothing_and_others_are_told(quick: House, tmp_path: Path) -> None:
    """A sealed night decided anew by its own rules is the same night; a play less is told, and exits 5."""
    asked = ("plan", "--as-of", MONDAY, "--max-changes", 0, "--against")
    same = told(quick, *asked, quick.layer)
    assert (same["changes"], same["plan_hash"]) == (0, same["other_plan_hash"])
    fewer = with_plays(Path(shutil.copytree(quick.layer, tmp_path / "layer")), "renewal")
    found = told(quick, *asked, fewer, code=5)
    plays = {row["play"] for one in found["customers"] for row in one.get("begin", {}).get("gone", ())}
    assert plays
    assert plays <= {"onboarding-30-days", "nps-closed-loop"}
