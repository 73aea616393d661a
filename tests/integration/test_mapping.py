"""A source's SELECT: one row in, one row out, in the canonical columns, with everything outside shut off."""

import pyarrow as pa
import pytest

from models.entities import ENTITIES
from models.errors import ConfigError, SourceFailed, SourceHeld
from models.source import SourceSpec
from tasks.quality.mapping import Mapped, map_rows

SPEC = SourceSpec(name="desk", entity="tickets", adapter="files", path="x", dates={"opened": "%d/%m/%Y"})
RAW = pa.table({"id": ["1", "2", "3"], "opened": ["16/10/2024", "4/3/2024", None], "hours": ["1.5", "2", None]})
SQL = (
    "SELECT id AS ticket_id, opened AS opened_at, CAST(hours AS DECIMAL(9, 2)) * 60 AS first_response_minutes FROM raw"
)


def mapped(sql: str = SQL, raw: pa.Table = RAW) -> Mapped:
    """The mapped rows."""
    return map_rows(SPEC, ENTITIES["tickets"], raw, sql)


def test_dates_read_by_their_declared_format() -> None:
    """The fourth of March stays the fourth of March."""
    assert [str(day) for day in mapped().rows["opened_at"].to_pylist()] == ["2024-10-16", "2024-03-04", "None"]


def test_a_date_that_does_not_read_is_named() -> None:
    """The row is told with its value and the format; the others go on."""
    raw = RAW.set_column(1, "opened", pa.array(["16/10/2024", "2024-03-04", "31/02/2024"]))
    assert [(bad.row, bad.value, bad.reason) for bad in mapped(raw=raw).bad] == [
        (2, "2024-03-04", "does not read as %d/%m/%Y"),
        (3, "31/02/2024", "does not read as %d/%m/%Y"),
    ]


def test_a_value_that_breaks_the_mapping_costs_its_row_only() -> None:
    """The rows that cannot be converted are found by halving."""
    raw = RAW.set_column(2, "hours", pa.array(["1.5", "many", "3"]))
    result = mapped(raw=raw)
    assert (result.rows["__row"].to_pylist(), [bad.row for bad in result.bad], result.lost.num_rows) == ([1, 3], [2], 1)


def test_windows_do_not_mix_up_rows() -> None:
    """A mapping may look at other rows; each row still knows which raw row it was."""
    sql = "SELECT id AS ticket_id, row_number() OVER (ORDER BY id DESC) AS satisfaction FROM raw"
    assert mapped(sql).rows.select(["__row", "satisfaction"]).to_pylist() == [
        {"__row": 1, "satisfaction": 3},
        {"__row": 2, "satisfaction": 2},
        {"__row": 3, "satisfaction": 1},
    ]


@pytest.mark.parametrize(
    ("sql", "kind", "said"),
    [
        ("SELECT nope AS ticket_id FROM raw", SourceHeld, "reads 'nope'"),
        ("SELECT id AS ticketid FROM raw", ConfigError, "did you mean 'ticket_id'"),
        ("SELECT DISTINCT id AS ticket_id FROM raw", ConfigError, "DISTINCT"),
        ("SELECT id AS ticket_id FROM raw WHERE id > '1'", ConfigError, "WHERE"),
        ("SELECT id AS ticket_id FROM raw; DROP TABLE raw", ConfigError, "one SELECT"),
        ("SELECT id AS ticket_id FROM raw, range(2)", SourceFailed, "6 rows for 3"),
        ("SELECT content AS ticket_id FROM read_text('/etc/passwd')", SourceFailed, "cannot run"),
        ("SELECT id AS ticket_id FROM (SELECT id FROM raw)", SourceFailed, "FROM raw itself"),
        ("this is not SQL", ConfigError, "desk.sql"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(sql: str, kind: type[Exception], said: str) -> None:
    """With the file and the nearest valid name."""
    with pytest.raises(kind, match=said):
        mapped(sql)
