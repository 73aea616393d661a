"""The files of one landing, written before the landing is closed: until then nobody reads them."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from models.address import address_key
from models.entities import Entity
from models.landing import Landing
from tasks.lake.lake import Lake
from tasks.lake.paths import findings_path, landing_path, person_findings_path, person_path, seen_path
from tasks.lake.views import stored_columns

ORDER = ("account_id", "contract_id")
LOW = 2**64 - 1
GOOD = "fresh ANTI JOIN (SELECT \"row\" AS __row FROM findings WHERE severity = 'quarantine') USING (__row)"


def write_rows(
    lake: Lake, rows: pa.Table, landing: Landing, entity: Entity, secret: bytes, footer: dict[str, str],
    erased: Collection[str] = (),
) -> None:  # fmt: skip
    """Split canonical rows into the landing and the person area, and write both.

    Who was erased is not written down again: of the address keys `erased` only the key lands, so that it is known
    whom not to write to.
    """
    count = rows.num_rows
    rows = rows.append_column("landing_seq", pa.array([landing.seq] * count, pa.int64()))
    rows = rows.append_column("source", pa.array([landing.source] * count, pa.string()))
    stored = list(stored_columns(entity))
    if "address_key" in stored:
        keys = [address_key(secret, email) if email else None for email in rows["email"].to_pylist()]
        rows = rows.append_column("address_key", pa.array(keys, pa.string()))
        rows = blank(rows, {n for n, key in enumerate(keys) if key in erased}, entity)
    if entity.person_columns:
        person = [entity.key, "landing_seq", *(column.name for column in entity.person_columns)]
        lake.write(person_path(landing), rows.select(person))
    lake.write(landing_path(landing), rows.select(stored), footer)


def blank(rows: pa.Table, lost: Collection[int], entity: Entity) -> pa.Table:
    """The rows with no person columns in those of these numbers."""
    mask = pa.array([n in lost for n in range(rows.num_rows)], pa.bool_())
    for name in (column.name for column in entity.person_columns):
        place = rows.column_names.index(name)
        nothing = pc.if_else(mask, pa.scalar(None, rows.schema.field(place).type), rows.column(place))
        rows = rows.set_column(place, rows.schema.field(place), nothing)
    return rows


def good_rows(con: DuckDBPyConnection, entity: Entity) -> pa.Table:
    """The canonical rows that may land, an account's together."""
    names = [column.name for column in entity.columns]
    order = [name for name in (*ORDER, entity.cursor, entity.key) if name in names]
    return con.sql(f"SELECT {', '.join(names)} FROM {GOOD} ORDER BY {', '.join(order)}").to_arrow_table()  # noqa: S608


def count_replaced(con: DuckDBPyConnection, lake: Lake, entity: Entity, earlier: list[Landing]) -> int:
    """How many of the good rows' keys landed from this source before."""
    files = [lake.resolve(landing_path(one)) for one in earlier]
    if not files:
        return 0
    known = f"SELECT {entity.key} FROM read_parquet(?, union_by_name = true)"  # noqa: S608
    query = f"SELECT count(*) FROM {GOOD} SEMI JOIN ({known}) USING ({entity.key})"  # noqa: S608
    return int(con.execute(query, [files]).fetchall()[0][0])


def write_findings(con: DuckDBPyConnection, lake: Lake, landing: Landing) -> None:
    """Write what was found wrong, with the values in the person area only."""
    found = con.sql(
        'SELECT whole.key, "row", expectation, "column", severity, reason, value FROM findings '
        'LEFT JOIN whole ON "row" = __row ORDER BY "row", "column", expectation, reason'
    ).to_arrow_table()
    lake.write(person_findings_path(landing.source, landing.seq), found)
    lake.write(findings_path(landing.source, landing.seq), found.drop_columns(["value"]))


def write_seen(con: DuckDBPyConnection, lake: Lake, landing: Landing, table: str, footer: dict[str, str]) -> None:
    """Write the fingerprints of a table's rows, and which of them wait for what they point to."""
    waiting = "SELECT \"row\" FROM findings WHERE expectation = 'exists' AND severity = 'quarantine' UNION FROM still"
    halves = f"(mark >> 64)::UBIGINT AS high, (mark & {LOW})::UBIGINT AS low"
    prints = con.sql(f"SELECT {halves}, __row IN ({waiting}) AS waits FROM {table} ORDER BY ALL")  # noqa: S608
    lake.write(seen_path(landing.source, landing.seq), prints.to_arrow_table(), footer)
