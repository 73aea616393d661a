"""What can be wrong between sources, their suites and the canonical entities."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from config.expectation_names import EXPECTATIONS, FIGURES, about_columns, lacks, takes
from config.parts import SOURCES, Parts
from models.entities import ENTITIES, Entity
from models.nearest import did_you_mean
from models.source import SourceSpec
from models.suite import Expectation, Row, Suite


def check_sources(parts: Parts) -> None:
    """Every source's suite exists, fits its entity, and joins what comes earlier."""
    sources: dict[str, SourceSpec] = parts.read["sources"]
    suites: dict[str, Suite] = parts.read["suites"]
    landed: set[str] = set()
    for name, spec in sources.items():
        landed.add(spec.entity)
        _check_dates(parts, spec)
        if spec.suite is None:
            continue
        if spec.suite in suites:
            _Fit(parts, suites[spec.suite], ENTITIES[spec.entity]).check(landed)
        elif f"config/expectations/{spec.suite}.yaml" not in parts.files:
            said = f"there is no suite '{spec.suite}'; {did_you_mean(spec.suite, suites)}"
            parts.say(said, SOURCES, "sources", name, "suite")


def _check_dates(parts: Parts, spec: SourceSpec) -> None:
    """Dated columns are among the declared ones."""
    for column in spec.dates if spec.columns else ():
        if column not in spec.columns:
            said = f"'{column}' is not among columns:; {did_you_mean(column, spec.columns)}"
            parts.say(said, SOURCES, "sources", spec.name, "dates", column)


class _Fit:
    """One suite against the entity of a source that uses it."""

    def __init__(self, parts: Parts, suite: Suite, entity: Entity) -> None:
        self.parts, self.suite, self.entity = parts, suite, entity
        self.file = f"config/expectations/{suite.suite}.yaml"
        self.columns = [column.name for column in entity.columns]

    def check(self, landed: set[str]) -> None:
        """All of the suite; `landed` are the entities that are there by then, its own among them."""
        for place, one in enumerate(self.suite.expectations):
            self._expectation(place, one)
        for place, join in enumerate(self.suite.joins):
            self._column(join.column, "joins", place, "column")
            if join.to not in ENTITIES:
                self._say(f"there is no entity '{join.to}'; {did_you_mean(join.to, ENTITIES)}", "joins", place, "to")
            elif join.to not in landed:
                said = f"no source above this one in {SOURCES} gives {join.to}: it must come first"
                self._say(said, "joins", place, "to")
        for place, row in enumerate(self.suite.rows):
            self._column(row.column, "rows", place, "column")
            self._row(place, row)

    def _expectation(self, place: int, one: Expectation) -> None:
        """Its name, its column, its arguments."""
        here = ("expectations", place)
        if one.expect not in EXPECTATIONS:
            said = f"there is no expectation '{one.expect}'; {did_you_mean(one.expect, EXPECTATIONS)}"
            self._say(said, *here, "expect")
            return
        for name in one.kwargs:
            if name not in takes(one.expect):
                said = f"{one.expect} takes no '{name}'; {did_you_mean(name, takes(one.expect))}"
                self._say(said, *here, "kwargs", name)
        for name in lacks(one.expect, set(one.kwargs)):
            self._say(f"{one.expect} needs {name}", *here, "kwargs")
        if one.expect in FIGURES and one.severity == "quarantine":
            said = f"{one.expect} is about the batch as a whole and sets no row aside: severity is warn or hold"
            self._say(said, *here, "severity")
        self._columns_of(one, here)

    def _columns_of(self, one: Expectation, here: tuple[str, int]) -> None:
        """The columns it is about exist."""
        if about_columns(one.expect):
            for key in ("column_A", "column_B", "column_list"):
                named = one.kwargs.get(key, [])
                for column in [named] if isinstance(named, str) else named:
                    self._column(str(column), *here, "kwargs", key)
        elif one.column is None:
            self._say(f"{one.expect} needs column:", *here, "column")
        else:
            self._column(one.column, *here, "column")

    def _row(self, place: int, row: Row) -> None:
        """The condition is one SQL expression, and its bare names are columns."""
        try:
            tree = sqlglot.parse_one(row.condition, dialect="duckdb")
        except SqlglotError as error:
            self._say(f"this is no SQL: {str(error).splitlines()[0]}", "rows", place, "condition")
            return
        for column in tree.find_all(exp.Column):
            if column.find_ancestor(exp.Query) is None and column.table in ("", "row"):
                self._column(column.name.lower(), "rows", place, "condition")

    def _column(self, column: str, *here: str | int) -> None:
        """The entity has the column."""
        if column not in self.columns:
            said = f"{self.entity.name} have no column '{column}'; {did_you_mean(column, self.columns)}"
            self._say(said, *here)

    def _say(self, problem: str, *here: str | int) -> None:
        """Note a problem of the suite."""
        self.parts.say(problem, self.file, *here)
