"""Accounts that became one, and accounts that are gone, as every reader of the lake sees them."""

from datetime import date
from pathlib import Path

import pytest

from tasks.lake.views import entity_views
from tests.sources_desk import ACCOUNTS_SQL, CONTACTS_SQL, USAGE_SQL, Desk

DAY = "%Y-%m-%d"
AFTER = "2025-01-10"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Five accounts with a contact and a day of usage each; nothing merged, nothing deleted."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL)
    desk.source("contacts", CONTACTS_SQL)
    desk.source("usage", USAGE_SQL, cursor=True, dates={"day": DAY})
    into = "SELECT a AS account_id, b AS into_id, day AS merged_on FROM raw"
    desk.source("merges", into, cursor=True, dates={"day": DAY})
    desk.source("tombstones", "SELECT a AS account_id, day AS deleted_on FROM raw", cursor=True, dates={"day": DAY})
    desk.put("accounts.csv", "id,name,seats\n" + "".join(f"{one},{one},1\n" for one in "ABCDE"))
    desk.put(
        "contacts.csv", "id,account,first,mail\n" + "".join(f"P{one},{one},x,{one}@y.example\n" for one in "ABCDE")
    )
    rows = "".join(f"U{one},{one},2025-01-01,f,1,{count}\n" for count, one in enumerate("ABCDE", start=1))
    desk.put("usage.csv", "id,account,day,feature,users,count\n" + rows)
    for name in ("accounts", "contacts", "usage"):
        assert desk.land(name, AFTER).status == "ok"
    return desk


def merge(desk: Desk, *pairs: str, day: str = "2025-01-05") -> None:
    """Land merges, `AB` for A into B."""
    desk.put("merges.csv", "a,b,day\n" + "".join(f"{pair[0]},{pair[1]},{day}\n" for pair in pairs))
    assert desk.land("merges", AFTER).status == "ok"


def delete(desk: Desk, *accounts: str) -> None:
    """Land tombstones."""
    desk.put("tombstones.csv", "a,day\n" + "".join(f"{one},2025-01-05\n" for one in accounts))
    assert desk.land("tombstones", AFTER).status == "ok"


def left(desk: Desk, as_of: str = AFTER) -> str:
    """The accounts that are left."""
    return "".join(str(one) for (one,) in desk.see("SELECT account_id FROM accounts ORDER BY 1", as_of))


def used(desk: Desk, as_of: str = AFTER) -> dict[str, int]:
    """Account → what it used."""
    return dict(desk.see("SELECT account_id, sum(count)::INT FROM usage GROUP BY 1 ORDER BY 1", as_of))


@pytest.mark.parametrize(
    ("merges", "gone", "accounts", "usage"),
    [
        (("AB",), "", "BCDE", {"B": 3, "C": 3, "D": 4, "E": 5}),
        (("AB", "BC"), "", "CDE", {"C": 6, "D": 4, "E": 5}),
        (("AC", "BC", "CE"), "", "DE", {"D": 4, "E": 11}),
        (("AB", "BA"), "", "ABCDE", {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}),
        (("AB", "BA", "CA", "DE"), "", "ABCE", {"A": 1, "B": 2, "C": 3, "E": 9}),
        (("AA",), "", "ABCDE", {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}),
        ((), "A", "BCDE", {"B": 2, "C": 3, "D": 4, "E": 5}),
        (("AB",), "A", "BCDE", {"B": 3, "C": 3, "D": 4, "E": 5}),
        (("AB",), "B", "CDE", {"C": 3, "D": 4, "E": 5}),
        (("AB", "BC"), "CE", "D", {"D": 4}),
        (("AB", "BA"), "B", "ACDE", {"A": 1, "C": 3, "D": 4, "E": 5}),
    ],
    ids=["one", "a chain", "a tree", "a circle of two", "into a circle", "into itself", "deleted",
         "merged, and deleted as merged", "merged into what was deleted", "a chain to what was deleted",
         "a circle, half of it deleted"],
)  # fmt: skip
def test_rows_belong_to_whom_is_left(
    desk: Desk, merges: tuple[str, ...], gone: str, accounts: str, usage: dict[str, int]
) -> None:
    """Chains are followed to their end, circles are left alone, and what was deleted is nowhere."""
    if merges:
        merge(desk, *merges)
    if gone:
        delete(desk, *gone)
    assert left(desk) == accounts
    assert used(desk) == usage
    people = dict(desk.see("SELECT contact_id[2:], account_id FROM contacts", AFTER))
    assert set(people.values()) == set(usage)
    assert all(people.get(account) == account for account in accounts)


def test_a_merge_holds_from_its_day_on(desk: Desk) -> None:
    """As of an earlier day both are there."""
    merge(desk, "AB", day="2025-01-05")
    assert left(desk, "2025-01-05") == "ABCDE"
    assert left(desk, "2025-01-06") == "BCDE"


def test_what_was_merged_and_deleted_can_be_read_as_it_came(desk: Desk) -> None:
    """The two views themselves name the accounts of before."""
    merge(desk, "AB", "BC")
    delete(desk, "D")
    assert desk.see("SELECT account_id, into_id FROM merges ORDER BY 1") == [("A", "B"), ("B", "C")]
    assert desk.see("SELECT account_id FROM tombstones") == [("D",)]


def test_people_keep_their_names_and_keys(desk: Desk) -> None:
    """The columns are the same, those of the person area too."""
    before = desk.see("SELECT * EXCLUDE (account_id) FROM contacts ORDER BY contact_id")
    merge(desk, "AB")
    assert desk.see("SELECT * EXCLUDE (account_id) FROM contacts ORDER BY contact_id") == before


def test_new_rows_of_a_merged_account_are_no_orphans(desk: Desk) -> None:
    """The product may go on naming the account as it was: what it logs belongs to the one it became."""
    join = {"column": "account_id", "to": "accounts", "severity": "quarantine", "reason": "not known here"}
    desk.suite("usage", joins=[join])
    merge(desk, "AB")
    desk.put("usage.csv", "id,account,day,feature,users,count\nU9,A,2025-01-11,f,1,100\n")
    landing = desk.land("usage", "2025-01-12")
    assert (landing.status, landing.good) == ("ok", 1)
    assert used(desk, "2025-01-12")["B"] == 103


def test_without_merges_the_views_are_as_they_were(desk: Desk) -> None:
    """No join, no table: who has none of it pays nothing for it."""
    with desk.lake.duckdb() as con:
        entity_views(con, desk.lake, desk.landings(), date.fromisoformat(AFTER))
        views = con.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
        tables = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert not [sql for (sql,) in views if "JOIN" in sql.upper()]
    assert tables == []
