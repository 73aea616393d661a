"""What a source's rows must meet: gates that hold a batch, checks that set rows aside, and words for the rest."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.landing import Landing
from tests.sources_desk import ACCOUNTS_SQL, CONTACTS_SQL, USAGE_SQL, Desk, counts

REASON = "for the test of this rule"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An installation with accounts, contacts and usage as CSV."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL)
    desk.source("contacts", CONTACTS_SQL)
    desk.source("usage", USAGE_SQL, cursor=True, dates={"day": "%Y-%m-%d"})
    return desk


def accounts(count: int, head: str = "id,name,seats") -> str:
    """So many accounts."""
    return f"{head}\n" + "".join(f"A{n},Company {n},{n}\n" for n in range(count))


def told(desk: Desk, landing: Landing) -> list[tuple[Any, ...]]:
    """What was found: key, expectation, column, severity."""
    return [(one["key"], one["expectation"], one["column"], one["severity"]) for one in desk.findings(landing)]


def test_a_source_that_shrinks_is_held(desk: Desk) -> None:
    """40 % of the usual accounts are an export that broke off; the last good ones stay, and count again next night."""
    for day in range(1, 8):
        desk.put("accounts.csv", accounts(100).replace("Company 0,", f"Company on day {day},"))
        assert desk.land("accounts", f"2024-12-0{day}").status == "ok"
    desk.put("accounts.csv", accounts(40))
    held = desk.land("accounts", "2024-12-08")
    assert (counts(held), held.written) == (("held", 0, 0, 0), False)
    assert "40 % of the usual 100" in (held.error or "")
    assert desk.see("SELECT count(*) FROM accounts") == [(100,)]
    desk.put("accounts.csv", accounts(100))
    assert counts(desk.land("accounts", "2024-12-09")) == ("ok", 1, 1, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name,seats\n", "gave no rows"),
        (accounts(5, "id,title,seats"), "no column 'name'"),
        (accounts(5, "id,nam,seats"), "did you mean 'nam'"),
        ("id,name\nA1,a\n", "no column 'seats'"),
        ("id,name,seats\n" + "".join(f"A{n},Company {n},\n" for n in range(9)), "no row has a value of 'seats'"),
    ],
)
def test_a_change_of_schema_is_held(desk: Desk, text: str, said: str) -> None:
    """Columns that are gone, renamed or empty all at once hold the source, with their names."""
    desk.source("accounts", ACCOUNTS_SQL, columns=["id", "name", "seats"])
    desk.put("accounts.csv", accounts(9))
    desk.land("accounts", "2024-12-01")
    desk.put("accounts.csv", text)
    landing = desk.land("accounts", "2024-12-02")
    assert counts(landing) == ("held", 0, 0, 0)
    assert said in (landing.error or "")
    assert desk.see("SELECT count(*) FROM accounts") == [(9,)]


def test_a_renamed_column_that_nobody_declared_is_held(desk: Desk) -> None:
    """What the mapping reads must be there."""
    desk.put("accounts.csv", accounts(5, "id,title,seats"))
    landing = desk.land("accounts", "2024-12-01")
    assert (landing.status, landing.error) == ("held", "the mapping reads 'name', which the source does not have")


def test_a_new_column_is_accepted_and_said(desk: Desk) -> None:
    """Sources grow; that is worth a word only."""
    desk.source("accounts", ACCOUNTS_SQL, columns=["id", "name", "seats"])
    desk.put("accounts.csv", "id,name,seats,color\nA1,a,1,red\n")
    landing = desk.land("accounts", "2024-12-01")
    assert (counts(landing), told(desk, landing)) == (("ok", 1, 1, 0), [(None, "no_new_columns", "color", "warn")])


def test_dates_that_nobody_declared_are_refused(desk: Desk) -> None:
    """16/10/2024 next to 4/3/2024 is not guessed; declared, it reads."""
    desk.put("usage.csv", "id,account,day,feature,users,count\nU1,A1,16/10/2024,f,1,1\nU2,A1,4/3/2024,f,1,1\n")
    desk.source("usage", USAGE_SQL, cursor=True)
    landing = desk.land("usage", "2024-12-01")
    assert landing.status == "failed"
    assert "declare the format of its raw column under dates: of 'usage'" in (landing.error or "")
    desk.source("usage", USAGE_SQL, cursor=True, dates={"day": "%d/%m/%Y"})
    assert counts(desk.land("usage", "2024-12-01")) == ("ok", 2, 2, 0)
    assert [str(day) for (day,) in desk.see("SELECT day FROM usage ORDER BY 1")] == ["2024-03-04", "2024-10-16"]


def test_each_bad_value_is_told_with_its_row(desk: Desk) -> None:
    """Nothing is dropped, nothing turns to null: key, column and value are there."""
    rows = [
        "U1,A1,2024-11-01,f,1,2",
        "U2,A1,01.11.2024,f,1,2",
        "U3,A1,2024-11-01,f,nan,2",
        "U4,A1,2024-11-01,f,1,1e308",
        ",A1,2024-11-01,f,1,2",
    ]
    desk.put("usage.csv", "id,account,day,feature,users,count\n" + "\n".join(rows) + "\n")
    landing = desk.land("usage", "2024-12-01")
    assert counts(landing) == ("ok", 5, 1, 4)
    found = [(one["row"], one["key"], one["column"], one["value"]) for one in desk.findings(landing)]
    assert found == [
        (2, "U2", "day", "01.11.2024"),
        (3, "U3", "users", "nan"),
        (4, "U4", "count", "1e308"),
        (5, None, "usage_id", None),
    ]
    assert "value" not in desk.lake.read(f"findings/usage/{landing.seq:010d}.parquet").column_names


def test_doubles_are_set_aside(desk: Desk) -> None:
    """The first of each key stays, whether the others are equal or not."""
    desk.put("accounts.csv", "id,name,seats\nA1,a,1\nA2,b,2\nA1,a,1\nA2,other,2\n")
    landing = desk.land("accounts", "2024-12-01")
    assert counts(landing) == ("ok", 4, 2, 2)
    assert [one["reason"] for one in desk.findings(landing)] == [
        "the same row is there twice; the first one stays",
        "another row has this key; the first one stays",
    ]
    assert desk.see("SELECT account_id, name FROM accounts ORDER BY 1") == [("A1", "a"), ("A2", "b")]


def test_names_are_made_harmless_and_keys_are_not_touched(desk: Desk) -> None:
    """A name is cleaned and that is said; an address or a key with such a character is set aside."""
    rows = [
        "P1,A1,\u202eevil,a@a.example",
        "P2,A1,=cmd|calc,b@a.example",
        'P3,A1,"Eve\r\nBcc: x",c@a.example',
        "P4,A1,ok,\u200bd@a.example",
    ]
    desk.put("contacts.csv", "id,account,first,mail\n" + "\n".join(rows) + "\n")
    landing = desk.land("contacts", "2024-12-01")
    assert (counts(landing), landing.warned) == (("ok", 4, 3, 1), 3)
    assert told(desk, landing) == [
        ("P1", "no_control_characters", "first_name", "warn"),
        ("P2", "no_formula", "first_name", "warn"),
        ("P3", "no_control_characters", "first_name", "warn"),
        ("P4", "no_control_characters", "email", "quarantine"),
    ]
    assert desk.see("SELECT first_name FROM contacts ORDER BY contact_id") == [
        ("evil",),
        ("=cmd|calc",),
        ("Eve Bcc: x",),
    ]


def test_orphans_and_row_rules(desk: Desk) -> None:
    """A row may have to point to something, and to agree with it."""
    join = {"column": "account_id", "to": "accounts", "severity": "quarantine", "reason": REASON}
    rule = {"name": "few_users", "column": "users", "severity": "warn", "reason": REASON}
    condition = "row.users <= (SELECT max(seats) FROM accounts AS a WHERE a.account_id = row.account_id)"
    desk.suite("usage", joins=[join], rows=[{**rule, "condition": condition}])
    desk.put(
        "usage.csv",
        "id,account,day,feature,users,count\nU1,A1,2024-11-01,f,1,2\nU2,A9,2024-11-01,f,1,2\nU3,A2,2024-11-01,f,7,2\n",
    )
    held = desk.land("usage", "2024-12-01")
    assert (held.status, held.error) == ("held", "no accounts have landed, so that 'account_id' cannot be checked")
    desk.put("accounts.csv", accounts(3))
    desk.land("accounts", "2024-12-02")
    landing = desk.land("usage", "2024-12-02")
    assert (counts(landing), landing.warned) == (("ok", 3, 2, 1), 1)
    assert told(desk, landing) == [("U2", "exists", "account_id", "quarantine"), ("U3", "few_users", "users", "warn")]


def expect(name: str, column: str | None, severity: str, **kwargs: object) -> dict[str, Any]:
    """An expectation of a suite."""
    return {"expect": name, "column": column, "severity": severity, "reason": REASON, "kwargs": kwargs}


def test_expectations_set_rows_aside_warn_or_hold(desk: Desk) -> None:
    """Great Expectations judges the new rows, each expectation with its own consequence."""
    desk.suite(
        "usage",
        expectations=[
            expect("expect_column_values_to_be_between", "users", "quarantine", min_value=0),
            expect("expect_column_values_to_be_between", "day", "quarantine", min_value="2024-01-01"),
            expect("expect_column_values_to_be_in_set", "feature", "warn", value_set=["f"]),
            expect("expect_column_values_to_not_be_null", "feature", "hold", mostly=0.5),
            expect("expect_table_row_count_to_be_between", None, "warn", max_value=3),
        ],
    )
    rows = ["U1,A1,2024-11-01,f,1,2", "U2,A1,2024-11-01,g,-1,2", "U3,A1,2023-11-01,f,1,2", "U4,A1,2024-11-01,,1,2"]
    desk.put("usage.csv", "id,account,day,feature,users,count\n" + "\n".join(rows) + "\n")
    landing = desk.land("usage", "2024-12-01")
    assert counts(landing) == ("ok", 4, 2, 2)
    assert told(desk, landing) == [
        ("U2", "expect_column_values_to_be_in_set", "feature", "warn"),
        ("U2", "expect_column_values_to_be_between", "users", "quarantine"),
        ("U3", "expect_column_values_to_be_between", "day", "quarantine"),
        (None, "expect_table_row_count_to_be_between", "", "warn"),
    ]
    desk.put(
        "usage.csv",
        "id,account,day,feature,users,count\nU5,A1,2024-12-01,,1,2\nU6,A1,2024-12-01,,1,2\nU7,A1,2024-12-01,f,1,2\n",
    )
    held = desk.land("usage", "2024-12-02")
    assert counts(held) == ("held", 0, 0, 0)
    assert (held.error or "").startswith("expect_column_values_to_not_be_null feature: ")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (expect("expect_column_values_to_be_fine", "users", "warn"), "there is no expect_column_values_to_be_fine"),
        (
            expect("expect_column_values_to_be_between", "user", "warn", min_value=0),
            "no column 'user'; did you mean 'users'",
        ),
        (expect("expect_column_values_to_be_between", "users", "warn", minimum=0), "cannot be built"),
        (expect("expect_column_values_to_be_between", "feature", "warn", min_value=0), "could not be evaluated"),
        (expect("expect_column_values_to_match_regex", "feature", "warn", regex="("), "could not be evaluated"),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_holds_its_source(
    desk: Desk, broken: dict[str, Any], said: str
) -> None:
    """What was not looked at has not passed, however mild it was meant."""
    desk.suite("usage", expectations=[broken, expect("expect_column_values_to_not_be_null", "usage_id", "warn")])
    desk.put("usage.csv", "id,account,day,feature,users,count\nU1,A1,2024-11-01,f,1,2\n")
    landing = desk.land("usage", "2024-12-01")
    assert landing.status == "held"
    assert said in (landing.error or "")


def test_a_batch_of_bad_rows_only_is_held(desk: Desk) -> None:
    """Twenty new rows, all bad: it is not the rows. Typed as numbers, every one of them is none."""
    table = pa.table({"id": [f"A{n}" for n in range(20)], "name": ["a"] * 20, "seats": [float("nan")] * 20})
    pq.write_table(table, desk.folder / "accounts.parquet")
    desk.source("accounts", ACCOUNTS_SQL, path=str(desk.folder / "accounts.parquet"), format="parquet")
    landing = desk.land("accounts", "2024-12-01")
    assert counts(landing) == ("held", 0, 0, 0)
    assert landing.error == "every one of 20 new rows is bad, most by type of seats"
