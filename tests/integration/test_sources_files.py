"""Files as sources: formats, encodings, globs, and every way a file can be unreadable."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources_desk import ACCOUNTS_SQL, Desk, counts

CSV = "id,name,seats\nA1,Ärger & Söhne,5\nA2,Beta,7\n"
ROWS = [("A1", "Ärger & Söhne", 5), ("A2", "Beta", 7)]
JSONL = "\n".join(json.dumps(dict(zip(("id", "name", "seats"), row, strict=True))) for row in ROWS)
NIGHT = "2024-12-31"
SEEN = "SELECT account_id, name, seats FROM accounts ORDER BY 1"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("plain.csv", CSV.encode(), {}),
        ("bom.csv", CSV.encode("utf-8-sig"), {}),
        ("sig.csv", CSV.encode("utf-8-sig"), {"encoding": "utf-8-sig"}),
        ("latin.csv", CSV.encode("latin-1"), {"encoding": "latin-1"}),
        ("utf16.csv", CSV.encode("utf-16"), {"encoding": "utf-16"}),
        ("crlf.csv", CSV.replace("\n", "\r\n").encode(), {}),
        ("semicolon.csv", CSV.replace(",", ";").encode(), {"delimiter": ";"}),
        ("packed.csv.gz", gzip.compress(CSV.encode()), {}),
        ("rows.jsonl", JSONL.encode(), {"format": "jsonl"}),
    ],
)  # fmt: skip
def test_the_same_rows_come_from_every_format(tmp_path: Path, name: str, data: bytes, told: dict[str, str]) -> None:
    """Byte order marks, encodings, delimiters and compression are no part of a value."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL, path=str(desk.put(name, data)), **told)
    assert counts(desk.land("accounts", NIGHT)) == ("ok", 2, 2, 0)
    assert desk.see(SEEN) == ROWS


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """A number of a Parquet file is cast as a number."""
    desk = Desk(tmp_path)
    table = pa.table({"id": ["A1", "A2", "A3"], "name": ["a", "b", "c"], "seats": [5.0, float("nan"), 7.5]})
    pq.write_table(table, tmp_path / "accounts.parquet")
    desk.source("accounts", ACCOUNTS_SQL, path=str(tmp_path / "accounts.parquet"), format="parquet")
    landing = desk.land("accounts", NIGHT)
    assert counts(landing) == ("ok", 3, 1, 2)
    assert [(found["key"], found["value"]) for found in desk.findings(landing)] == [("A2", "nan"), ("A3", "7.5")]


def test_a_glob_is_one_source(tmp_path: Path) -> None:
    """Files are read in the order of their names; a file that is added brings its rows."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL, path=str(tmp_path / "part-*.csv"))
    desk.put("part-1.csv", CSV)
    desk.put("part-2.csv", "seats,id,name\n9,A3,Gamma\n")
    assert counts(desk.land("accounts", "2024-12-30")) == ("ok", 3, 3, 0)
    desk.put("part-3.csv", "id,name,seats\nA4,Delta,1\n")
    assert counts(desk.land("accounts", "2024-12-31")) == ("ok", 1, 1, 0)


def test_a_source_may_lie_anywhere_fsspec_reaches(tmp_path: Path) -> None:
    """Sources and the lake itself may be URLs."""
    import fsspec

    fsspec.filesystem("memory").pipe_file("/crm/accounts.csv", CSV.encode())
    desk = Desk(tmp_path, lake_url=f"memory://lake-{tmp_path.name}")
    desk.source("accounts", ACCOUNTS_SQL, path="memory://crm/accounts.csv")
    assert counts(desk.land("accounts", NIGHT)) == ("ok", 2, 2, 0)
    assert desk.see(SEEN) == ROWS


@pytest.mark.parametrize(
    ("name", "data", "told", "said"),
    [
        ("empty.csv", b"", {}, "empty"),
        ("blank.csv", b"\n\n", {}, "empty"),
        ("latin.csv", CSV.encode("latin-1"), {}, "declare encoding"),
        ("odd.csv", CSV.encode(), {"encoding": "klingon"}, "not known"),
        ("ragged.csv", b"id,name,seats\nA1,a,5\nA2,b,7,9\n", {}, "Row #3"),
        ("short.csv", b"id,name,seats\nA1,a\n", {}, "Row #2"),
        ("twice.csv", b"id,name,name\nA1,a,5\n", {}, "'name' is there twice"),
        ("bad.csv.gz", b"this was never packed", {}, "cannot be read"),
        ("cut.csv.gz", gzip.compress(CSV.encode() * 99)[:-20], {}, "cannot be read"),
        ("fake.parquet", b"PAR1 no", {"format": "parquet"}, "no Parquet"),
        ("bad.jsonl", b'{"id": 1}\n{"id": ', {"format": "jsonl"}, "line 2 is no JSON"),
        ("list.jsonl", b"[1, 2]", {"format": "jsonl"}, "no JSON object"),
        ("missing-*.csv", None, {}, "no file matches"),
        ("missing.csv", None, {}, "cannot be read"),
        ("${NO_SUCH_NAME}.csv", None, {}, "set NO_SUCH_NAME in the environment"),
    ],
)
def test_a_file_that_cannot_be_read_fails_its_source(
    tmp_path: Path, name: str, data: bytes | None, told: dict[str, str], said: str
) -> None:
    """Failed is never empty, and the last good rows stay."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL)
    desk.put("accounts.csv", CSV)
    desk.land("accounts", "2024-12-30")
    if data is not None:
        desk.put(name, data)
    desk.source("accounts", ACCOUNTS_SQL, path=str(tmp_path / name), **told)
    landing = desk.land("accounts", NIGHT)
    assert counts(landing) == ("failed", 0, 0, 0)
    assert said in (landing.error or "")
    assert desk.see(SEEN) == ROWS


def test_a_message_shows_no_row(tmp_path: Path) -> None:
    """A broken line is told by its number: rows may hold people."""
    desk = Desk(tmp_path)
    desk.source("accounts", ACCOUNTS_SQL)
    desk.put("accounts.csv", "id,name,seats\nA1,grace.hopper@navy.example,5,9\n")
    assert "grace" not in (desk.land("accounts", NIGHT).error or "")


def test_json_text_that_is_no_unicode_is_replaced(tmp_path: Path) -> None:
    """Half a surrogate pair can stand in JSON, and nowhere else."""
    desk = Desk(tmp_path)
    path = desk.put("accounts.jsonl", '{"id": "A1", "name": "a\\ud800b", "seats": 1, "more": {"x": [1]}}\n')
    desk.source("accounts", ACCOUNTS_SQL, path=str(path), format="jsonl")
    assert counts(desk.land("accounts", NIGHT)) == ("ok", 1, 1, 0)
    assert "\ufffd" in desk.see("SELECT name FROM accounts")[0][0]
