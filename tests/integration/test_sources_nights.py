"""Sources night after night: what is new lands once, under the night it came, and nothing is lost or counted twice."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tasks.land
from models.event import Event
from tasks.lake.lake import Lake
from tasks.lake.views import entity_views
from tasks.land import export_events, open_one
from tasks.pull import pull
from tasks.store.engine import begin
from tasks.store.events import append
from tests.sources_desk import ACCOUNTS_SQL, CONTACTS_SQL, USAGE_SQL, Desk, counts

HEAD = "id,account,day,feature,users,count\n"


def usage(*days: str) -> str:
    """A usage row a day, numbered by its day."""
    return HEAD + "".join(f"U-{day},A1,{day},f,1,2\n" for day in days)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Accounts as a snapshot, usage as events."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL)
    desk.source("usage", USAGE_SQL, cursor=True, dates={"day": "%Y-%m-%d"}, freshness_days=2)
    return desk


def test_events_land_the_night_after_their_day(desk: Desk) -> None:
    """A night takes what is dated before it and was not landed; a late row lands under the night it came."""
    desk.put("usage.csv", usage("2024-12-01", "2024-12-02", "2024-12-03"))
    first = desk.land("usage", "2024-12-02")
    assert (counts(first), first.cursor_max) == (("ok", 1, 1, 0), "2024-12-01")
    assert counts(desk.land("usage", "2024-12-03")) == ("ok", 1, 1, 0)
    desk.put("usage.csv", usage("2024-11-20", "2024-12-01", "2024-12-02", "2024-12-03"))
    late = desk.land("usage", "2024-12-04")
    assert (counts(late), late.total) == (("ok", 2, 2, 0), 4)
    assert desk.see("SELECT landing_seq, count(*) FROM usage GROUP BY 1 ORDER BY 1")[-1] == (late.seq, 2)


def test_a_quiet_source_is_unchanged_and_then_stale(desk: Desk) -> None:
    """Its limit is two days; nothing new within it is no news."""
    desk.put("usage.csv", usage("2024-12-01"))
    nights = ["2024-12-02", "2024-12-03", "2024-12-04", "2024-12-05"]
    assert [desk.land("usage", night).status for night in nights] == ["ok", "unchanged", "stale", "stale"]


def test_new_rows_that_are_old_already_are_stale(desk: Desk) -> None:
    """They land, and the source is still behind."""
    desk.put("usage.csv", usage("2024-11-01"))
    assert counts(desk.land("usage", "2024-12-02")) == ("stale", 1, 1, 0)


def test_the_same_run_lands_a_source_once(desk: Desk) -> None:
    """Run again, it reads nothing; a failed source is tried again."""
    assert desk.land("accounts", "2024-12-02").status == "failed"
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\n")
    landing = desk.land("accounts", "2024-12-02")
    (desk.folder / "accounts.csv").unlink()
    assert desk.land("accounts", "2024-12-02") == landing


def test_an_unchanged_snapshot_lands_nothing(desk: Desk) -> None:
    """The order of its rows is nothing that changes."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\n")
    assert counts(desk.land("accounts", "2024-12-02")) == ("ok", 2, 2, 0)
    desk.put("accounts.csv", "id,name,seats\nA2,b,2\nA1,a,1\n")
    assert counts(desk.land("accounts", "2024-12-03")) == ("unchanged", 0, 0, 0)


def test_a_value_that_comes_back_lands_again(desk: Desk) -> None:
    """A to B to A: three landings, and A is what counts."""
    for night, name in enumerate("aba", start=2):
        desk.put("accounts.csv", f"id,name,seats\nA1,{name},1\nA2,z,2\n")
        assert counts(desk.land("accounts", f"2024-12-0{night}"))[1] == (2 if night == 2 else 1)
    assert desk.see("SELECT name FROM accounts WHERE account_id = 'A1'") == [("a",)]
    assert len(desk.landings()) == 3


def test_an_absent_account_is_not_gone(desk: Desk) -> None:
    """Missing is not deleted."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\nA3,c,3\nA4,d,4\nA5,e,5\n")
    desk.land("accounts", "2024-12-02")
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\nA3,c,3\nA4,d,4\n")
    assert counts(desk.land("accounts", "2024-12-03")) == ("unchanged", 0, 0, 0)
    assert desk.see("SELECT count(*) FROM accounts") == [(5,)]


def test_other_rules_land_all_rows_again(desk: Desk) -> None:
    """A mapping that changes speaks anew of rows that came before."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\n")
    desk.land("accounts", "2024-12-02")
    desk.files["config/sources/accounts.sql"] = "SELECT id AS account_id, upper(name) AS name, seats FROM raw"
    assert counts(desk.land("accounts", "2024-12-03")) == ("ok", 2, 2, 0)
    assert desk.see("SELECT name FROM accounts ORDER BY 1") == [("A",), ("B",)]


def test_an_orphan_waits_for_its_account(desk: Desk) -> None:
    """It is counted when it comes, is silent while it waits, and lands when its account does."""
    desk.source("contacts", CONTACTS_SQL)
    orphan = {"column": "account_id", "to": "accounts", "severity": "quarantine", "reason": "the account is not known"}
    desk.suite("contacts", joins=[orphan])
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\n")
    desk.put("contacts.csv", "id,account,first,mail\nP1,A1,x,x@a.example\nP2,A2,y,y@a.example\n")
    desk.land("accounts", "2024-12-02")
    assert counts(desk.land("contacts", "2024-12-02")) == ("ok", 2, 1, 1)
    assert counts(desk.land("contacts", "2024-12-03")) == ("unchanged", 0, 0, 0)
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\n")
    desk.land("accounts", "2024-12-04")
    assert counts(desk.land("contacts", "2024-12-04")) == ("ok", 1, 1, 0)
    assert counts(desk.land("contacts", "2024-12-05")) == ("unchanged", 0, 0, 0)


def test_people_lie_apart(desk: Desk) -> None:
    """Landings and findings carry ids and an address key; names, addresses and bad values lie in the person area."""
    desk.source("contacts", CONTACTS_SQL)
    desk.put("contacts.csv", "id,account,first,mail\nP1,A1,Grace,Grace@Navy.example\nP1,A1,Other,o@a.example\n")
    landing = desk.land("contacts", "2024-12-02")
    assert counts(landing) == ("ok", 2, 1, 1)
    lake = Path(desk.settings.lake)
    plain = [path for path in lake.rglob("*.parquet") if "person" not in path.relative_to(lake).parts]
    assert len(plain) == 2
    assert not [path for path in plain if b"race" in path.read_bytes() or b"navy" in path.read_bytes().lower()]
    ((first, mail, key),) = desk.see("SELECT first_name, email, address_key FROM contacts")
    assert (first, mail, len(key)) == ("Grace", "Grace@Navy.example", 32)


def test_a_night_sees_what_was_known_then(desk: Desk) -> None:
    """A view of an earlier day has neither later events nor later landings."""
    desk.put("usage.csv", usage("2024-12-01", "2024-12-02"))
    first = desk.land("usage", "2024-12-02")
    desk.land("usage", "2024-12-03")
    with desk.lake.duckdb() as con:
        entity_views(con, desk.lake, [first], desk.night("2024-12-02").as_of)
        assert con.execute("SELECT count(*) FROM usage").fetchall() == [(1,)]
    assert desk.see("SELECT count(*) FROM usage", "2024-12-02") == [(1,)]
    assert desk.see("SELECT count(*) FROM usage", "2024-12-03") == [(2,)]


def test_a_killed_landing_is_not_seen(desk: Desk) -> None:
    """Files without a closing are no landing; the next run takes all of it again."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\n")
    night, spec = desk.night("2024-12-02"), desk.sources["accounts"]
    tasks.land._landed(night, spec, pull(night, spec), open_one(night, "accounts", "accounts"))
    assert list(Path(desk.settings.lake).rglob("landing/**/*.parquet"))
    assert desk.see("SELECT * FROM accounts") == []
    assert counts(desk.land("accounts", "2024-12-02")) == ("ok", 1, 1, 0)
    assert desk.see("SELECT count(*) FROM accounts") == [(1,)]


def test_a_dry_run_writes_beside_the_lake(desk: Desk, tmp_path: Path) -> None:
    """It reads the lake below and leaves every byte of it."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\n")
    desk.land("accounts", "2024-12-02")
    before = {path: path.read_bytes() for path in Path(desk.settings.lake).rglob("*") if path.is_file()}
    desk.lake = Lake(str(tmp_path / "dry"), under=desk.settings.lake)
    desk.put("accounts.csv", "id,name,seats\nA1,b,1\n")
    assert counts(desk.land("accounts", "2024-12-03")) == ("ok", 1, 1, 0)
    assert desk.see("SELECT name FROM accounts") == [("b",)]
    assert before == {path: path.read_bytes() for path in Path(desk.settings.lake).rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", range(3))
def test_nights_in_a_row_end_where_one_night_does(tmp_path: Path, seed: int) -> None:
    """Random events, some late, some twice, some bad: each night adds up, and how many nights is no matter."""
    chance = random.Random(seed)
    days = [f"2024-12-{day:02d}" for day in range(1, 8)]
    rows = [
        f"U{chance.randrange(60)},A1,{chance.choice(days)},f,{chance.choice(['1', '2', 'x', ''])},3" for _ in range(80)
    ]
    folders = [tmp_path / "slow", tmp_path / "quick"]
    seen = []
    for folder, nights in zip(folders, ([f"2024-12-{day:02d}" for day in range(2, 9)], ["2024-12-08"]), strict=True):
        folder.mkdir()
        desk = Desk(folder)
        desk.source("usage", USAGE_SQL, cursor=True, dates={"day": "%Y-%m-%d"})
        desk.put("usage.csv", HEAD + "\n".join(rows) + "\n")
        landings = [desk.land("usage", night) for night in nights]
        assert all(one.pulled == one.good + one.quarantined for one in landings)
        assert sum(one.pulled for one in landings) == len(rows)
        seen.append(desk.see("SELECT usage_id, day, users FROM usage ORDER BY ALL"))
    assert seen[0] == seen[1]


def test_what_we_did_lands_as_a_source(desk: Desk) -> None:
    """Events of customers are exported once, those of runs are not."""
    at = datetime(2024, 12, 1, 3, tzinfo=UTC)

    def stopped(name: str) -> Event:
        return Event(
            f"stopped:{name}", "stopped", f"switch:{name}", at, account="A1", payload={"name": name, "play": name}
        )

    with begin(desk.engine) as conn:
        append(conn, stopped("renewal"))
    assert counts(export_events(desk.night("2024-12-02"))) == ("ok", 1, 1, 0)
    assert counts(export_events(desk.night("2024-12-02"))) == ("ok", 1, 1, 0)
    assert counts(export_events(desk.night("2024-12-03"))) == ("unchanged", 0, 0, 0)
    with begin(desk.engine) as conn:
        append(conn, stopped("onboarding"))
    assert counts(export_events(desk.night("2024-12-04"))) == ("ok", 1, 1, 0)
    seen = desk.see("SELECT kind, account_id, play, effective_at FROM events ORDER BY event_seq")
    assert seen == [("stopped", "A1", name, at.replace(tzinfo=None)) for name in ("renewal", "onboarding")]


def test_what_a_person_set_by_hand_is_exported_whole(desk: Desk) -> None:
    """Name, value and last day of an override; a lifted one has no value, and other events have none of it."""
    at = datetime(2024, 12, 1, 8, tzinfo=UTC)
    told = {"author": "csm-01", "reason": "they called", "account": "A1"}
    payloads: list[dict[str, str | None]] = [
        {"name": "health", "value": "red", "until": "2025-01-31"},
        {"name": "health", "value": None, "until": None},
    ]
    with begin(desk.engine) as conn:
        for nth, payload in enumerate(payloads):
            append(conn, Event(f"set:{nth}", "overridden", "account:A1", at, "A1", {**told, **payload}))
        append(conn, Event("stop", "stopped", "switch:x", at, None, {"name": "x"}))
    assert export_events(desk.night("2024-12-02")).status == "ok"
    seen = desk.see("SELECT name, value, CAST(until AS VARCHAR) FROM events ORDER BY event_seq")
    assert seen == [("health", "red", "2025-01-31"), ("health", None, None), (None, None, None)]
