"""A source's own SELECT over its raw rows, run by DuckDB with everything outside shut off."""

import re
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from models import sql_text
from models.entities import Entity
from models.errors import ConfigError, SourceFailed, SourceHeld
from models.nearest import did_you_mean
from models.source import SourceSpec

ROW = "__row"
MAX_BAD = 50
"""Rows that may fail inside the mapping itself; more, and it is the mapping that is wrong."""
TIME_OF_DAY = re.compile(r"%-?[HIMSfnpgzcXT]")
UNCONVERTIBLE = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)
LOCK = "SET enable_external_access = false; SET python_enable_replacements = false; SET lock_configuration = true"


@dataclass(frozen=True)
class BadRow:
    """A raw row that could not be mapped; `value` stays in the person area."""

    row: int
    column: str
    expectation: str
    reason: str
    value: str | None


@dataclass(frozen=True)
class Mapped:
    """Mapped rows with their raw row numbers in `__row`, and the raw rows that could not be mapped or dated."""

    rows: pa.Table
    bad: list[BadRow]
    lost: pa.Table


def check_mapping(entity: Entity, sql: str, file: str = "") -> str:
    """The mapping with the raw row's number among its columns.

    Raises:
        ConfigError: it is not one plain SELECT that keeps every row of `raw`, or gives columns the entity lacks.
    """
    try:
        trees = sqlglot.parse(sql, dialect="duckdb")
    except SqlglotError as error:
        raise ConfigError(f"this is no SQL: {str(error).splitlines()[0]}", file=file) from error
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Select):
        raise ConfigError("a mapping is one SELECT over `raw`", file=file)
    for part in ("distinct", "group", "limit", "where", "having", "qualify", "offset"):
        if tree.args.get(part):
            raise ConfigError(f"a mapping keeps every row of `raw`: {part.upper()} does not belong here", file=file)
    names = {column.name for column in entity.columns}
    for name in tree.named_selects:
        if name not in names and name != "*":
            raise ConfigError(f"'{name}' is no column of {entity.name}; {did_you_mean(name, names)}", file=file)
    return _with_row(sql)


def map_rows(spec: SourceSpec, entity: Entity, raw: pa.Table, sql: str) -> Mapped:
    """Date the declared columns, then run the mapping.

    Raises:
        SourceHeld: the mapping reads a column that is not there.
        SourceFailed: it cannot run, or does not give one row per raw row.
    """
    query = check_mapping(entity, sql, f"config/sources/{spec.name}.sql")
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        con.register("numbered", raw.append_column(ROW, pa.array(range(1, raw.num_rows + 1), pa.int64())))
        con.execute(LOCK)
        bad = _dated(con, spec, raw)
        rows, lost = _run_whole(con, query, raw.num_rows)
        gone = f"SELECT {ROW}, CAST(r AS VARCHAR) AS text FROM dated AS r WHERE {ROW} IN ({_rows(lost)})"  # noqa: S608
        lost_rows = con.sql(gone).to_arrow_table()
    if rows.num_rows != raw.num_rows - len(lost) or len(rows[ROW].unique()) != rows.num_rows:
        raise SourceFailed(f"config/sources/{spec.name}.sql gives {rows.num_rows} rows for {raw.num_rows} raw ones")
    return Mapped(rows, bad + lost, lost_rows)


def _run_whole(con: duckdb.DuckDBPyConnection, query: str, count: int) -> tuple[pa.Table, list[BadRow]]:
    """The mapping over all rows but those that break it, and these."""
    try:
        return _run(con, query), []
    except UNCONVERTIBLE:
        lost = _failing(con, query, 0, count, [])
    con.execute(f"CREATE OR REPLACE TEMP VIEW raw AS FROM dated WHERE {ROW} NOT IN ({_rows(lost)})")
    return _run(con, query), lost


def _dated(con: duckdb.DuckDBPyConnection, spec: SourceSpec, raw: pa.Table) -> list[BadRow]:
    """Make the view `dated`, its declared columns read by their format, and `raw` over it; say what did not read."""
    replaced, bad = [], []
    for name, form in spec.dates.items():
        if name not in raw.column_names:
            raise SourceHeld(f"the date column '{name}' is gone; {did_you_mean(name, raw.column_names)}")
        if not pa.types.is_string(raw[name].type):
            continue
        value = f"try_strptime({sql_text.name(name)}, {sql_text.text(form)})"
        kept = value if TIME_OF_DAY.search(form) else f"CAST({value} AS DATE)"
        replaced.append(f"{kept} AS {sql_text.name(name)}")
        unread = f"{sql_text.name(name)} IS NOT NULL AND {value} IS NULL"
        bad.append((name, form, f"SELECT {ROW}, {sql_text.name(name)} FROM numbered WHERE {unread}"))  # noqa: S608
    exchange = f" REPLACE ({', '.join(replaced)})" if replaced else ""
    con.execute(f"CREATE TEMP VIEW dated AS SELECT *{exchange} FROM numbered")  # noqa: S608
    con.execute("CREATE TEMP VIEW raw AS FROM dated")
    return [
        BadRow(row, name, "date_format", f"does not read as {form}", value)
        for name, form, query in bad
        for row, value in con.execute(query).fetchall()
    ]


def _failing(con: duckdb.DuckDBPyConnection, query: str, low: int, high: int, found: list[BadRow]) -> list[BadRow]:
    """The rows in (low, high] on which the mapping stumbles, found by halving."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW raw AS FROM dated WHERE {ROW} > {low} AND {ROW} <= {high}")
    error = _error(con, query)
    if error is None:
        return found
    if len(found) >= MAX_BAD:
        raise SourceFailed(f"the mapping fails on more than {MAX_BAD} rows: {without_values(error)}")
    if high - low == 1:
        return [*found, BadRow(high, "", "mapping", "the mapping cannot convert a value of this row", error)]
    middle = (low + high) // 2
    return _failing(con, query, middle, high, _failing(con, query, low, middle, found))


def _error(con: duckdb.DuckDBPyConnection, query: str) -> str | None:
    """What a value of the rows in view makes the mapping say, if anything."""
    try:
        _run(con, query)
    except UNCONVERTIBLE as error:
        return str(error).splitlines()[0]
    return None


def _run(con: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The mapping's rows; a column that is missing holds the source."""
    try:
        return con.sql(query).to_arrow_table()
    except (
        duckdb.BinderException,
        duckdb.CatalogException,
        duckdb.ParserException,
        duckdb.PermissionException,
    ) as error:
        missing = re.search(r'Referenced column "([^"]+)" not found', str(error))
        if missing and missing[1] == ROW:
            raise SourceFailed("a mapping selects FROM raw itself, not from a query over it") from error
        if missing:
            raise SourceHeld(f"the mapping reads '{missing[1]}', which the source does not have") from error
        raise SourceFailed(f"the mapping cannot run: {str(error).splitlines()[0]}") from error


def _with_row(sql: str) -> str:
    """The SELECT with the row's number as its first column; the rest stays as it was written, but for the order."""
    depth = 0
    for token in sqlglot.tokenize(sql, dialect="duckdb"):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text.upper() == "SELECT":
            head, rest = sql[: token.end + 1], sql[token.end + 1 :].rstrip().rstrip(";")
            return f"FROM ({head} {ROW}, {rest}\n) ORDER BY {ROW}"
    raise ConfigError("a mapping is one SELECT over `raw`")


def without_values(message: str) -> str:
    """A database's message without what it quotes: that may be personal."""
    return re.sub(r"\"[^\"]*\"|'[^']*'", "…", message.splitlines()[0])


def _rows(bad: list[BadRow]) -> str:
    """Row numbers for an IN list that is never empty."""
    return ", ".join(["0", *(str(one.row) for one in bad)])
