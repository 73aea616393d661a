"""Conditions with their clauses: each held, failed or unknown, with the values that it read and whose they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from config.clauses import Clause, joined, split, state_of
from models.fact import Grain
from models.play import Play
from tasks.why.book import Book, Row
from tasks.why.views import ClauseView, ConditionView

Asked = tuple[Play, str, tuple[str, ...]]
"""A version, a subject of it, and the places of the conditions that are asked."""


def conditions(book: Book, asked: Iterable[Asked]) -> dict[tuple[str, str], list[ConditionView]]:
    """(play hash, subject) → the conditions at these places, read in one query a grain."""
    wanted = list(asked)
    ids: dict[Grain, set[str]] = defaultdict(set)
    leaves: dict[Grain, set[Clause]] = defaultdict(set)
    for play, subject, places in wanted:
        ids[play.per].add(subject.partition(":")[2])
        leaves[play.per].update(leaf for where in places for leaf in split(play.conditions[where]).leaves)
    rows = {grain: book.evaluate(grain, found, leaves[grain]) for grain, found in ids.items()}
    return {
        (play.hash, subject): [
            condition(book, play, where, rows[play.per].get(subject.partition(":")[2])) for where in places
        ]
        for play, subject, places in wanted
    }


def condition(book: Book, play: Play, where: str, row: Row | None) -> ConditionView:
    """One condition; without a row its subject was not there that night."""
    whole = split(play.conditions[where])
    told = book.judged.get(f"{play.hash}.{where}", {})
    holds = None if row is None else joined(whole, row)
    behind, id_ = [], f"{play.hash}.{where}"
    if stale := told.get("stale_entities"):
        behind = [one for one in book.blame(id_, play.per, told["columns"]) if one.entity in stale and one.hours]
    view = ClauseView(whole.text, "unknown") if row is None else _clause(book, (id_, play.per), whole, row)
    once = {one.source: one for one in behind}
    return ConditionView(where, state_of(holds), view, float(told.get("stale_hours") or 0), list(once.values()))


def _clause(book: Book, of: tuple[str, Grain], clause: Clause, row: Mapping[str, object]) -> ClauseView:
    """One clause of a condition (its id and grain) with its parts."""
    holds = joined(clause, dict(row))  # type: ignore[arg-type]
    parts = [_clause(book, of, part, row) for part in clause.parts]
    values = {} if parts else {column: row[f"={column}"] for column in clause.columns}
    missing = [column for column, value in values.items() if value is None] if holds is None else []
    return ClauseView(clause.text, state_of(holds), values, clause.joined, parts, book.blame(*of, missing))
