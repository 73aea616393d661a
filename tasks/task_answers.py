"""Tasks that were changed in another system: the newest state that it tells of each becomes ours."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, select

from models.clock import midnight
from models.errors import UsageError
from models.tables import task
from models.task_state import ENDED, TaskState, task_state
from tasks.finish import change
from tasks.lake.views import entity_views
from tasks.night import Night
from tasks.store import csm_tasks, landings
from tasks.store.csm_tasks import Change, CsmTask
from tasks.store.engine import begin, read
from tasks.worklist import PERENNIAL

_log = logging.getLogger(__name__)
SHOWN = 5
MANY = 5_000  # values one IN (…) may hold on either database
_NEWEST = "SELECT task_id, state, changed_at, changed_by FROM task_states ORDER BY changed_at, task_id"


@dataclass(frozen=True)
class Said:
    """What the other system says of a task.

    Attributes:
        at: when it was changed there, aware UTC; a system that keeps only days means the end of the day.
    """

    task_id: str
    state: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Answers:
    """What became of them: how many tasks changed, and what could not be taken over, with the reason."""

    changed: int = 0
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def trouble(self) -> str:
        """In words, a few by name; empty if all went well."""
        if not self.refused:
            return ""
        some = [f"{id_}: {why}" for id_, why in sorted(self.refused.items())[:SHOWN]]
        rest = len(self.refused) - len(some)
        return f"task states not taken over: {'; '.join(some)}" + (f" and {rest} more" if rest else "")


def answers(night: Night) -> Answers:
    """Take over what the source of task states says, in one transaction; each of its changes once.

    To be called when everything has landed and before the night is measured. What was changed here later stays.
    """
    said = _said(night)
    if not said:
        return Answers()
    with begin(night.engine) as conn:
        ours = _tasks(conn, [one.task_id for one in said])
        found = _taken_over(conn, night, said, ours)
    if found.trouble:
        _log.warning("%s", found.trouble, extra={"run_key": night.run_key})
    return found


def _said(night: Night) -> list[Said]:
    """The newest row of each task as of the night."""
    with read(night.engine) as conn:
        landed = landings.landed(conn, landings.watermark(conn))
    mine = [one for one in landed if one.entity == "task_states"]
    if not mine:
        return []
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, mine, night.as_of)
        rows = con.execute(_NEWEST).fetchall()
    return [Said(id_, state, _instant(at), by or "") for id_, state, at, by in rows]


def _instant(at: datetime) -> datetime:
    """Aware UTC; a bare day is its last moment, as nobody knows better."""
    aware = at.replace(tzinfo=UTC)
    return aware + timedelta(days=1, microseconds=-1) if aware == midnight(aware.date()) else aware


def _tasks(conn: Connection, ids: list[str]) -> dict[str, CsmTask]:
    """Our tasks of these ids."""
    found: dict[str, CsmTask] = {}
    for start in range(0, len(ids), MANY):
        rows = conn.execute(select(task).where(task.c.task_id.in_(ids[start : start + MANY])))
        found |= {row.task_id: csm_tasks.of(row) for row in rows}
    return found


def _taken_over(conn: Connection, night: Night, said: Iterable[Said], ours: dict[str, CsmTask]) -> Answers:
    """Change what differs and is newer than what we know."""
    changed, refused = 0, {}
    for one in said:
        mine = ours.get(one.task_id)
        try:
            state = task_state(one.state)
        except UsageError as error:
            refused[one.task_id] = str(error)
            continue
        if mine is None:
            refused[one.task_id] = "there is no such task here"
        elif _counts(mine, state, one.at):
            try:
                changed += change(conn, mine, _change(night, one, state), _day(mine, one))
            except UsageError as error:
                refused[one.task_id] = str(error)
    return Answers(changed, refused)


def _counts(mine: CsmTask, state: TaskState, at: datetime) -> bool:
    """Whether it is news: an end, unless a person here has changed the task since; else what is newer than ours."""
    if mine.state == state or (mine.state in ENDED and state in ENDED and state != "done"):
        return False
    older = mine.changed_at is not None and at <= mine.changed_at
    by_person = mine.changed_by not in (None, PERENNIAL)
    return not (older and (by_person or state not in ENDED))


def _change(night: Night, said: Said, state: TaskState) -> Change:
    """The change, by whom it was made there; its key makes it count once."""
    by = f"crm:{said.by}" if said.by else "crm"
    key = f"task:{said.task_id}:crm:{said.at.isoformat()}:{state}"
    return Change(state, by, night.clock.now, "changed in the CRM", key=key)


def _day(mine: CsmTask, said: Said) -> date:
    """The day on which it was changed there, but none before the task was opened here."""
    return max(said.at.date(), mine.opened_on or date.min)
