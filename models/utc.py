"""The one type for instants in the database: aware UTC in Python, whatever the database makes of time zones."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine


class _SqliteUtc(sqlite.DATETIME):
    """SQLAlchemy's own text for SQLite, written by C: five times as fast."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:  # noqa: ARG002
        """`2024-12-31 06:00:00.000000`."""
        return lambda value: value.isoformat(" ", "microseconds")[:26] if value else None


_SQLITE_UTC: TypeEngine[datetime] = _SqliteUtc()  # type: ignore[no-untyped-call]


class Utc(TypeDecorator[datetime]):
    """The one type for instants: aware UTC in Python, whatever the database makes of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database stores."""
        return dialect.type_descriptor(_SQLITE_UTC if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """A naive datetime is refused: nobody can know which zone it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a datetime without time zone cannot be stored: {value.isoformat()}"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite gives naive values back, which are UTC because only UTC was stored."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
