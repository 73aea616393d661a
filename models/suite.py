"""What config/expectations/*.yaml says: expectations with a severity and a reason."""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["warn", "quarantine", "hold"]


class Expectation(BaseModel):
    """One Great Expectations expectation on a canonical column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expect: str
    column: str | None = None
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Severity
    reason: str = Field(min_length=8)


class Join(BaseModel):
    """A column whose values must exist as keys of an entity (orphans are found by a join, not by a value set)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    to: str
    severity: Severity
    reason: str = Field(min_length=8)


class Row(BaseModel):
    """A rule across columns, or against another entity, as a SQL condition that must not be false.

    `condition` sees the new rows as `row` and every entity as of tonight, e.g. for dates that precede their contract.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    condition: str
    column: str
    severity: Severity
    reason: str = Field(min_length=8)


class Suite(BaseModel):
    """All that a source's new rows must meet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    expectations: tuple[Expectation, ...] = ()
    joins: tuple[Join, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Every name that a join or a rule may read from, and more: all words there are in them."""
        texts = [*(join.to for join in self.joins), *(row.condition for row in self.rows)]
        return frozenset(re.findall(r"\w+", " ".join(texts).lower()))
