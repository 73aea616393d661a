"""The fact files: config/facts/<grain>/<name>.sql, loaded, with their headers, and checked."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from config.fact_rules import refused_part
from config.files import Files
from models.entities import ENTITIES
from models.errors import ConditionError
from models.fact import GRAINS, UNITS, Fact, FactColumn, Grain
from models.nearest import did_you_mean

HEADER = re.compile(r"--\s*([a-z_][a-z0-9_]*)\s*:\s*([^;]+);\s*([^;]+?)\s*(?:;\s*(.+?)\s+if none)?\s*")
LITERAL = re.compile(r"-?\d+(\.\d+)?|true|false|'[^']*'")
CONTRACT_FACTS = "contract_facts"


def load_facts(files: Files) -> dict[str, list[Fact]]:
    """Grain → its fact files in order of their names.

    Raises:
        ConditionError: a file is no single SELECT, its header and its columns differ, it reads what it may not, or
            its result could differ from one run to the next.
    """
    facts: dict[str, list[Fact]] = {}
    contract_columns: tuple[str, ...] = ()
    for grain in GRAINS:
        found = files.under(f"config/facts/{grain}", ".sql")
        if grain == "contract":
            facts[grain] = _contract_facts(found)
            contract_columns = _names(facts[grain])
        else:
            facts[grain] = [_load(grain, path, text, contract_columns) for path, text in found.items()]
        _check_unique(facts[grain])
    return facts


def _contract_facts(found: dict[str, str]) -> list[Fact]:
    """The contracts' files: first those that stand alone, then those that read what these give."""
    later = {path: text for path, text in found.items() if _reads(text, path, CONTRACT_FACTS)}
    facts = [_load("contract", path, text, ()) for path, text in found.items() if path not in later]
    names = _names(facts)
    return [*facts, *(_load("contract", path, text, names) for path, text in later.items())]


def _names(facts: Iterable[Fact]) -> tuple[str, ...]:
    """All their columns."""
    return tuple(column.name for fact in facts for column in fact.columns)


def _reads(text: str, path: str, table: str) -> bool:
    """Whether the SELECT reads that table."""
    return any(each.name.lower() == table for each in _select(text, path).find_all(exp.Table))


def lineage(facts: dict[str, list[Fact]]) -> dict[str, dict[str, list[str]]]:
    """Grain → fact column → the canonical entities it comes from; what reads contract_facts sees through it."""
    found: dict[str, dict[str, list[str]]] = {}
    for grain in GRAINS:
        found[grain] = {}
        for fact in facts[grain]:
            through = {entity for name in fact.contract_columns for entity in found["contract"][name]}
            entities = sorted({*fact.entities, *through})
            found[grain] |= {column.name: entities for column in fact.columns}
    return found


@lru_cache(maxsize=512)
def _load(grain: Grain, path: str, text: str, contract_columns: tuple[str, ...]) -> Fact:
    """One file; a night reads its facts when it is checked, computed and judged, and understands each once."""
    tree = _select(text, path)
    if problem := refused_part(tree):
        raise ConditionError(problem, file=path)
    columns = _columns(text, path)
    _check_columns(tree, columns, f"{grain}_id", path)
    tables = _tables(tree, path)
    read = {column.name.lower() for column in tree.find_all(exp.Column)} if CONTRACT_FACTS in tables else set()
    entities = tuple(sorted(tables - {CONTRACT_FACTS}))
    through = tuple(name for name in contract_columns if name in read)
    rounded = tuple(item.alias_or_name.lower() for item in tree.selects if isinstance(item.unalias(), exp.Round))
    sql = text.strip().rstrip(";")
    return Fact(grain, PurePosixPath(path).stem, path, sql, columns, entities, through, rounded)


def _select(text: str, path: str) -> exp.Select:
    """The file's one SELECT."""
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        raise ConditionError(f"this is no SQL: {str(error).splitlines()[0]}", file=path) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise ConditionError("a fact file is exactly one SELECT", file=path)
    return trees[0]


def _columns(text: str, path: str) -> tuple[FactColumn, ...]:
    """The columns that the header declares: `-- name: window; unit[; default if none]`."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    matches = [(number, match) for number, line in lines if (match := HEADER.fullmatch(line))]
    return tuple(_column(match, path, number) for number, match in matches)


def _column(match: re.Match[str], path: str, line: int) -> FactColumn:
    """One line of the header."""
    name, window, unit, if_none = match.groups()
    if unit not in UNITS:
        raise ConditionError(f"'{unit}' is no unit; {did_you_mean(unit, UNITS)}", file=path, line=line, key=name)
    if if_none and not LITERAL.fullmatch(if_none):
        raise ConditionError(
            f"`{if_none} if none` needs a number, true, false or 'text'", file=path, line=line, key=name
        )
    return FactColumn(name, window.strip(), unit, if_none)


def _check_columns(tree: exp.Select, columns: tuple[FactColumn, ...], subject: str, path: str) -> None:
    """The SELECT gives the subject's id first, then exactly what the header declares."""
    selected = [name.lower() for name in tree.named_selects]
    if "*" in selected or "" in selected:
        raise ConditionError("name every output column; a star or an unnamed expression is none", file=path)
    if selected[0] != subject:
        raise ConditionError(f"the first output column is '{selected[0]}', it must be {subject}", file=path)
    declared = [column.name for column in columns]
    for name in selected[1:]:
        if name not in declared:
            need = f"`-- {name}: window; unit`"
            raise ConditionError(f"the header lacks {need} with the column's window and unit", file=path, key=name)
    for name in declared:
        if name not in selected[1:]:
            raise ConditionError(f"the header declares '{name}', which the SELECT does not give", file=path, key=name)
    if len(set(selected)) < len(selected):
        raise ConditionError(f"an output column is given twice: {', '.join(selected)}", file=path)


def _tables(tree: exp.Select, path: str) -> set[str]:
    """Entities (and contract_facts) that the SELECT reads; anything else is refused."""
    inner = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    valid = {*ENTITIES, CONTRACT_FACTS}
    found = set()
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if not isinstance(table.this, exp.Identifier) or table.db:
            raise ConditionError(f"`{table.sql('duckdb')}` is no entity; facts read entities only", file=path)
        if name not in valid | inner:
            raise ConditionError(f"there is no entity '{table.name}'; {did_you_mean(name, valid)}", file=path)
        found.add(name)
    return found - inner


def _check_unique(facts: Iterable[Fact]) -> None:
    """A column of a grain is computed in one file only."""
    homes: dict[str, str] = {}
    for fact in facts:
        for column in fact.columns:
            if column.name in homes:
                raise ConditionError(f"'{column.name}' is computed in {homes[column.name]} already", file=fact.path)
            homes[column.name] = fact.path
