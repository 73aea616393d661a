"""The command line for people: tasks, switches, suppression, quarantine, accounts, previews."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.address import address_key
from models.tables import enrollment, event, step, suppression, switch, task
from tests.cli_call import call, told
from tests.night_house import MONDAY, House

NEXT = MONDAY + timedelta(days=1)


def test_tasks_and_done(house: House) -> None:
    """A task is done once, by the beginning of its id; its step ends, and its note stays with the persons."""
    first = told(house, "tasks")["tasks"][0]
    mine = told(house, "tasks", "--csm", first["csm"])["tasks"]
    assert {one["csm"] for one in mine} == {first["csm"]}
    said = told(house, "done", first["task_id"][:8], "--note", "they renew, says Jane")
    assert said["changed"]
    assert not told(house, "done", first["task_id"])["changed"]
    ended = house.rows(select(step).where(step.c.enrollment_id == first["enrollment_id"], step.c.step == first["step"]))
    assert [(row.outcome, row.ended_on) for row in ended] == [("done", MONDAY)]
    assert first["task_id"] not in {one["task_id"] for one in told(house, "tasks")["tasks"]}
    assert not any("Jane" in json.dumps(row.payload) for row in house.rows(select(event)))


def test_an_unknown_task_is_told_with_the_nearest(done: House) -> None:
    """A slip of the fingers is not guessed."""
    known = done.rows(select(task.c.task_id))[0][0]
    result = call(done, "done", f"{known[:-1]}x")
    assert result.exit_code == 2
    assert f"did you mean '{known}'?" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tasks", "--csm", "csm-99"), "there is no CSM 'csm-99'"),
        (("preview", "renewal/day-90-notice", "--account", "ACCOUNT", "--language", "xx"), "is not written in 'xx'"),
        (("quarantine", "--source", "acounts"), "did you mean 'accounts'?"),
        (("renewal", "nobody"), "there is no account 'nobody'"),
        (("renewal", "ACCOUNT", "--as-of", "31.12.2024"), "'31.12.2024' is no date; write it like 2024-12-31"),
    ],
)
def test_a_name_that_is_none_is_refused(done: House, words: tuple[str, ...], said: str) -> None:
    """Nothing is shown in place of what was meant."""
    account = done.rows(select(task.c.account))[0][0]
    result = call(done, *(account if word == "ACCOUNT" else word for word in words))
    assert result.exit_code == 2
    assert said in result.stderr


def test_what_follows_a_task_goes_on_the_next_night(house: House) -> None:
    """`after:` a meeting: it waits until the CSM says done, and then comes up (another play may speak first)."""
    meetings = [one for one in told(house, "tasks")["tasks"] if one["step"] == "intro-meeting"]
    if not meetings:
        pytest.skip("nobody of this company is on the third day of onboarding")
    told(house, "done", meetings[0]["task_id"])
    house.night(NEXT)
    with house.sealed(NEXT) as night:
        verdicts = json.loads(night.lake.read_text(night.path("decisions.json")))["verdicts"]
    mine = {one["step"] for one in verdicts if one["enrollment_id"] == meetings[0]["enrollment_id"]}
    assert "intro-follow-up" in mine


@pytest.mark.parametrize(
    ("name", "switch_name"), [(None, "*"), ("renewal", "renewal"), ("renewal/day-90-notice", "renewal/day-90-notice")]
)
def test_stop_and_resume(house: House, name: str | None, switch_name: str) -> None:
    """A switch is turned once, shows in status, and is turned back."""
    words = [name] if name else []
    assert told(house, "stop", *words) == {
        "name": switch_name, "stopped": True, "changed": True, "all_stopped": [switch_name],
    }  # fmt: skip
    assert not told(house, "stop", *words)["changed"]
    assert list(told(house, "status")["waiting"]["stopped"]) == [switch_name]
    assert told(house, "resume", *words)["all_stopped"] == []
    assert house.rows(select(switch)) == []


@pytest.mark.parametrize(
    ("name", "nearest"), [("renewall", "renewal"), ("renewal/day-90-notic", "renewal/day-90-notice")]
)
def test_what_cannot_be_stopped_is_told_with_the_nearest(done: House, name: str, nearest: str) -> None:
    """A switch that nobody looks at would be a false comfort."""
    result = call(done, "stop", name)
    assert result.exit_code == 2
    assert f"did you mean '{nearest}'?" in result.stderr


def test_stop_works_although_the_configuration_is_broken(house: House, tmp_path: Path) -> None:
    """In an emergency nothing else must be right."""
    layer = tmp_path / "broken"
    (layer / "config/plays").mkdir(parents=True)
    (layer / "config/plays/renewal.yaml").write_text("play: [", encoding="utf-8")
    assert told(House(house.var, layer), "stop", "renewal")["changed"]


def test_suppress_an_address_and_a_file(house: House, tmp_path: Path) -> None:
    """Kept as keys alone; lines without an address are told with their numbers."""
    assert told(house, "suppress", "Jane@Example.com", "--reason", "by phone")["added"] == 1
    listed = tmp_path / "out.csv"
    listed.write_text("name;E-mail\nJane;jane@example.com\nJoe;joe@example.com\nJim;at home\n", encoding="utf-8-sig")
    found = told(house, "suppress", "--file", listed, code=2)
    assert found == {"scope": "all", "added": 1, "known": 1, "invalid": [{"line": 4, "text": "at home"}]}
    keys = {row.address_key for row in house.rows(select(suppression))}
    assert keys == {address_key(house.settings.secret, one) for one in ("jane@example.com", "joe@example.com")}
    assert not any("example.com" in json.dumps(row.payload) for row in house.events("suppressed"))


def test_quarantine_shows_each_row_with_what_it_broke(done: House) -> None:
    """As many rows as the landings counted, by source, with value and reason."""
    found = told(done, "quarantine")["rows"]
    counted = {name: one["quarantined"] for name, one in told(done, "status")["sources"].items() if one["quarantined"]}
    assert {name: len({one["row"] for one in found if one["source"] == name}) for name in counted} == counted
    assert all(one["reason"] and one["expectation"] for one in found)
    only = told(done, "quarantine", "--source", "contacts")["rows"]
    assert {one["source"] for one in only} == {"contacts"}
    assert "reception, second floor" in call(done, "quarantine").stdout
    assert "did you mean 'contacts'?" in call(done, "quarantine", "--source", "contcts").stderr


def test_account_by_id_and_by_name(done: House) -> None:
    """The same view; contributions sum to the score."""
    account = done.rows(select(enrollment.c.account).where(enrollment.c.play == "renewal"))[0][0]
    found = told(done, "account", account)
    assert told(done, "account", found["name"].upper()) == found
    health = found["health"]
    if health["score"] is not None:
        assert sum(one["contribution"] or 0 for one in health["contributions"]) == pytest.approx(
            health["score"], abs=0.01
        )
    text = call(done, "account", account).stdout
    assert all(word in text for word in (found["name"], "Health", "Conversations", "Fact sheet"))


def test_an_unknown_account_is_told_with_the_nearest(done: House) -> None:
    """By name, whatever the case."""
    name = told(done, "account", "A00003")["name"]
    result = call(done, "account", f"{name}x")
    assert result.exit_code == 2
    assert f"did you mean '{name}' (A00003)?" in result.stderr


def test_preview_writes_both_bodies_and_sends_nothing(house: House) -> None:
    """The most urgent contract's values, for a contact in the step's role."""
    account = house.rows(select(enrollment.c.account).where(enrollment.c.play == "renewal"))[0][0]
    mailbox = house.mailbox()
    found = told(house, "preview", "renewal/day-90-notice", "--account", account)
    assert found["role"]
    assert "<html" in Path(found["html"]).read_text(encoding="utf-8")
    assert found["subject"] in Path(found["text"]).read_text(encoding="utf-8")
    assert house.mailbox() == mailbox
    german = told(house, "preview", "renewal/day-90-notice", "--account", account, "--language", "de")
    assert german["language"] == "de"
    wrong = call(house, "preview", "renewal/day-90-notic", "--account", account)
    assert "did you mean 'renewal/day-90-notice'?" in wrong.stderr
