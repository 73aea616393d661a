"""The command line around a night: running it, dry runs, status, approval, checks."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from config.files import ROOT
from models.tables import message
from tasks.standing import standing
from tasks.store.engine import read
from tasks.store.lock import night_lock
from tests.cli_call import call, files, told
from tests.night_house import MONDAY, House, with_plays, write_layer

NEXT = MONDAY + timedelta(days=1)


def test_a_done_night_is_told_again_and_nothing_is_done(house: House) -> None:
    """The second call gives the same counts, by every key that is promised."""
    before = files(house.var)
    again = told(house, "nightly", "--as-of", MONDAY)
    assert files(house.var) == before
    assert (again["state"], again["exit_code"]) == ("done", 0)
    promised = "as_of run_key state sources accounts health segments touch stages enrolled steps messages seconds"
    assert set(promised.split()) <= set(again)
    assert again["messages"] == {"sent": len(house.rows(select(message)))}
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


def test_a_dry_run_reads_the_sources_that_lie_beside_the_data(company: Path, tmp_path: Path) -> None:
    """`${VAR}` is the folder of --var for it, too, though it writes elsewhere; so after `demo`, in any folder."""
    layer = with_plays(write_layer(tmp_path / "layer", Path("${VAR}/demo")), "renewal")
    house = House(tmp_path / "var", layer)
    shutil.copytree(company / "company", house.var / "demo")
    dry = told(house, "nightly", "--as-of", MONDAY, "--dry-run", "--no-prefect")
    quiet = {name for name, source in dry["sources"].items() if source["status"] != "ok"}
    assert quiet == {"task_states"}
    assert dry["sources"]["task_states"]["status"] == "unchanged"
    assert dry["accounts"] > 0


def test_a_dry_run_before_the_first_night_makes_no_folder(company: Path, tmp_path: Path) -> None:
    """Not even --var."""
    layer = with_plays(write_layer(tmp_path / "layer", company / "company"), "renewal")
    fresh = House(tmp_path / "var", layer)
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
    assert found["messages"] == {"sent": len(done.rows(select(message)))}
    assert found["waiting"]["tasks"]["open"] > 0
    text = call(done, "status").stdout
    assert "All is well" in text
    assert "perennial tasks" in text


def test_status_before_the_first_night_exits_3(fresh: House) -> None:
    """Nothing has ended done, and nothing is made."""
    assert told(fresh, "status", code=3) == {"alive": False, "runs": []}
    assert not fresh.var.exists()


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
        (f"{layer}/config/touch.yaml", 2, "touch[0].when")
    ]
    refused = call(broken, "nightly", "--as-of", MONDAY, "--no-prefect")
    assert refused.exit_code == 2
    assert "did you mean 'mrr_minor'?" in refused.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("config/signal.yaml", "signals: []\n", "nothing reads this file; did you mean 'config/signals.yaml'?"),
        ("config/facts/acount/x.sql", "SELECT 1\n", "nothing reads this file"),
        ("config/perennial.yaml", "- a\n- b\n", "keys with their values are needed here, not a list"),
        ("config/perennial.yaml", "disable:\n  - plays/renwal\n", "'plays/renwal' disables nothing; did you mean"),
        ("config/company.yaml", "company: {}\n", "nothing reads this file"),
    ],
)
def test_check_overlooks_no_file(tmp_path: Path, name: str, text: str, said: str) -> None:
    """What a layer says and nothing reads is told, with the path at which it lies."""
    file = tmp_path / "layer" / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    (found,) = told(House(tmp_path / "var", tmp_path / "layer"), "check", code=2)["problems"]
    assert found["file"] == str(file)
    assert found["problem"].startswith(said)
    assert found["line"] == (2 if "disable" in text else None)


def test_check_wants_cells_without_a_plan_declared(tmp_path: Path) -> None:
    """A cell of the signals' table that nobody planned for is a slip; `no_plan` says that it is none."""
    layer = tmp_path / "layer"
    (layer / "config").mkdir(parents=True)
    table = yaml.safe_load((ROOT / "config/signals.yaml").read_text(encoding="utf-8"))
    table["signals"][0]["plans"] = [{"plan": "call", "size": ["large"]}]
    (layer / "config/signals.yaml").write_text(yaml.safe_dump(table), encoding="utf-8")
    found = told(House(tmp_path / "var", layer), "check", code=2)["problems"]
    assert {(one["file"], one["key"]) for one in found} == {(f"{layer}/config/signals.yaml", "signals.0.plans")}
    said = f"{table['signals'][0]['signal']} | new | small | low: no plan; declare it"
    assert any(one["problem"].startswith(said) for one in found)
    table["signals"][0]["no_plan"] = [{"size": ["medium", "small"]}]
    (layer / "config/signals.yaml").write_text(yaml.safe_dump(table), encoding="utf-8")
    assert told(House(tmp_path / "var", layer), "check")["ok"]


def test_check_names_what_the_environment_lacks(tmp_path: Path) -> None:
    """A source's secret that is set nowhere is told before the night."""
    layer = tmp_path / "layer"
    (layer / "config").mkdir(parents=True)
    sources = yaml.safe_load((ROOT / "config/sources.yaml").read_text(encoding="utf-8"))
    source = {"entity": "csms", "adapter": "sql", "url": "postgresql://u:${NOBODY_SET_THIS}@db/x", "query": "SELECT 1"}
    sources["sources"]["csms"] = source
    (layer / "config/sources.yaml").write_text(yaml.safe_dump(sources, sort_keys=False))
    found = told(House(tmp_path / "var", layer), "check", code=2)["problems"]
    assert [one["key"] for one in found] == ["sources.csms.url"]
    assert "${NOBODY_SET_THIS} is not set" in found[0]["problem"]


def test_a_night_above_its_ceiling_waits_for_approval(company: Path, done: House, tmp_path: Path) -> None:
    """Exit 4, nothing is queued; approved without a play, that play's mail does not go."""
    layer = tmp_path / "layer"
    (layer / "config").mkdir(parents=True)
    shutil.copy(company / "layer/config/sources.yaml", layer / "config")
    text = (ROOT / "config/perennial.yaml").read_text(encoding="utf-8").replace("mails: 200", "mails: 1")
    (layer / "config/perennial.yaml").write_text(text, encoding="utf-8")
    house = House(tmp_path / "var", layer)
    waiting = told(house, "nightly", "--as-of", MONDAY, "--no-prefect", code=4)
    assert (waiting["state"], waiting["messages"]) == ("awaiting_approval", {})
    assert told(house, "nightly", "--as-of", MONDAY, "--no-prefect", code=4)["state"] == "awaiting_approval"
    assert told(house, "status", code=3)["waiting"]["approval"] == f"nightly:{MONDAY}"
    assert "perennial approve nightly:" in call(house, "status").stdout
    assert call(house, "approve", MONDAY, "--hold", "renewall").exit_code == 2
    assert told(house, "approve", MONDAY, "--hold", "renewal")["state"] == "done"
    plays = {row.play for row in done.rows(select(message))}
    assert {row.play for row in house.rows(select(message))} == plays - {"renewal"} < plays
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
