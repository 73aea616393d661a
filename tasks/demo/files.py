"""The files of the synthetic company, each in the format of its system."""

import csv
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.demo.crm import Rows


def write_csv(path: Path, rows: Rows, columns: Sequence[str] = (), delimiter: str = ",") -> None:
    """Comma- or semicolon-separated text with a head line, which is there without rows too."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: Rows, columns: Sequence[str] = ()) -> None:
    """One JSON object a line."""
    told = ({name: row[name] for name in columns or row} for row in rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), encoding="utf-8")


def write_database(path: Path, tables: Mapping[str, Rows]) -> None:
    """A fresh SQLite database; a table's columns are its rows' keys."""
    path.unlink(missing_ok=True)
    con = sqlite3.connect(path)
    with con:
        for name, rows in tables.items():
            columns = list(rows[0])
            con.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            marks = ", ".join(f":{column}" for column in columns)
            con.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own names
    con.close()
