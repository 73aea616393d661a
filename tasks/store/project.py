"""Events become rows: the one function that both appending and rebuilding go through."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update, bindparam, delete, update

from models.record import Record
from tasks.store.insert import insert
from tasks.store.rules import RULES, Rule

Group = tuple[int, str]
Statement = Insert | Update | Delete


def project(conn: Connection, records: Sequence[Record]) -> None:
    """Apply the records to the projections, as if one after the other.

    A row's first event goes into wave 1, its second into wave 2, and so on: within a wave no two events touch the
    same row, so that all of a kind go to the database in one call.
    """
    for kind, rows in _waves(records):
        rule = RULES[kind]
        conn.execute(_statement(kind, conn.dialect.name), [_bound(rule, row) for row in rows])


def _waves(records: Sequence[Record]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(kind, rows) groups in an order that leads to the same rows as one by one."""
    wave_of: dict[tuple[Any, ...], int] = defaultdict(int)
    highest: dict[str, int] = defaultdict(int)
    groups: dict[Group, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        rule = RULES.get(record.kind)
        if rule is None:
            continue
        row, table = rule.row(record), rule.table.name
        subject = (table, *(row[key.name] for key in rule.table.primary_key))
        # A later revision is only free to live once its forerunner, another row, has been superseded.
        after = highest[table] if record.kind == "message_queued" and row["revision"] > 1 else wave_of[subject]
        wave_of[subject] = after + 1
        highest[table] = max(highest[table], after + 1)
        groups[after + 1, record.kind].append(row)
    for (_, kind), rows in sorted(groups.items(), key=lambda item: item[0]):
        yield kind, rows


def _bound(rule: Rule, row: dict[str, Any]) -> dict[str, Any]:
    """UPDATE and DELETE may not name a parameter like a column."""
    return {f"v_{name}": value for name, value in row.items()} if rule.write in {"update", "delete"} else row


@cache
def _statement(kind: str, dialect: str) -> Statement:
    """The SQL of a kind."""
    rule = RULES[kind]
    keys = [column.name for column in rule.table.primary_key]
    if rule.write in {"update", "delete"}:
        return _change(rule, keys)
    statement = insert(rule.table, dialect).values({name: bindparam(name) for name in rule.values})
    if rule.write == "keep":
        return statement.on_conflict_do_nothing(index_elements=keys)
    if rule.write == "upsert":
        fresh = {name: statement.excluded[name] for name in rule.values if name not in keys}
        return statement.on_conflict_do_update(index_elements=keys, set_={**fresh, **rule.sets})
    return statement


def _change(rule: Rule, keys: list[str]) -> Statement:
    where = [rule.table.c[key] == bindparam(f"v_{key}") for key in keys]
    if rule.write == "delete":
        return delete(rule.table).where(*where)
    values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in rule.values if name not in keys}
    return update(rule.table).where(*where).values({**values, **rule.sets})
