"""The canonical entities as DuckDB views over the landings: newest landing per key, as of a day."""

from collections.abc import Collection, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from models.entities import ENTITIES, Entity
from models.landing import Landing
from models.sql_text import text
from tasks.lake.lake import Lake
from tasks.lake.merged import TELLING, know_fates, of_survivors
from tasks.lake.paths import landing_path, person_path

REPLACES = "perennial.replaces"


def entity_views(
    con: DuckDBPyConnection,
    lake: Lake,
    landings: Sequence[Landing],
    as_of: date,
    *,
    person: bool = False,
    merged: bool = True,
    only: Collection[str] = ENTITIES,
) -> None:
    """Create one view per canonical entity, empty but typed where nothing landed.

    Columns are the entity's, `landing_seq`, `source`, and `address_key` where the entity has an email; person
    columns only with `person`. Rows whose cursor is not before as_of 00:00 UTC are out, and so is what
    `hidden_until` hides. Only landings that were written count; which of them is the caller's choice. An account that
    was merged or deleted is seen so, unless `merged` is false: checks of new rows want what the sources told, and
    `only` of the entities that they name.
    """
    told = {
        entity.name: _select(con, lake, entity, _of(landings, entity), as_of, person=person)
        for entity in ENTITIES.values()
        if entity.name in only
    }
    for name, select in told.items():
        con.execute(f"CREATE OR REPLACE VIEW {name} AS {select}")
    if merged and any(one.entity in TELLING and one.written for one in landings) and know_fates(con):
        for name, select in told.items():
            con.execute(f"CREATE OR REPLACE VIEW {name} AS {of_survivors(ENTITIES[name], select)}")


def stored_columns(entity: Entity) -> dict[str, str]:
    """Column → type of an entity's landing files, those of the person area apart."""
    keyed = {"address_key": "VARCHAR"} if any(column.name == "email" for column in entity.columns) else {}
    own = {column.name: column.type for column in entity.columns if not column.person}
    return {**own, **keyed, "landing_seq": "BIGINT", "source": "VARCHAR"}


def file_view(con: DuckDBPyConnection, lake: Lake, name: str, path: str) -> None:
    """Create a view of one file of the lake; DuckDB reads from it what it needs."""
    con.execute(f"CREATE VIEW {name} AS FROM read_parquet({text(lake.resolve(path))})")


def _of(landings: Sequence[Landing], entity: Entity) -> list[Landing]:
    """The entity's written landings, oldest first."""
    return sorted((one for one in landings if one.entity == entity.name and one.written), key=lambda one: one.seq)


def _select(
    con: DuckDBPyConnection, lake: Lake, entity: Entity, landings: list[Landing], as_of: date, *, person: bool
) -> str:
    """The view's SELECT."""
    files = [lake.resolve(landing_path(one)) for one in landings]
    rows = _typed(stored_columns(entity), files)
    again = _replacing(con, landings, files)
    if again:
        rows = f"({_newest(rows, entity.key, again)})"
    columns = ", ".join(_shown(name, entity, as_of) for name in stored_columns(entity))
    if person and entity.person_columns:
        columns += "".join(f", person.{column.name}" for column in entity.person_columns)
        rows += f" AS it LEFT JOIN {_person(lake, entity, landings)} AS person USING ({entity.key}, landing_seq)"
    else:
        rows += " AS it"
    before = f" WHERE {_before(entity, entity.cursor, as_of)}" if entity.cursor else ""
    return f"SELECT {columns} FROM {rows}{before}"  # noqa: S608 (names are ours)


def _typed(columns: dict[str, str], files: list[str]) -> str:
    """The files' rows with exactly these columns; a file may lack columns that came later."""
    typed = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in columns.items())
    empty = f"SELECT {typed} WHERE false"
    if not files:
        return f"({empty})"
    return f"({empty} UNION ALL BY NAME FROM {_scan(files)})"


def _replacing(con: DuckDBPyConnection, landings: list[Landing], files: list[str]) -> list[str]:
    """The files that may hold keys which an earlier file holds too.

    A landing says in its footer how many keys of its own source it replaced; of several sources nobody knows,
    so all count.
    """
    if len(files) < 2:
        return []
    if len({one.source for one in landings}) > 1:
        return files
    footers = f"parquet_kv_metadata([{_names(files)}]) WHERE decode(key) = '{REPLACES}' AND decode(value) <> '0'"
    found = con.execute(f"SELECT DISTINCT file_name FROM {footers}").fetchall()  # noqa: S608
    return [name for (name,) in found]


def _newest(rows: str, key: str, replacing: list[str]) -> str:
    """Rows without those whose key landed again later."""
    later = f"SELECT {key}, max(landing_seq) AS newest FROM {_scan(replacing)} GROUP BY {key}"  # noqa: S608
    same = f"old.{key} = later.{key} AND old.landing_seq < later.newest"
    return f"SELECT old.* FROM {rows} AS old ANTI JOIN ({later}) AS later ON {same}"  # noqa: S608


def _person(lake: Lake, entity: Entity, landings: list[Landing]) -> str:
    """The person area's rows of the same landings; an erased file is simply not there."""
    key = entity.column(entity.key)
    columns = {column.name: column.type for column in (key, *entity.person_columns)}
    paths = [path for path in map(person_path, landings) if lake.exists(path)]
    return _typed({**columns, "landing_seq": "BIGINT"}, [lake.resolve(path) for path in paths])


def _shown(name: str, entity: Entity, as_of: date) -> str:
    """A column's expression: null while what it tells has not happened as of the day."""
    for date_column, hidden in entity.hidden_until.items():
        if name in hidden:
            return f"CASE WHEN {_before(entity, date_column, as_of)} THEN it.{name} END AS {name}"
    return f"it.{name}"


def _before(entity: Entity, column: str, as_of: date) -> str:
    """Before as_of 00:00 UTC, in the column's own type: a cast of every date would keep DuckDB from skipping rows."""
    midnight = f"DATE '{as_of}'" if entity.column(column).type == "DATE" else f"TIMESTAMP '{as_of} 00:00:00'"
    return f"it.{column} < {midnight}"


def _scan(files: list[str]) -> str:
    """Reading these files as one table."""
    return f"read_parquet([{_names(files)}], union_by_name = true, hive_partitioning = false)"


def _names(files: list[str]) -> str:
    """File names as the items of a DuckDB list."""
    return ", ".join(map(text, files))
