"""The results of goals: each play's number, read once, when the goal's window since the enrollment is over.

It is read whether the enrollment runs or has ended, and in both arms: what counts is where the customer stands then.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from config.conditions import Expression
from config.scoring import lineage_of, sheet_columns
from models.errors import ConditionError
from models.event import Event
from models.fact import GRAINS, Grain, Kind
from models.play import Play
from models.tables import enrollment, play_version
from tasks.judge import stale_entities, truth
from tasks.night import Night
from tasks.store.engine import read

GRACE = timedelta(days=7)
"""So long after its window a number is still the result; later there is none."""


def goals(night: Night) -> Iterator[Event]:
    """The results of tonight; of stale data, and of a subject without a number, none yet."""
    with read(night.engine) as conn:
        plays = {play.hash: play for play in _versions(conn) if play.goal}
        waiting = _waiting(conn, night, plays)
        late = frozenset(stale_entities(conn, night.run_key, night.as_of)) if waiting else frozenset()
    for grain in GRAINS:
        mine = {hash_: plays[hash_] for hash_ in waiting if plays[hash_].per == grain}
        for hash_, numbers in _numbers(night, grain, mine, late).items():
            rows = ((row, numbers.get(row.subject)) for row in waiting[hash_])
            yield from (_event(night, row, number) for row, number in rows if number is not None)


def _versions(conn: Connection) -> Iterator[Play]:
    """Every version that there ever was an enrollment of."""
    for text in conn.execute(select(play_version.c.text).order_by(play_version.c.hash)).scalars():
        yield Play.model_validate(json.loads(text))


def _waiting(conn: Connection, night: Night, plays: Mapping[str, Play]) -> dict[str, list[Any]]:
    """Play hash → enrollments whose window is over and whose result is not known; who joined another has none."""
    if not plays:
        return {}
    over = {hash_: night.as_of - timedelta(days=play.goal.window) for hash_, play in plays.items() if play.goal}
    mine = [
        and_(enrollment.c.play_hash == hash_, enrollment.c.enrolled_on.between(day - GRACE, day))
        for hash_, day in over.items()
    ]
    columns = (enrollment.c.enrollment_id, enrollment.c.subject, enrollment.c.account, enrollment.c.play_hash)
    query = select(*columns, enrollment.c.members).where(enrollment.c.result.is_(None), or_(*mine))
    found = defaultdict(list)
    for row in conn.execute(query.order_by(enrollment.c.enrollment_id)):
        if not row.members:
            found[row.play_hash].append(row)
    return found


def _numbers(
    night: Night, grain: Grain, plays: Mapping[str, Play], late: frozenset[str]
) -> dict[str, dict[str, float | None]]:
    """Play hash → subject → the goal's number tonight, of goals whose columns the sheet has, and has fresh."""
    if not plays:
        return {}
    sheet, lineage = night.lake.read(night.path(f"sheet_{grain}.parquet")), lineage_of(night.rules, grain)
    asked = {
        hash_: parsed
        for hash_, parsed in _parsed(plays, sheet_columns(night.rules)[grain])
        if {*parsed.columns_read} <= {*sheet.column_names}
        and not any(lineage.stale(column, late) for column in parsed.columns_read)
    }
    told = truth(sheet, f"{grain}_id", asked)
    subjects = [f"{grain}:{id_}" for id_ in told[f"{grain}_id"].to_pylist()]
    return {hash_: dict(zip(subjects, told[hash_].to_pylist(), strict=True)) for hash_ in asked}


def _parsed(plays: Mapping[str, Play], columns: Mapping[str, Kind]) -> Iterator[tuple[str, Expression]]:
    """Play hash → its goal; an old version may read what there is no more, and has no result then."""
    for hash_, play in plays.items():
        with suppress(ConditionError):
            yield hash_, Expression.parse(play.goal.metric if play.goal else "NULL", columns)


def _event(night: Night, row: Any, number: float) -> Event:
    """One result, once."""
    payload = {"enrollment_id": row.enrollment_id, "result": number, "on": night.as_of.isoformat()}
    key, subject = f"goal:{row.enrollment_id}", f"enrollment:{row.enrollment_id}"
    return Event(key, "goal_measured", subject, night.clock.now, row.account, payload)
