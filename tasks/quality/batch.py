"""A pull as tables of one DuckDB connection: the whole of it, what of it is new, the new rows in canonical types."""

from dataclasses import dataclass
from datetime import date
from typing import cast as typed

from duckdb import DuckDBPyConnection

from models.entities import Column, Entity
from models.errors import SourceFailed
from models.source import SourceSpec
from tasks.lake.seen import Seen, fingerprint
from tasks.quality.casts import Cast, cast
from tasks.quality.findings import Check, find, find_bad, open_findings
from tasks.quality.mapping import ROW, Mapped
from tasks.quality.names import is_exact, oddities, readable, steers


@dataclass(frozen=True)
class Batch:
    """The tables of a pull: mapped, whole, new_rows, incoming, fresh, findings.

    Attributes:
        given: mapped column → its DuckDB type, of the entity's columns only.
    """

    con: DuckDBPyConnection
    spec: SourceSpec
    entity: Entity
    given: dict[str, str]

    def count(self, table: str) -> int:
        """Rows of a table, or of a `table WHERE …`."""
        return typed("int", self.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608

    @property
    def cursor(self) -> Cast | None:
        """How the entity's time column is read, if the mapping gives one."""
        return self._cast(self.entity.column(self.entity.cursor)) if self.entity.cursor in self.given else None

    def casts(self) -> dict[Column, Cast]:
        """Every column that the mapping gives, and how it becomes canonical."""
        found = {column: self._cast(column) for column in self.entity.columns if column.name in self.given}
        return {column: how for column, how in found.items() if how}

    def _cast(self, column: Column) -> Cast | None:
        """A column's cast; None for one without any value.

        Raises:
            SourceFailed: a date came as text, so that nobody knows how it reads.
        """
        how = cast(column, self.given[column.name])
        if how is None and self.count(f'mapped WHERE "{column.name}" IS NOT NULL'):
            raise SourceFailed(
                f"'{column.name}' comes as {self.given[column.name]}, not as {column.type}: "
                f"declare the format of its raw column under dates: of '{self.spec.name}' in config/sources.yaml"
            )
        return how


def open_batch(con: DuckDBPyConnection, spec: SourceSpec, entity: Entity, mapped: Mapped) -> Batch:
    """The batch of these mapped rows, with nothing found yet."""
    con.register("mapped", mapped.rows)
    con.register("lost", mapped.lost)
    open_findings(con)
    names = {column.name for column in entity.columns}
    types = con.execute("DESCRIBE mapped").fetchall()
    return Batch(con, spec, entity, {name: type_ for name, type_, *_ in types if name in names})


def take_whole(batch: Batch, as_of: date, rules: str) -> int:
    """Make `whole`: row, key, time and fingerprint of every row that is due by as_of; says how many."""
    key, how = batch.entity.key, batch.cursor
    time = f"CAST({how.value} AS TIMESTAMP)" if how else "NULL::TIMESTAMP"
    known = f'CAST("{key}" AS VARCHAR)' if key in batch.given else "NULL::VARCHAR"
    marks = fingerprint([f'"{name}"' for name in sorted(batch.given)], rules)
    due = f"WHERE moment IS NULL OR moment < TIMESTAMP '{as_of} 00:00:00'" if batch.spec.cursor else ""
    batch.con.execute(
        "CREATE OR REPLACE TEMP TABLE whole AS FROM ("  # noqa: S608 (names are ours)
        f"SELECT {ROW}, {known} AS key, {time} AS moment, {marks} FROM mapped UNION ALL "
        f"SELECT {ROW}, NULL, NULL, {fingerprint(['text'], rules)} FROM lost) {due}"
    )
    return batch.count("whole")


def take_new(batch: Batch, mapped: Mapped, before: Seen) -> int:
    """Make `new_rows`, `incoming` (as mapped) and `fresh` (canonical), and find what does not cast; says how many.

    Of a source without news there is nothing to look at: most are so on most nights.
    """
    con, casts = batch.con, batch.casts()
    con.execute(
        "CREATE OR REPLACE TEMP TABLE new_rows AS SELECT it.* FROM whole AS it "  # noqa: S608 (names are ours)
        f"ANTI JOIN {before.rows(waiting=False)} AS old ON it.mark = old.mark"
    )
    if batch.count("new_rows") == 0:
        return 0
    con.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT * FROM mapped SEMI JOIN new_rows USING ({ROW})")  # noqa: S608
    find_bad(con, mapped.bad)
    shown = [
        f"{_canonical(batch.entity, column, casts.get(column))} AS {column.name}" for column in batch.entity.columns
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {ROW}, {', '.join(shown)} FROM incoming")  # noqa: S608
    for column, how in casts.items():
        _find_bad_values(batch, column, how)
    for column in batch.entity.columns:
        if column.required:
            _find_missing(con, column)
    return batch.count("new_rows")


def take_out_waiting(batch: Batch, before: Seen) -> int:
    """Forget rows that waited before and still point to nothing: they were counted when they came. Says what is new."""
    con = batch.con
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE still AS SELECT {ROW} FROM new_rows AS it "  # noqa: S608 (names are ours)
        f"SEMI JOIN {before.rows(waiting=True)} AS old ON it.mark = old.mark "
        f"WHERE {ROW} IN (SELECT \"row\" FROM findings WHERE expectation = 'exists' AND severity = 'quarantine')"
    )
    for table, row in (("new_rows", ROW), ("fresh", ROW), ("incoming", ROW), ("findings", '"row"')):
        con.execute(f"DELETE FROM {table} WHERE {row} IN (FROM still)")  # noqa: S608
    return batch.count("new_rows")


def _canonical(entity: Entity, column: Column, how: Cast | None) -> str:
    """A column's canonical value."""
    if how is None:
        return f"NULL::{column.type}"
    return readable(column, how.value) if column.type == "VARCHAR" and not is_exact(entity, column) else how.value


def _find_bad_values(batch: Batch, column: Column, how: Cast) -> None:
    """Values that do not cast; characters in text that do not belong there."""
    name = f'"{column.name}"'
    value = f"SELECT {ROW}, CAST({name} AS VARCHAR) FROM incoming WHERE {name} IS NOT NULL AND"  # noqa: S608
    if column.type != "VARCHAR":
        find(batch.con, Check("type", column.name, "quarantine", how.reason), f"{value} {how.value} IS NULL")
        return
    text = f"CAST({name} AS VARCHAR)"
    exact = is_exact(batch.entity, column)
    said = "control, bidi or zero-width characters"
    reason = f"has {said} where each character counts" if exact else f"had {said}; made harmless by taking them out"
    check = Check("no_control_characters", column.name, "quarantine" if exact else "warn", reason)
    find(batch.con, check, f"{value} {steers(column, text)}")
    for expectation, (odd, why) in oddities(column, text).items():
        find(batch.con, Check(expectation, column.name, "warn", why), f"{value} {odd}")


def _find_missing(con: DuckDBPyConnection, column: Column) -> None:
    """Rows without a required value, those apart of which worse is known."""
    known = f"SELECT \"row\" FROM findings WHERE \"column\" = '{column.name}' OR expectation = 'date_format'"  # noqa: S608
    query = f"SELECT {ROW}, NULL FROM fresh WHERE {column.name} IS NULL AND {ROW} NOT IN ({known})"  # noqa: S608
    find(con, Check("required", column.name, "quarantine", "is missing"), query)
