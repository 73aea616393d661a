"""Which rows were landed before: a fingerprint of each row a source ever gave, of its rules and of its values.

A row set aside because it points to what is not there yet (a contact of an account that comes tomorrow) `waits`: it is
looked at again each night, and counts as pulled again once it can land.
"""

from dataclasses import dataclass

from models.landing import Landing
from models.source import SourceSpec
from models.sql_text import text
from tasks.lake.lake import Lake
from tasks.lake.paths import seen_path

FILLED = "perennial.filled"


@dataclass(frozen=True)
class Seen:
    """The fingerprints that count for a source: of a snapshot the newest pull's, of events all that ever landed."""

    files: list[str]
    filled: frozenset[str]

    def rows(self, *, waiting: bool) -> str:
        """The fingerprints as a DuckDB relation: of rows that wait for what they point to, or of all others."""
        if not self.files:
            return "(SELECT 0::UHUGEINT AS mark WHERE false)"
        names = ", ".join(map(text, self.files))
        which = "waits" if waiting else "NOT waits"
        mark = "(high::UHUGEINT << 64) + low::UHUGEINT AS mark"  # Parquet has no number of 128 bits
        return f"(SELECT {mark} FROM read_parquet([{names}]) WHERE {which})"  # noqa: S608 (paths of the lake)


def seen(lake: Lake, spec: SourceSpec, landings: list[Landing]) -> Seen:
    """What the source's earlier landings saw; an erased file counts as unseen."""
    paths = [seen_path(spec.name, one.seq) for one in landings if one.source == spec.name and one.written]
    counted = [path for path in (paths if spec.cursor else paths[-1:]) if lake.exists(path)]
    filled = lake.footer(counted[-1]).get(FILLED, "") if counted else ""
    return Seen([lake.resolve(path) for path in counted], frozenset(filter(None, filled.split(","))))


def fingerprint(columns: list[str], rules: str) -> str:
    """DuckDB column `mark`: the MD5 of a row's values and of the rules it went through, as a number."""
    values = ", ".join(f"coalesce(CAST({name} AS VARCHAR), chr(30))" for name in columns)
    return f"md5_number(concat_ws(chr(31), '{rules}', {values})) AS mark"
