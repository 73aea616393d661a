"""INSERT … ON CONFLICT, which both databases speak and SQLAlchemy spells twice."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(table: Table, dialect: str) -> sqlite.Insert:
    """The dialect's INSERT, with on_conflict_do_nothing and on_conflict_do_update."""
    return cast("sqlite.Insert", postgresql.insert(table)) if dialect == "postgresql" else sqlite.insert(table)
