"""Sources without rows: an answer where it was declared one, and where it was not, a broken export."""

from pathlib import Path

import pytest

from tests.sources_desk import Desk, counts

SQL = "SELECT a AS account_id, b AS into_id, merged AS merged_on FROM raw"
COLUMNS = ["a", "b", "merged"]
DATES = {"merged": "%Y-%m-%d"}


def declare(desk: Desk, text: str, name: str, **told: object) -> None:
    """A source of merges whose file reads so."""
    path = desk.put(name, text)
    style = name.rsplit(".", 1)[-1]
    desk.source("merges", SQL, path=str(path), format=style, columns=COLUMNS, dates=DATES, **told)


@pytest.mark.parametrize("cursor", [True, False])
@pytest.mark.parametrize(("name", "text"), [("m.csv", "a,b,merged\n"), ("m.jsonl", "")])
def test_no_rows_are_an_answer_where_they_may_be(tmp_path: Path, name: str, text: str, cursor: bool) -> None:
    """Nothing lands, nothing is held, and what comes later lands."""
    desk = Desk(tmp_path)
    declare(desk, text, name, cursor=cursor, may_be_empty=True, freshness_days=1)
    assert counts(desk.land("merges", "2025-01-02")) == ("unchanged", 0, 0, 0)
    row = '{"a": "A", "b": "B", "merged": "2025-01-02"}\n' if name == "m.jsonl" else "a,b,merged\nA,B,2025-01-02\n"
    declare(desk, row, name, cursor=cursor, may_be_empty=True)
    assert counts(desk.land("merges", "2025-01-03")) == ("ok", 1, 1, 0)
    declare(desk, text, name, cursor=cursor, may_be_empty=True)
    assert counts(desk.land("merges", "2025-01-04")) == ("unchanged", 0, 0, 0)
    assert desk.see("SELECT account_id FROM merges") == [("A",)]


def test_no_rows_are_held_where_nobody_declared_them(tmp_path: Path) -> None:
    """A file with a head and nothing below is what a broken export looks like."""
    desk = Desk(tmp_path)
    declare(desk, "a,b,merged\n", "m.csv", cursor=True)
    assert desk.land("merges", "2025-01-02").status == "held"


def test_an_empty_file_is_a_failure_all_the_same(tmp_path: Path) -> None:
    """Not even the head was written: the export broke off."""
    desk = Desk(tmp_path)
    declare(desk, "", "m.csv", cursor=True, may_be_empty=True)
    assert desk.land("merges", "2025-01-02").status == "failed"


def test_a_column_that_thins_out_holds_nothing(tmp_path: Path) -> None:
    """Fewer values than one row in ten are still values; only when none is left the export is broken."""
    desk = Desk(tmp_path)
    desk.source("accounts", "SELECT id AS account_id, name, seats FROM raw")
    full, thin, none = 3, 1, 0
    told = []
    for night, filled in enumerate((full, thin, full, none), start=2):
        rows = "".join(f"A{n},on night {night},{7 if n < filled else ''}\n" for n in range(20))
        desk.put("accounts.csv", f"id,name,seats\n{rows}")
        told.append(desk.land("accounts", f"2025-01-0{night}").status)
    assert told == ["ok", "ok", "ok", "held"]
