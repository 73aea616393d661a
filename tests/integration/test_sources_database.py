"""Sources that are databases: read with a query, from where the last night left off."""

import sqlite3
from pathlib import Path

import pytest

from tests.sources_desk import USAGE_SQL, Desk, counts


def test_a_database_is_asked_from_a_week_before_its_newest_row(tmp_path: Path) -> None:
    """`:since` is bound, late rows of that week still come, and the query cannot write."""
    book = sqlite3.connect(tmp_path / "book.db")
    book.execute("CREATE TABLE used (id TEXT, account TEXT, day TEXT, users)")
    book.executemany("INSERT INTO used VALUES (?, 'A1', ?, 1)", [("U1", "2024-11-01"), ("U2", "2024-12-01")])
    book.commit()
    desk = Desk(tmp_path)
    told = {
        "adapter": "sql",
        "path": None,
        "url": f"sqlite:///{tmp_path / 'book.db'}",
        "cursor": True,
        "dates": {"day": "%Y-%m-%d"},
    }
    sql = "SELECT id AS usage_id, account AS account_id, day, users FROM raw"
    desk.source("usage", sql, query="SELECT * FROM used WHERE day >= :since", **told)
    assert counts(desk.land("usage", "2024-12-02")) == ("ok", 2, 2, 0)
    book.executemany(
        "INSERT INTO used VALUES (?, 'A1', ?, ?)",
        [("U3", "2024-11-28", 1), ("U4", "2024-10-01", 1), ("U5", "2024-12-02", "x")],
    )
    book.commit()
    landing = desk.land("usage", "2024-12-03")
    assert (counts(landing), landing.total) == (("ok", 2, 1, 1), 3)
    desk.source("usage", sql, query="DELETE FROM used", **told)
    assert desk.land("usage", "2024-12-04").status == "failed"
    assert book.execute("SELECT count(*) FROM used").fetchone() == (5,)


def test_a_database_that_is_not_there_says_so_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is shown as it was written."""
    monkeypatch.setenv("BOOK_PASSWORD", "hunter22")
    desk = Desk(tmp_path)
    url = "postgresql+psycopg://crm:${BOOK_PASSWORD}@127.0.0.1:1/none"
    desk.source("usage", USAGE_SQL, adapter="sql", path=None, url=url, query="SELECT 1")
    landing = desk.land("usage", "2024-12-02")
    assert landing.status == "failed"
    assert "hunter22" not in (landing.error or "")
    assert "${BOOK_PASSWORD}" in (landing.error or "")
