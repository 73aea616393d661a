"""The command line on a small installation whose first night has ended: what it says, as text and as JSON."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from typer.testing import CliRunner, Result

from cli.main import app
from models.address import address_key
from models.tables import enrollment, event, message, step, suppression, switch, task
from tasks.standing import standing
from tasks.store.engine import read
from tasks.store.lock import night_lock
from tests.night_house import MONDAY, House

NEXT = MONDAY + timedelta(days=1)


def call(house: House, *arguments: object) -> Result:
    """One command of this installation."""
    options = ["--config", str(house.layer), "--var", str(house.var)]
    return CliRunner().invoke(app, [*options, *map(str, arguments)])


def told(house: House, *arguments: object, code: int = 0) -> dict[str, Any]:
    """What a command says as JSON; nothing else may be on stdout."""
    result = call(house, *arguments, "--json")
    assert result.exit_code == code, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def files(folder: Path) -> dict[str, str]:
    """Every file below the folder, by what is in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_done_night_is_told_again_and_nothing_is_done(house: House) -> None:
    """The second call gives the same counts, by every key that is promised."""
    before = files(house.var)
    again = told(house, "nightly", "--as-of", MONDAY)
    assert files(house.var) == before
    assert (again["state"], again["exit_code"]) == ("done", 0)
    promised = "as_of run_key state sources accounts health segments touch stages enrolled steps messages seconds"
    assert set(promised.split()) <= set(again)
    assert again["messages"] == {"sent": len(house.sent())}
    assert set(again["sources"]["accounts"]) == {"pulled", "good", "quarantined", "warned", "status"}
    assert "already done; nothing was done" in call(house, "nightly", "--as-of", MONDAY).stdout


def test_a_dry_run_leaves_every_byte_as_it_is(house: House) -> None:
    """It pulls and decides in temporary space."""
    before = files(house.var)
    dry = told(house, "nightly", "--as-of", NEXT, "--dry-run", "--no-prefect")
    assert (dry["state"], dry["as_of"]) == ("dry", NEXT.isoformat())
    assert sum(dry["health"].values()) == dry["accounts"] > 0
    assert dry["seconds"]["decide"] > 0
    assert dry["pages"] == {}
    assert files(house.var) == before


def test_a_dry_run_before_the_first_night_makes_no_folder(fresh: House) -> None:
    """Not even --var."""
    dry = told(fresh, "nightly", "--as-of", MONDAY, "--dry-run", "--no-prefect")
    assert dry["state"] == "dry"
    assert not fresh.var.exists()


def test_a_date_that_is_none_is_refused(fresh: House) -> None:
    """With an example of one that is."""
    result = call(fresh, "nightly", "--as-of", "31.12.2024")
    assert result.exit_code == 2
    assert "'31.12.2024' is no date; write it like 2024-12-31" in result.stderr


def test_status_says_what_there_is(done: House) -> None:
    """By the wall clock the night has just ended done."""
    found = told(done, "status")
    assert found["alive"]
    assert [run["run_key"] for run in found["runs"]] == [f"nightly:{MONDAY}"]
    assert found["sources"]["usage"]["status"] == "ok"
    assert found["messages"] == {"sent": len(done.sent())}
    assert found["waiting"]["tasks"]["open"] > 0
    text = call(done, "status").stdout
    assert "All is well" in text
    assert "perennial tasks" in text


def test_status_before_the_first_night_exits_3(fresh: House) -> None:
    """Nothing has ended done, and nothing is made."""
    assert told(fresh, "status", code=3) == {"alive": False, "runs": []}
    assert not fresh.var.exists()


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


def test_what_follows_a_task_goes_on_the_next_night(house: House) -> None:
    """`after:` a meeting: it waits until the CSM says done."""
    meetings = [one for one in told(house, "tasks")["tasks"] if one["step"] == "intro-meeting"]
    if not meetings:
        pytest.skip("nobody of this company is on the third day of onboarding")
    told(house, "done", meetings[0]["task_id"])
    house.night(NEXT)
    followed = select(message.c.step).where(message.c.enrollment_id == meetings[0]["enrollment_id"])
    assert "intro-follow-up" in {row.step for row in house.rows(followed)}


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
    assert found == {"added": 1, "known": 1, "invalid": [{"line": 4, "text": "at home"}]}
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


def test_check_finds_what_is_wrong_and_the_night_refuses_it(done: House, tmp_path: Path) -> None:
    """Exit 2 with file, line and the nearest name; a night with it does not start."""
    assert told(done, "check")["ok"]
    layer = tmp_path / "layer"
    (layer / "config").mkdir(parents=True)
    (layer / "config/touch.yaml").write_text(
        "touch:\n  - {touch: high, when: \"mrr_minr > 1\"}\n  - {touch: tech, when: 'true'}\n"
    )
    broken = House(tmp_path / "var", layer)
    found = told(broken, "check", code=2)
    assert [(one["file"], one["line"], one["key"]) for one in found["problems"]] == [
        ("config/touch.yaml", 2, "touch[0].when")
    ]
    refused = call(broken, "nightly", "--as-of", MONDAY, "--no-prefect")
    assert refused.exit_code == 2
    assert "did you mean 'mrr_minor'?" in refused.stderr


def test_check_names_what_the_environment_lacks(tmp_path: Path) -> None:
    """A source's secret that is set nowhere is told before the night."""
    layer = tmp_path / "layer"
    (layer / "config/sources").mkdir(parents=True)
    source = {"entity": "csms", "adapter": "sql", "url": "postgresql://u:${NOBODY_SET_THIS}@db/x", "query": "SELECT 1"}
    (layer / "config/sources.yaml").write_text(yaml.safe_dump({"sources": {"csms": source}}))
    found = told(House(tmp_path / "var", layer), "check", code=2)["problems"]
    assert [one["key"] for one in found] == ["sources.csms.url"]
    assert "${NOBODY_SET_THIS} is not set" in found[0]["problem"]


def test_a_night_above_its_ceiling_waits_for_approval(company: Path, tmp_path: Path) -> None:
    """Exit 4, nothing is queued; approved without a play, that play's mail does not go."""
    layer = tmp_path / "layer"
    (layer / "config").mkdir(parents=True)
    for name in ("sources.yaml",):
        (layer / "config" / name).write_bytes((company / "layer/config" / name).read_bytes())
    (layer / "config/perennial.yaml").write_text("gates: {mails: 1}\n", encoding="utf-8")
    house = House(tmp_path / "var", layer)
    waiting = told(house, "nightly", "--as-of", MONDAY, "--no-prefect", code=4)
    assert (waiting["state"], waiting["messages"]) == ("awaiting_approval", {})
    assert told(house, "nightly", "--as-of", MONDAY, "--no-prefect", code=4)["state"] == "awaiting_approval"
    assert told(house, "status", code=3)["waiting"]["approval"] == f"nightly:{MONDAY}"
    assert "perennial approve nightly:" in call(house, "status").stdout
    assert call(house, "approve", MONDAY, "--hold", "renewall").exit_code == 2
    done = told(house, "approve", MONDAY, "--hold", "renewal")
    assert done["state"] == "done"
    assert {row.play for row in house.rows(select(message))} == {"onboarding-30-days"}
    assert call(house, "approve", MONDAY).exit_code == 2


def test_a_night_that_holds_the_lock_is_told_with_exit_6(house: House) -> None:
    """A second run does nothing."""
    with house.open() as place, night_lock(place.engine, place.settings.lock_path):
        assert told(house, "nightly", "--as-of", NEXT, "--no-prefect", code=6)["exit_code"] == 6


def test_db_upgrade_makes_the_schema_and_does_nothing_the_second_time(tmp_path: Path) -> None:
    """Forward only."""
    house = House(tmp_path / "var", tmp_path)
    assert told(house, "db", "upgrade")["before"] is None
    again = told(house, "db", "upgrade")
    assert again["before"] == again["schema"]


def test_status_by_the_clock(house: House) -> None:
    """26 hours after the last good night it is no longer alive."""
    with house.open() as place, read(place.engine) as conn:
        now = datetime.now(UTC)
        assert standing(conn, now).alive
        assert not standing(conn, now + timedelta(hours=27)).alive
