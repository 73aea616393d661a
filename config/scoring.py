"""What the rules that score make of the facts: the columns of every sheet, and what each comes from."""

from config.conditions import Expression
from config.facts import lineage
from config.growth import HEALTH, Scoring, grow
from config.load import Rules
from models.anchors import Anchor
from models.errors import ConditionError
from models.fact import GRAINS, Fact, Grain, Kind
from models.nearest import did_you_mean
from models.staleness import Lineage


def check_scoring(rules: Rules) -> Scoring:
    """Check segments, touch, milestones, health, stages and signals against the facts.

    Raises:
        ConditionError: an expression reads a column that is not there yet, or is no condition.
    """
    scoring = Scoring(fact_columns(rules.facts, "account"))
    grow(scoring, rules)
    return scoring


def sheet_columns(rules: Rules) -> dict[str, dict[str, Kind]]:
    """Grain → column → kind of the finished fact sheets, for whoever checks a condition."""
    return all_columns(rules.facts, check_scoring(rules).columns)


def all_columns(facts: dict[str, list[Fact]], account: dict[str, Kind]) -> dict[str, dict[str, Kind]]:
    """Grain → column → kind, given those of the account's finished sheet.

    Every other sheet carries its account's columns, its own before the account's of the same name.
    """
    return {"account": account} | {
        grain: account | fact_columns(facts, grain) for grain in GRAINS if grain != "account"
    }


def fact_columns(facts: dict[str, list[Fact]], grain: Grain) -> dict[str, Kind]:
    """Column → kind of a grain's facts, the id first."""
    columns: dict[str, Kind] = {f"{grain}_id": "text"}
    for fact in facts.get(grain, []):
        columns |= {column.name: column.kind for column in fact.columns}
    return columns


def lineage_of(rules: Rules, grain: Grain) -> Lineage:
    """What the columns of a grain's sheet come from."""
    scoring = check_scoring(rules)
    own = lineage(rules.facts)
    known = own["account"] | own[grain]
    derived = {column: frozenset(reads) for column, reads in scoring.reads.items()}
    entities = {column: tuple(names) for column, names in known.items()}
    return Lineage(entities, derived, tuple(scoring.components), HEALTH, rules.health.enough)


def check_anchor(anchor: Anchor, columns: dict[str, Kind], name: str) -> Expression | None:
    """The anchor's occurrence, checked; its date must be a date column of the sheet. None of one that is built in.

    Raises:
        ConditionError: there is no such column, or it is no date.
    """
    file, key = "config/anchors.yaml", f"anchors.{name}"
    if anchor.date is None or anchor.occurrence is None:
        return None
    if anchor.date not in columns:
        said = f"there is no column '{anchor.date}'; {did_you_mean(anchor.date, columns)}"
        raise ConditionError(said, file=file, key=f"{key}.date")
    if columns[anchor.date] != "date":
        raise ConditionError(f"'{anchor.date}' is a {columns[anchor.date]}, no date", file=file, key=f"{key}.date")
    return Expression.parse(anchor.occurrence, columns, file=file, key=f"{key}.occurrence")
