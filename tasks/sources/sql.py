"""A database as a source: any SQLAlchemy URL and a query, read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError, SQLAlchemyError

from models.errors import SourceAway, SourceFailed
from models.source import SourceSpec
from tasks.sources.environment import expand
from tasks.sources.protocol import Part

CHUNK = 50_000


@dataclass(frozen=True)
class SqlAdapter:
    """Runs `query` of a source; `:since` in it is bound to an ISO time. `names` is what `${NAME}` may say."""

    names: dict[str, str]

    def read(self, spec: SourceSpec, since: str) -> list[Part]:
        """The query's rows, in a transaction that cannot write.

        Raises:
            SourceFailed: no connection, or the query does not run.
        """
        address = expand(spec.url or "", self.names)
        query = text(spec.query or "")
        bound = {"since": since} if "since" in query.compile().params else {}
        try:
            engine = create_engine(address.full)
            try:
                with engine.connect() as conn:
                    return [Part(spec.name, _fetch(conn, query, bound))]
            finally:
                engine.dispose()
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise SourceFailed(f"{address} is no usable SQLAlchemy URL ({type(error).__name__})") from error
        except (OperationalError, InterfaceError) as error:
            raise SourceAway(f"{address}: {address.mask(_words(error))}") from error
        except SQLAlchemyError as error:
            raise SourceFailed(f"{address}: {address.mask(_words(error))}") from error


def _fetch(conn: Connection, query: Any, bound: dict[str, str]) -> pa.Table:
    """All rows, column by column."""
    _read_only(conn)
    rows = conn.execution_options(stream_results=True).execute(query, bound)
    names = list(rows.keys())
    chunks = [_table(names, chunk) for chunk in rows.partitions(CHUNK)]
    if not chunks:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    return _joined(chunks)


def _read_only(conn: Connection) -> None:
    """Have the database itself refuse to write."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA query_only = ON")
    elif conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET TRANSACTION READ ONLY")


def _table(names: list[str], rows: Sequence[Any]) -> pa.Table:
    """Rows as a table; a column whose values do not share one type is text."""
    columns = zip(*rows, strict=True)
    return pa.table([_array(list(values)) for values in columns], names=names)


def _array(values: list[Any]) -> pa.Array:
    """One column; SQLite in particular keeps any type in any cell."""
    try:
        return pa.array([None if value == "" else value for value in values])
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([None if value is None or value == "" else str(value) for value in values], pa.string())


def _joined(chunks: list[pa.Table]) -> pa.Table:
    """The chunks as one table, text where their types differ."""
    try:
        return pa.concat_tables(chunks, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts = [chunk.cast(pa.schema([(name, pa.string()) for name in chunk.column_names])) for chunk in chunks]
        return pa.concat_tables(texts)


def _words(error: SQLAlchemyError) -> str:
    """The driver's first line: its later lines quote the query and its values."""
    said = str(getattr(error, "orig", None) or error).splitlines()
    return said[0] if said else type(error).__name__
