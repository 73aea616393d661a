"""`perennial tasks` and `perennial done`: a CSM's work."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.opening import Place
    from tasks.store.csm_tasks import CsmTask

SHORT = 8


@told
def tasks(
    ctx: typer.Context,
    csm: Annotated[str | None, typer.Option(help="Only those of this CSM, by id.")] = None,
    json: Json = False,
) -> Answer:
    """Open tasks, the most urgent first.

    Example: perennial tasks --csm csm-02
    """
    from tasks.lookup import csm_of
    from tasks.opening import latest_night, open_place
    from tasks.store import csm_tasks
    from tasks.store.engine import read

    with open_place(settings_of(ctx), create=False) as place:
        with read(place.engine) as conn:
            found = csm_tasks.open_tasks(conn)
        if csm:
            csm_of(latest_night(place), csm, (task.csm for task in found))
        mine = [task for task in found if csm in (None, task.csm)]
        names = _names(place) if mine else {}
    listed = [{**vars(task), "account_name": names.get(task.account or "")} for task in mine]
    return Answer({"tasks": listed}, _listed(mine, names) if mine else _none(found, csm))


@told
def done(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(help="The task's id, or its beginning as far as it is unique.")],
    note: Annotated[str, typer.Option(help="What came of it; kept with the persons' data.")] = "",
    json: Json = False,
) -> Answer:
    """Mark a task done; what waits for it goes on next night.

    Example: perennial done 3f2a91c0 --note "they renew for two years"
    """
    from datetime import UTC, datetime

    from tasks.finish import finish
    from tasks.lookup import task_of
    from tasks.opening import open_place
    from tasks.store.engine import begin

    with open_place(settings_of(ctx), create=False) as place, begin(place.engine) as conn:
        found = task_of(conn, task)
        changed = finish(conn, found, note, datetime.now(UTC))
    said = "Done" if changed else "It was done before, nothing was changed"
    data = {
        "task_id": found.task_id,
        "account": found.account,
        "play": found.play,
        "step": found.step,
        "changed": changed,
    }
    return Answer(data, f"{said}: {found.title} ({found.account}, {found.play}/{found.step}).")


def _listed(found: list["CsmTask"], names: dict[str, str]) -> str:
    """For people."""
    from cli.table import plural, table

    rows = [
        (
            task.task_id[:SHORT],
            task.due_on,
            task.csm,
            names.get(task.account or "") or task.account,
            task.play,
            task.title,
        )
        for task in found
    ]
    head = ("task", "due", "CSM", "account", "play", "what is to be done")
    return (
        f"{plural(len(found), 'open task')}\n{table(head, rows)}\n\nWhen one is done: perennial done TASK --note TEXT"
    )


def _none(found: list["CsmTask"], csm: str | None) -> str:
    """Nothing to do; or nothing for this CSM, with those who have."""
    others = ", ".join(sorted({task.csm for task in found if task.csm}))
    return f"No open task of {csm}. Open ones belong to: {others}." if csm and others else "No open tasks."


def _names(place: "Place") -> dict[str, str]:
    """Account id → name as of the newest night; without one, ids do."""
    from models.errors import PerennialError
    from tasks.lookup import account_names
    from tasks.opening import latest_night

    try:
        return account_names(latest_night(place))
    except PerennialError:
        return {}
