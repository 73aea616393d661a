"""What a canonical entity is: named columns, a key, a time, and what is hidden until it happened."""

from dataclasses import dataclass, field
from typing import Literal

Type = Literal["VARCHAR", "INTEGER", "BIGINT", "DECIMAL(18,4)", "BOOLEAN", "DATE", "TIMESTAMP"]


@dataclass(frozen=True)
class Column:
    """One canonical column; `person` marks what can name a human being and is stored apart."""

    name: str
    type: Type
    person: bool = False
    required: bool = False


@dataclass(frozen=True)
class Entity:
    """One canonical entity.

    Attributes:
        key: the column whose newest landing wins.
        cursor: the column that dates a row, if rows are events in time.
        hidden_until: column → columns that are null as long as that column's date is not before as_of.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    cursor: str | None = None
    hidden_until: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError otherwise."""
        return next(column for column in self.columns if column.name == name)

    @property
    def person_columns(self) -> tuple[Column, ...]:
        """Columns stored in the person area only."""
        return tuple(column for column in self.columns if column.person)


def columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `name TYPE [person] [required]`."""
    found = []
    for line in filter(None, (line.split() for line in text.strip().splitlines())):
        name, type_, *marks = line
        found.append(Column(name, type_, "person" in marks, "required" in marks))  # type: ignore[arg-type]
    return tuple(found)
