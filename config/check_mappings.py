"""What can be wrong in the mapping of a source: config/sources/<name>.sql."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from config.parts import Parts
from models.entities import ENTITIES, Entity
from models.errors import ConfigError
from models.nearest import did_you_mean

RAW = "raw"
DROPPING = ("distinct", "group", "limit", "where", "having", "qualify", "offset")


def check_mappings(parts: Parts) -> None:
    """Every mapping is one SELECT that keeps each row of `raw` and gives columns of its entity."""
    for name, spec in parts.read["sources"].items():
        path = f"config/sources/{name}.sql"
        if path in parts.files:
            parts.problems += check_mapping(ENTITIES[spec.entity], parts.files[path], path)


def check_mapping(entity: Entity, sql: str, file: str) -> list[ConfigError]:
    """All that is wrong with one mapping, each with its line as far as it is known."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        return [ConfigError(f"this is no SQL: {str(error).splitlines()[0]}", file=file, line=_failed_at(error))]
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        return [ConfigError("a mapping is one SELECT over `raw`", file=file, line=1)]
    said = [*_structure(trees[0]), *_tables(trees[0]), *_columns(trees[0], entity)]
    return [ConfigError(problem, file=file, line=_line(sql, word), key=key) for key, word, problem in said]


Said = list[tuple[str, str, str]]
"""(key, word that stands at the place, problem)."""


def _structure(tree: exp.Select) -> Said:
    """Nothing drops or doubles rows."""
    parts = [name for name in DROPPING if tree.args.get(name)]
    return [("", name, f"a mapping keeps every row of `raw`: {name.upper()} does not belong here") for name in parts]


def _tables(tree: exp.Select) -> Said:
    """It reads `raw`, and nothing else."""
    inner = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    read = [table for table in tree.find_all(exp.Table) if table.name.lower() not in inner]
    other = [table for table in read if table.name.lower() != RAW or table.db]
    found = [("", _spoken(table), f"`{table.sql('duckdb')}`: a mapping reads `raw` only") for table in other]
    if not any(table.name.lower() == RAW for table in read):
        found.append(("", "from", "a mapping reads `raw`, the rows of its source"))
    return found


def _spoken(table: exp.Table) -> str:
    """The word by which a table or a table function is called."""
    return table.name or table.sql("duckdb").partition("(")[0]


def _columns(tree: exp.Select, entity: Entity) -> Said:
    """Its columns are the entity's, each once, and those that an entity cannot do without are among them."""
    names = [column.name for column in entity.columns]
    given = tree.named_selects
    found = [
        (name, name, f"'{name}' is no column of {entity.name}; {did_you_mean(name, names)}")
        for name in given
        if name not in names and name != "*"
    ]
    found += [(name, name, "this column is given twice") for name in dict.fromkeys(given) if given.count(name) > 1]
    if "*" in given:
        return found
    required = [column.name for column in entity.columns if column.required and column.name not in given]
    return found + [(name, "select", f"{entity.name} cannot do without this column") for name in required]


def _failed_at(error: SqlglotError) -> int | None:
    """The line at which the parser gave up."""
    details = getattr(error, "errors", None) or [{}]
    line = details[0].get("line")
    return int(line) if line else None


def _line(sql: str, word: str) -> int | None:
    """The first line, comments apart, in which the word stands."""
    lines = (line.partition("--")[0] for line in sql.splitlines())
    return next((number for number, line in enumerate(lines, 1) if word.lower() in line.lower()), None)
