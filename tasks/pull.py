"""Pull: a source's raw rows, read and nothing else."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.landing import Landing
from models.source import SourceSpec
from tasks.lake.paths import seen_path
from tasks.night import Night
from tasks.sources.environment import names_here
from tasks.sources.files import FilesAdapter
from tasks.sources.protocol import Adapter, Part
from tasks.sources.sql import SqlAdapter
from tasks.store.engine import read
from tasks.store.landings import newest, newest_cursor, of_run

ADAPTERS: dict[str, Callable[[dict[str, str]], Adapter]] = {"files": FilesAdapter, "sql": SqlAdapter}
BEGINNING = "1900-01-01"
OVERLAP = timedelta(days=7)
"""How far before its newest row a database is asked again, for rows that came late."""
RULES = "perennial.rules"


@dataclass(frozen=True)
class Pulled:
    """Raw rows of a source, or the landing that this run made of them already.

    Attributes:
        complete: the rows are all the source has, not only the newest.
    """

    parts: tuple[Part, ...] = ()
    complete: bool = True
    landing: Landing | None = None


def pull(night: Night, spec: SourceSpec) -> Pulled:
    """Read the source; a run that landed it before reads nothing again.

    Raises:
        SourceFailed: it cannot be reached or read; `fail` records that, and the other sources go on.
    """
    with read(night.engine) as conn:
        before = [one for one in of_run(conn, night.run_key) if one.source == spec.name and one.status != "failed"]
    if before:
        return Pulled(landing=before[-1])
    adapter = ADAPTERS[spec.adapter](names_here(night.settings.home))
    incremental = spec.adapter == "sql" and ":since" in (spec.query or "")
    return Pulled(tuple(adapter.read(spec, since(night, spec))), complete=not incremental)


def since(night: Night, spec: SourceSpec) -> str:
    """From when on a database is asked: a week before its newest row; the beginning if its rules have changed."""
    with read(night.engine) as conn:
        last, cursor = newest(conn, spec.name), newest_cursor(conn, spec.name)
    if last is None or cursor is None or not spec.cursor:
        return BEGINNING
    path = seen_path(spec.name, last.seq)
    if not night.lake.exists(path) or night.lake.footer(path).get(RULES) != rules_of(night, spec):
        return BEGINNING
    return (date.fromisoformat(cursor[:10]) - OVERLAP).isoformat()


def mapping_of(night: Night, spec: SourceSpec) -> str:
    """The source's SELECT; a source without one gives canonical columns itself."""
    return night.rules.files.get(f"config/sources/{spec.name}.sql", "SELECT * FROM raw")


def rules_of(night: Night, spec: SourceSpec) -> str:
    """A hash of all that decides what becomes of a raw row: mapping, date formats, suite."""
    suite = night.rules.suites.get(spec.suite or "")
    told = [mapping_of(night, spec), spec.dates, suite.model_dump(mode="json") if suite else None]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
