"""Facts: what is known of a subject, one SELECT a file, every column with its window and unit."""

from dataclasses import dataclass
from typing import Literal

Grain = Literal["account", "contract", "contact", "ticket", "session"]
Kind = Literal["text", "number", "boolean", "date"]

GRAINS: tuple[Grain, ...] = ("contract", "contact", "ticket", "session", "account")
"""In the order of computing: the facts of the others may read the finished contract_facts."""

UNITS: dict[str, Kind] = {
    "text": "text",
    "id": "text",
    "date": "date",
    "boolean": "boolean",
    "count": "number",
    "days": "number",
    "months": "number",
    "minutes": "number",
    "hours": "number",
    "minor units": "number",
    "percent": "number",
    "ratio": "number",
    "points": "number",
}


@dataclass(frozen=True)
class FactColumn:
    """One column, as the file's header declares it.

    Attributes:
        window: the time it looks at, in words.
        unit: one of UNITS.
        if_none: SQL literal for a subject without a row, once anything of the kind is known of anybody.
    """

    name: str
    window: str
    unit: str
    if_none: str | None = None

    @property
    def kind(self) -> Kind:
        """What can be done with the value."""
        return UNITS[self.unit]


@dataclass(frozen=True)
class Fact:
    """One fact file.

    Attributes:
        sql: its SELECT, with `$as_of`.
        entities: canonical entities it reads.
        contract_columns: columns of `contract_facts` it reads; a contract's own file that reads any sees those of
            the files that do not.
        rounded: output columns that are a rounding, and may be floating.
    """

    grain: Grain
    name: str
    path: str
    sql: str
    columns: tuple[FactColumn, ...]
    entities: tuple[str, ...]
    contract_columns: tuple[str, ...] = ()
    rounded: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The id of the grain, which is the first output column."""
        return f"{self.grain}_id"
