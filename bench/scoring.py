"""Measure + score against hand-written SQL for the same figures over the same files."""

import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from bench.company import ROWS, Company
from bench.once import SIGNALS
from bench.place import settle
from config.settings import Settings
from models.night import run_key
from tasks.opening import Place, open_place
from tasks.store import runs
from tasks.store.engine import begin

AS_OF = date(2025, 6, 30)
BEFORE = AS_OF - timedelta(days=1)
SAME = {
    "sheet_account": ("account_id",),
    "sheet_contract": ("contract_id",),
    "contributions": ("account_id", "component"),
}


@dataclass(frozen=True)
class Measured:
    """Medians of alternating runs.

    Attributes:
        seconds: on the clock, by way.
        processor: seconds of the processors, by way; these hardly depend on who else is working.
        megabytes: the highest peak, by way.
    """

    accounts: int
    seconds: dict[str, float]
    processor: dict[str, float]
    megabytes: dict[str, float]

    @property
    def ratio(self) -> float:
        """Ours to by hand, on the clock."""
        return self.seconds["ours"] / self.seconds["by_hand"]

    @property
    def processor_ratio(self) -> float:
        """Ours to by hand, by the processors."""
        return self.processor["ours"] / self.processor["by_hand"]


def measured(folder: Path, accounts: int, times: int) -> Measured:
    """Make the company, run both ways the night before, then in turns on the night itself.

    Raises:
        SystemExit: the two ways do not give the same figures.
    """
    var = folder / f"company-{accounts}"
    company = Company(accounts, AS_OF)
    with open_place(Settings.load(var)) as place:
        settle(place, company, [name for name in ROWS if name != "csms"])
        for way in ("ours", "by_hand"):
            _once(way, var, accounts, BEFORE)
        _remember(place)
    found: dict[str, list[dict[str, float]]] = {"ours": [], "by_hand": []}
    for _ in range(times):
        for way, results in found.items():
            results.append(_once(way, var, accounts, AS_OF))
    differing = differences(var)
    if differing:
        raise SystemExit("the two ways differ:\n" + "\n".join(differing))
    shutil.rmtree(var)
    return Measured(
        accounts,
        seconds=_over(found, "seconds"),
        processor=_over(found, "processor"),
        megabytes={way: max(one["megabytes"] for one in results) for way, results in found.items()},
    )


def _over(found: dict[str, list[dict[str, float]]], what: str) -> dict[str, float]:
    """The median of each way."""
    return {way: statistics.median(one[what] for one in results) for way, results in found.items()}


def _once(way: str, var: Path, accounts: int, day: date) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "bench.once", way, str(var), str(accounts), day.isoformat()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _remember(place: Place) -> None:
    """The night before has been scored: its memory is the next one's input."""
    at = datetime.combine(BEFORE, datetime.min.time(), UTC)
    with begin(place.engine) as conn:
        runs.start_run(conn, run_key(BEFORE), BEFORE, at)
        runs.end_run(conn, run_key(BEFORE), "missed", 0, "a bench", at)


def differences(var: Path) -> list[str]:
    """Every column in which the two ways differ in any row, with how many."""
    return [line for name, keys in SAME.items() for line in _differing(var, name, keys)]


def _differing(var: Path, name: str, keys: tuple[str, ...]) -> list[str]:
    """The columns of one file."""
    ours, hand = (f"'{path}/{name}.parquet'" for path in (var / f"lake/nights/{AS_OF}", var / f"by_hand/{AS_OF}"))
    with duckdb.connect() as con:
        theirs = {row[0] for row in con.execute(f"DESCRIBE FROM {hand}").fetchall()}
        shared = [
            row[0] for row in con.execute(f"DESCRIBE FROM {ours}").fetchall()
            if row[0] not in keys
        ]  # fmt: skip
        lacking = [
            f"{name}: by hand there is no {column}"
            for column in shared
            if column not in theirs and not _empty(con, ours, column)
        ]
        asked = [column for column in shared if column in theirs]
        counts = ", ".join(f"count(*) FILTER ({_value('o', one)} IS DISTINCT FROM {_value('h', one)})" for one in asked)
        found = con.execute(f"SELECT count(*) FILTER (o.{keys[0]} IS NULL OR h.{keys[0]} IS NULL), {counts} "
                            f"FROM {ours} o FULL JOIN {hand} h USING ({', '.join(keys)})").fetchall()[0]  # fmt: skip
    rows = zip(("rows", *asked), found, strict=True)
    return lacking + [f"{name}.{column}: {count} differ" for column, count in rows if count]


def _empty(con: duckdb.DuckDBPyConnection, file: str, column: str) -> bool:
    """Whether nobody has a value: facts of sources that this company does not have."""
    return bool(con.execute(f'SELECT count("{column}") FROM {file}').fetchall()[0][0] == 0)


def _value(table: str, column: str) -> str:
    """A column as it is compared: a signal that is unknown does not fire."""
    name = f'{table}."{column}"'
    return f"coalesce({name}, false)" if column.removeprefix("signal_") in SIGNALS else name
