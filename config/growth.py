"""How the fact sheet of an account grows: every rule that scores, checked against the columns that stand before it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from config.conditions import Condition, Expression
from config.load import Rules
from models import health_memory_sql, health_sql, stages_sql
from models.errors import ConditionError
from models.fact import Kind
from models.health import Component, Health
from models.milestones import Milestones
from models.nearest import did_you_mean
from models.segments import Segments, Touch
from models.signals import Signals
from models.stages import Stages

HEALTH = "health"


@dataclass
class Scoring:
    """The checked rules.

    Attributes:
        columns: column → kind of the account's finished sheet.
        sql: an expression as the YAML has it → as DuckDB runs it.
        reads: derived column → the columns its rule reads; `health` stands for all columns health_*.
        components: (weight, columns read) of each health component.
    """

    columns: dict[str, Kind]
    sql: dict[str, str] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    components: list[tuple[float, frozenset[str]]] = field(default_factory=list)

    def condition(self, text: str, file: str, key: str) -> set[str]:
        """Check a condition; gives the columns it reads."""
        return self._checked(Condition.parse(text, self.columns, file=file, key=key))

    def value(self, text: str, kind: Kind, file: str, key: str) -> set[str]:
        """Check an expression that must give a `kind`; gives the columns it reads."""
        parsed = Expression.parse(text, self.columns, file=file, key=key)
        if parsed.kind not in (kind, None):
            raise ConditionError(f"a {kind} is needed, `{text}` gives a {parsed.kind}", file=file, key=key)
        return self._checked(parsed)

    def add(self, column: str, kind: Kind, reads: set[str], file: str) -> None:
        """A column that the rules add to the sheet."""
        if column in self.columns:
            raise ConditionError(f"'{column}' is a fact already; call the fact something else", file=file)
        self.columns[column] = kind
        self.reads[column] = reads

    def override(self, name: str) -> str:
        """The column with what a person has set in the place of what is computed; NULL where no fact tells."""
        column = f"{name}_override"
        return column if column in self.columns else "NULL"

    def set_by_hand(self, name: str) -> set[str]:
        """That column, if there is one."""
        return {self.override(name)} - {"NULL"}

    def _checked(self, parsed: Expression) -> set[str]:
        """Keep the SQL."""
        self.sql[parsed.text] = parsed.sql
        return set(parsed.columns_read)


def grow(scoring: Scoring, rules: Rules) -> None:
    """Check every rule in the order in which the sheet grows, each adding its columns to those of `scoring`."""
    _segments(scoring, rules.segments, rules.touch)
    _milestones(scoring, rules.milestones)
    _health(scoring, rules.health)
    _stages(scoring, rules.stages)
    _signals(scoring, rules.signals, rules.segments.size_names)


def _first_match(scoring: Scoring, column: str, rules: Iterable[Any], file: str, key: str, *also: str) -> None:
    """A column whose value is that of the first rule that matches."""
    reads: set[str] = set()
    for number, rule in enumerate(rules):
        reads |= scoring.condition(rule.when, file, f"{key}[{number}].when")
    scoring.add(column, "text", reads | scoring.set_by_hand(column), file)
    for name in also:
        scoring.add(name, "text", reads, file)


def _segments(scoring: Scoring, segments: Segments, touch: Touch) -> None:
    """size; segment and touch with their rules, and as they were computed; focus."""
    file = "config/segments.yaml"
    _first_match(scoring, "size", segments.sizes, file, "sizes")
    _first_match(scoring, "segment", segments.segments, file, "segments", "segment_rule", "segment_computed")
    _first_match(scoring, "focus", segments.focus, file, "focus")
    _first_match(scoring, "touch", touch.touch, "config/touch.yaml", "touch", "touch_rule", "touch_computed")


def _milestones(scoring: Scoring, milestones: Milestones) -> None:
    """milestone_<name>, and days_to_<name> where days are counted."""
    file = "config/milestones.yaml"
    found, took = {}, {}
    for number, each in enumerate(milestones.milestones):
        reads = scoring.condition(each.when, file, f"milestones[{number}].when")
        if each.since:
            reads |= scoring.value(each.since, "date", file, f"milestones[{number}].since")
        found[f"milestone_{each.milestone}"] = reads
        if each.counted_from:
            since = scoring.value(each.counted_from, "date", file, f"milestones[{number}].counted_from")
            took[f"days_to_{each.milestone}"] = reads | since
    for column, reads in found.items():
        scoring.add(column, "date", reads, file)
    for column, reads in took.items():
        scoring.add(column, "number", reads, file)


def _health(scoring: Scoring, health: Health) -> None:
    """health_*."""
    file = "config/health.yaml"
    scoring.condition(health.applies, file, "applies")
    for number, variant in enumerate(health.bands.by):
        scoring.condition(variant.when, file, f"bands.by[{number}].when")
    for number, cap in enumerate(health.caps):
        scoring.condition(cap.when, file, f"caps[{number}].when")
    for number, floor in enumerate(health.floors):
        scoring.condition(floor.when, file, f"floors[{number}].when")
    for number, component in enumerate(health.components):
        read = _component(scoring, component, f"components[{number}]")
        scoring.components.append((component.weight, frozenset(read)))
    for column, kind in (health_sql.SHEET_COLUMNS | health_memory_sql.SHEET_COLUMNS).items():
        scoring.add(column, kind, {HEALTH}, file)  # type: ignore[arg-type]


def _component(scoring: Scoring, component: Component, key: str) -> set[str]:
    """Check one component; gives the columns it reads."""
    file = "config/health.yaml"
    reads = scoring.value(component.value, "number", file, f"{key}.value")
    if component.unknown_if:
        reads |= scoring.condition(component.unknown_if, file, f"{key}.unknown_if")
    if component.age:
        reads |= scoring.value(component.age, "number", file, f"{key}.age")
    if component.recency:
        reads |= scoring.value(component.recency.days, "number", file, f"{key}.recency.days")
    for number, variant in enumerate(component.by):
        reads |= scoring.condition(variant.when, file, f"{key}.by[{number}].when")
    return reads


def _stages(scoring: Scoring, stages: Stages) -> None:
    """stage, as it was computed, and since when."""
    file = "config/stages.yaml"
    reads = scoring.set_by_hand("stage")
    for each in stages.ordered:
        reads |= scoring.condition(each.when, file, f"{each.stage}.when")
        if each.since:
            reads |= scoring.value(each.since, "date", file, f"{each.stage}.since")
    for column, kind in stages_sql.SHEET_COLUMNS.items():
        scoring.add(column, kind, reads, file)  # type: ignore[arg-type]


def _signals(scoring: Scoring, signals: Signals, sizes: tuple[str, ...]) -> None:
    """tenure, engagement, and signal_<name> with _entry, _since, _plan."""
    file = "config/signals.yaml"
    _first_match(scoring, "tenure", signals.tenures, file, "tenures")
    _first_match(scoring, "engagement", signals.engagements, file, "engagements")
    for each in signals.signals:
        for size in {size for cells in each.cells for size in cells.size} - set(sizes):
            said = f"there is no size '{size}'; {did_you_mean(size, sizes)}"
            raise ConditionError(said, file=file, key=f"{each.signal}.plans")
    found = {each.signal: scoring.condition(each.when, file, f"{each.signal}.when") for each in signals.signals}
    ends: tuple[tuple[str, Kind], ...] = (("", "boolean"), ("_entry", "number"), ("_since", "date"), ("_plan", "text"))
    for signal, reads in found.items():
        for ending, kind in ends:
            scoring.add(f"signal_{signal}{ending}", kind, reads, file)
