"""What a planned night puts on each person's desk, against the hours that they have in a week."""

from collections.abc import Iterable
from datetime import timedelta

from models.play import Play
from tasks.lake.views import entity_views
from tasks.planning.run import Planned
from tasks.planning.views import CsmPlan
from tasks.report.reading import Reading
from tasks.store import landings
from tasks.store.csm_tasks import CsmTask, open_tasks
from tasks.store.engine import read

TASK_MINUTES = 30
"""What a task takes; a meeting takes as long as its play says."""
WEEK = timedelta(days=7)


def desks(planned: Planned, book: Reading) -> list[CsmPlan]:
    """Those with work, the fullest desk first; work of a team stands under the team's name."""
    night, found = planned.night, dict[str, CsmPlan]()
    with read(night.engine) as conn:
        open_ones, landed = open_tasks(conn), landings.landed(conn, night.landing_seq)
    fresh = {record.payload["task_id"] for record in planned.records if record.kind == "task_opened"}
    for task in open_ones:
        who = task.csm or f"{task.owner_team or 'no'} team"
        desk = found.setdefault(who, CsmPlan(who, who))
        minutes = _minutes(task, night.rules.plays.values())
        if task.task_id in fresh:
            desk.tasks, desk.minutes = desk.tasks + 1, desk.minutes + minutes
        if task.due_on is None or task.due_on <= night.as_of + WEEK:
            desk.open_tasks, desk.open_minutes = desk.open_tasks + 1, desk.open_minutes + minutes
    entity_views(book.con, night.lake, [one for one in landed if one.entity == "csms"], night.as_of, person=True)
    for row in book.rows("SELECT csm_id, name, hours_per_week FROM csms"):
        if row["csm_id"] in found:
            desk = found[row["csm_id"]]
            desk.name, desk.hours_per_week = row["name"] or desk.csm, row["hours_per_week"]
    return sorted(found.values(), key=lambda desk: (-desk.open_minutes, desk.csm))


def _minutes(task: CsmTask, plays: Iterable[Play]) -> int:
    """How long it takes."""
    play = next((one for one in plays if one.play == task.play), None)
    step = play.by_id.get(task.step or "") if play else None
    return step.meeting.minutes if step and step.meeting else TASK_MINUTES
