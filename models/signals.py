"""What config/signals.yaml says: a decision table, signal by tenure by size by engagement → action plan."""

from itertools import product
from typing import Self

from pydantic import Field, model_validator

from models.nearest import did_you_mean
from models.strict import Strict

AXES = ("tenure", "size", "engagement")


class TenureRule(Strict):
    """One tenure, e.g. new: under 30 days."""

    tenure: str
    when: str


class EngagementRule(Strict):
    """One degree of engagement."""

    engagement: str
    when: str


class Cells(Strict):
    """Cells of the table; an axis left out means any."""

    tenure: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    engagement: tuple[str, ...] = ()

    def covers(self, cell: dict[str, str]) -> bool:
        """Whether the cell (axis → value) is one of these."""
        return all(not getattr(self, axis) or cell[axis] in getattr(self, axis) for axis in AXES)


class Plan(Cells):
    """Cells of the table and the action plan they lead to."""

    plan: str


class Signal(Strict):
    """One signal; it fires once its condition held on `nights` nights in a row.

    Attributes:
        no_plan: cells that are meant to have no plan; the signal fires there all the same.
        first_match: plans overlap on purpose, and the first one that fits counts.
    """

    signal: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: str
    nights: int = Field(default=2, ge=1, le=30)
    plans: tuple[Plan, ...] = Field(min_length=1)
    no_plan: tuple[Cells, ...] = ()
    first_match: bool = False

    @property
    def cells(self) -> tuple[Cells, ...]:
        """All that names cells."""
        return (*self.plans, *self.no_plan)

    def fault(self, cell: dict[str, str]) -> str:
        """What is wrong with a cell (axis → value) and not declared; empty if nothing is."""
        plans = [plan.plan for plan in self.plans if plan.covers(cell)]
        without = any(each.covers(cell) for each in self.no_plan)
        if without:
            return f"declared no_plan, and yet: {', '.join(plans)}" if plans else ""
        if len(plans) > 1 and not self.first_match:
            return f"overlap: {', '.join(plans)}"
        return "" if plans else "no plan"


class Signals(Strict):
    """The whole file; sizes are those of segments.yaml."""

    tenures: tuple[TenureRule, ...] = Field(min_length=1)
    engagements: tuple[EngagementRule, ...] = Field(min_length=1)
    signals: tuple[Signal, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        """Signals are unique, and plans name tenures and engagements that exist."""
        names = [signal.signal for signal in self.signals]
        if len(set(names)) < len(names):
            raise ValueError(f"a signal is given twice: {', '.join(names)}")
        for axis, valid in {"tenure": self.tenure_names, "engagement": self.engagement_names}.items():
            _check_axis(self, axis, valid)
        return self

    @property
    def tenure_names(self) -> tuple[str, ...]:
        """Names of the tenures, in order."""
        return tuple(dict.fromkeys(rule.tenure for rule in self.tenures))

    @property
    def engagement_names(self) -> tuple[str, ...]:
        """Names of the engagements, in order."""
        return tuple(dict.fromkeys(rule.engagement for rule in self.engagements))


def _check_axis(signals: Signals, axis: str, valid: tuple[str, ...]) -> None:
    """Every value a plan names on an axis exists there."""
    for signal, cells in ((each, cells) for each in signals.signals for cells in each.cells):
        for value in getattr(cells, axis):
            if value not in valid:
                raise ValueError(f"{signal.signal}: {axis} '{value}' is not known; {did_you_mean(value, valid)}")


def table_faults(signals: Signals, sizes: tuple[str, ...]) -> list[str]:
    """Overlapping and empty cells of the decision table that are not declared, one sentence each.

    An overlap is settled by the order of the plans (declared by `first_match: true`), an empty cell fires without a
    plan (declared under `no_plan:`).
    """
    axes = (signals.tenure_names, sizes, signals.engagement_names)
    faults = []
    for signal, values in product(signals.signals, product(*axes)):
        if said := signal.fault(dict(zip(AXES, values, strict=True))):
            faults.append(f"{signal.signal} | {' | '.join(values)}: {said}")
    return faults
