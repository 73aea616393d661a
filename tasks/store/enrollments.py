"""Enrollments and what became of their steps."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

from models.tables import enrollment, step

MANY = 10_000
"""Values one IN (…) may hold on either database."""


@dataclass(frozen=True)
class Step:
    """A step that was taken or has ended; one that is only planned has no row."""

    step: str
    planned_on: date | None
    taken_on: date | None
    by_hand: bool | None
    kind: str | None
    outcome: str | None
    reason: str | None
    ended_on: date | None


@dataclass(frozen=True)
class Enrollment:
    """One subject in one play for one occurrence.

    Attributes:
        members: the subjects that share the conversation, e.g. co-termed contracts.
        arm: "play", or "holdout" for those who are left alone to compare with.
        trigger: what began it: customer, scheduled or csm.
        baseline, result: the goal's number when it began, and when the goal's window was over.
        steps: step id → what became of it.
    """

    enrollment_id: str
    subject: str
    account: str | None
    play: str
    play_hash: str | None
    occurrence: str | None
    members: tuple[str, ...]
    arm: str | None
    enrolled_on: date | None
    ended_on: date | None
    outcome: str | None
    reason: str | None
    trigger: str | None
    baseline: float | None
    result: float | None
    steps: dict[str, Step] = field(default_factory=dict)

    @property
    def outcomes(self) -> dict[str, str]:
        """Step id → outcome, of steps that have ended."""
        return {name: found.outcome for name, found in self.steps.items() if found.outcome is not None}


COLUMNS = [enrollment.c[name] for name in Enrollment.__dataclass_fields__ if name != "steps"]


def active(conn: Connection, accounts: Collection[str] | None = None) -> list[Enrollment]:
    """Enrollments that have not ended, of some accounts or of all, by id."""
    return _with_steps(conn, select(*COLUMNS).where(enrollment.c.ended_on.is_(None)), accounts)


def of_accounts(conn: Connection, accounts: Collection[str]) -> list[Enrollment]:
    """All enrollments of the accounts, ended ones too, by id."""
    return _with_steps(conn, select(*COLUMNS), accounts)


def get(conn: Connection, enrollment_id: str) -> Enrollment | None:
    """The enrollment of that id."""
    found = _with_steps(conn, select(*COLUMNS).where(enrollment.c.enrollment_id == enrollment_id), None)
    return found[0] if found else None


def _with_steps(conn: Connection, query: Select[Any], accounts: Collection[str] | None) -> list[Enrollment]:
    portions = [None] if accounts is None else list(_portions(accounts))
    found: dict[str, Enrollment] = {}
    for some in portions:
        chosen = query if some is None else query.where(enrollment.c.account.in_(some))
        found |= _read(conn, chosen)
    return [found[key] for key in sorted(found)]


def _read(conn: Connection, query: Select[Any]) -> dict[str, Enrollment]:
    """Enrollments and, by a second query over the same choice, their steps."""
    rows = [row._asdict() for row in conn.execute(query)]
    found = {row["enrollment_id"]: Enrollment(**{**row, "members": tuple(row["members"] or ())}) for row in rows}
    ids = query.with_only_columns(enrollment.c.enrollment_id)
    for row in conn.execute(
        select(step).where(step.c.enrollment_id.in_(ids)).order_by(step.c.enrollment_id, step.c.step)
    ):
        found[row.enrollment_id].steps[row.step] = _step(row._asdict())
    return found


def _step(row: dict[str, Any]) -> Step:
    return Step(**{name: row[name] for name in Step.__dataclass_fields__})


def _portions(values: Iterable[str]) -> Iterable[list[str]]:
    listed = list(values)
    return (listed[start : start + MANY] for start in range(0, len(listed), MANY))
