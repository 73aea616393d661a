"""The rules that score an account, checked against the sheet they read, in the order in which the sheet grows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from config.conditions import Condition, Expression
from config.facts import lineage
from config.load import Rules
from models import health_sql, stages_sql
from models.anchors import Anchor
from models.errors import ConditionError
from models.fact import Fact, Grain, Kind
from models.health import Component, Health
from models.milestones import Milestones
from models.nearest import did_you_mean
from models.segments import Segments, Touch
from models.signals import Signals
from models.stages import Stages
from models.staleness import Lineage

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

    def _checked(self, parsed: Expression) -> set[str]:
        """Keep the SQL."""
        self.sql[parsed.text] = parsed.sql
        return set(parsed.columns_read)


def check_scoring(rules: Rules) -> Scoring:
    """Check segments, touch, milestones, health, stages and signals against the facts.

    Raises:
        ConditionError: an expression reads a column that is not there yet, or is no condition.
    """
    scoring = Scoring(fact_columns(rules.facts, "account"))
    grow(scoring, rules)
    return scoring


def grow(scoring: Scoring, rules: Rules) -> None:
    """Check every rule in the order in which the sheet grows, each adding its columns to those of `scoring`."""
    _segments(scoring, rules.segments, rules.touch)
    _milestones(scoring, rules.milestones)
    _health(scoring, rules.health)
    _stages(scoring, rules.stages)
    _signals(scoring, rules.signals, rules.segments.size_names)


def sheet_columns(rules: Rules) -> dict[str, dict[str, Kind]]:
    """Grain → column → kind of the finished fact sheets, for whoever checks a condition.

    A contract's sheet carries its account's columns, its own before the account's of the same name.
    """
    contract, contact = fact_columns(rules.facts, "contract"), fact_columns(rules.facts, "contact")
    account = check_scoring(rules).columns
    return {"account": account, "contract": account | contract, "contact": contact}


def fact_columns(facts: dict[str, list[Fact]], grain: Grain) -> dict[str, Kind]:
    """Column → kind of a grain's facts, the id first."""
    columns: dict[str, Kind] = {f"{grain}_id": "text"}
    for fact in facts[grain]:
        columns |= {column.name: column.kind for column in fact.columns}
    return columns


def lineage_of(rules: Rules, grain: Grain) -> Lineage:
    """What the columns of a grain's sheet come from."""
    scoring = check_scoring(rules)
    own = lineage(rules.facts)
    known = own["account"] | own[grain] if grain == "contract" else own[grain]
    derived = {column: frozenset(reads) for column, reads in scoring.reads.items()}
    entities = {column: tuple(names) for column, names in known.items()}
    return Lineage(entities, derived, tuple(scoring.components), HEALTH, rules.health.enough)


def check_anchor(anchor: Anchor, columns: dict[str, Kind], name: str) -> Expression:
    """The anchor's occurrence, checked; its date must be a date column of the sheet.

    Raises:
        ConditionError: there is no such column, or it is no date.
    """
    file, key = "config/anchors.yaml", f"anchors.{name}"
    if anchor.date not in columns:
        said = f"there is no column '{anchor.date}'; {did_you_mean(anchor.date, columns)}"
        raise ConditionError(said, file=file, key=f"{key}.date")
    if columns[anchor.date] != "date":
        raise ConditionError(f"'{anchor.date}' is a {columns[anchor.date]}, no date", file=file, key=f"{key}.date")
    return Expression.parse(anchor.occurrence, columns, file=file, key=f"{key}.occurrence")


def _first_match(scoring: Scoring, column: str, rules: Iterable[Any], file: str, key: str, *also: str) -> None:
    """A column whose value is that of the first rule that matches."""
    reads: set[str] = set()
    for number, rule in enumerate(rules):
        reads |= scoring.condition(rule.when, file, f"{key}[{number}].when")
    for name in (column, *also):
        scoring.add(name, "text", reads, file)


def _segments(scoring: Scoring, segments: Segments, touch: Touch) -> None:
    """size, segment, segment_rule, focus, touch, touch_rule."""
    file = "config/segments.yaml"
    _first_match(scoring, "size", segments.sizes, file, "sizes")
    _first_match(scoring, "segment", segments.segments, file, "segments", "segment_rule")
    _first_match(scoring, "focus", segments.focus, file, "focus")
    _first_match(scoring, "touch", touch.touch, "config/touch.yaml", "touch", "touch_rule")


def _milestones(scoring: Scoring, milestones: Milestones) -> None:
    """milestone_<name>."""
    file = "config/milestones.yaml"
    found = {}
    for number, each in enumerate(milestones.milestones):
        reads = scoring.condition(each.when, file, f"milestones[{number}].when")
        if each.since:
            reads |= scoring.value(each.since, "date", file, f"milestones[{number}].since")
        found[f"milestone_{each.milestone}"] = reads
    for column, reads in found.items():
        scoring.add(column, "date", reads, file)


def _health(scoring: Scoring, health: Health) -> None:
    """health_*."""
    file = "config/health.yaml"
    scoring.condition(health.applies, file, "applies")
    for number, variant in enumerate(health.bands.by):
        scoring.condition(variant.when, file, f"bands.by[{number}].when")
    for number, component in enumerate(health.components):
        read = _component(scoring, component, f"components[{number}]")
        scoring.components.append((component.weight, frozenset(read)))
    for column, kind in health_sql.SHEET_COLUMNS.items():
        scoring.add(column, kind, {HEALTH}, file)  # type: ignore[arg-type]


def _component(scoring: Scoring, component: Component, key: str) -> set[str]:
    """Check one component; gives the columns it reads."""
    file = "config/health.yaml"
    reads = scoring.value(component.value, "number", file, f"{key}.value")
    if component.unknown_if:
        reads |= scoring.condition(component.unknown_if, file, f"{key}.unknown_if")
    if component.age:
        reads |= scoring.value(component.age, "number", file, f"{key}.age")
    for number, variant in enumerate(component.by):
        reads |= scoring.condition(variant.when, file, f"{key}.by[{number}].when")
    return reads


def _stages(scoring: Scoring, stages: Stages) -> None:
    """stage, stage_since, stage_entry, stage_backfilled."""
    file = "config/stages.yaml"
    reads: set[str] = set()
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
        for size in {size for plan in each.plans for size in plan.size} - set(sizes):
            said = f"there is no size '{size}'; {did_you_mean(size, sizes)}"
            raise ConditionError(said, file=file, key=f"{each.signal}.plans")
    found = {each.signal: scoring.condition(each.when, file, f"{each.signal}.when") for each in signals.signals}
    ends: tuple[tuple[str, Kind], ...] = (("", "boolean"), ("_entry", "number"), ("_since", "date"), ("_plan", "text"))
    for signal, reads in found.items():
        for ending, kind in ends:
            scoring.add(f"signal_{signal}{ending}", kind, reads, file)
