"""The lake lies where people put it."""

from pathlib import Path

import pyarrow as pa

from tasks.lake.lake import Lake
from tasks.lake.views import file_view


def test_a_folder_may_have_an_apostrophe(tmp_path: Path) -> None:
    """O'Brien has a home folder, too."""
    lake = Lake(str(tmp_path / "o'brien"))
    lake.write("nights/2025-01-01/sheet_account.parquet", pa.table({"account_id": ["A-1"]}))

    with lake.duckdb() as con:
        file_view(con, lake, "sheet_account", "nights/2025-01-01/sheet_account.parquet")
        assert con.execute("FROM sheet_account").fetchall() == [("A-1",)]
