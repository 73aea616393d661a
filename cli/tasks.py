"""`perennial tasks` and `perennial done`: the work of CSMs and of the teams beside them."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told
from cli.who import By, who

if TYPE_CHECKING:
    from models.task_state import TaskState
    from tasks.store.csm_tasks import CsmTask

app = typer.Typer(invoke_without_command=True)
Task = Annotated[str, typer.Argument(help="The task's id, or its beginning as far as it is unique.")]
Note = Annotated[str, typer.Option(help="What came of it; kept with the persons' data.")]
Reason = Annotated[str, typer.Option(help="Why, for everybody to read; without personal data.")]


@app.callback()
def tasks(
    ctx: typer.Context,
    csm: Annotated[str | None, typer.Option("--csm", "--owner", help="Only those of this owner, by id.")] = None,
    account: Annotated[str | None, typer.Option(help="Only those of this account, by id or name.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only those in this state: open, pending, due, done, resolved, closed or all.")
    ] = None,
    json: Json = False,
) -> None:
    """Tasks, the most urgent first: those that somebody still has to do, unless another state is asked for.

    Example: perennial tasks --csm csm-02
    Example: perennial tasks --state pending --account A00017
    """
    if ctx.invoked_subcommand is None:
        _list(ctx, csm, account, state, json=json)


@told
def _list(ctx: typer.Context, csm: str | None, account: str | None, state: str | None, *, json: bool) -> Answer:
    """The tasks that were asked for."""
    from cli.tasks_text import tasks_answer
    from tasks.opening import open_place

    with open_place(settings_of(ctx), create=False) as place:
        return tasks_answer(place, csm, account, state)


@app.command("done")
@told
def done(ctx: typer.Context, task: Task, note: Note = "", by: By = None, json: Json = False) -> Answer:
    """Mark a task done; what waits for it goes on next night.

    Example: perennial tasks done 3f2a91c0 --note "they renew for two years"
    """
    return _change(ctx, task, "done", note=note, by=by)


@told
def done_alone(ctx: typer.Context, task: Task, note: Note = "", by: By = None, json: Json = False) -> Answer:
    """Mark a task done; the same as `perennial tasks done`.

    Example: perennial done 3f2a91c0 --note "they renew for two years"
    """
    return _change(ctx, task, "done", note=note, by=by)


@app.command("pending")
@told
def pending(
    ctx: typer.Context, task: Task, reason: Reason = "", note: Note = "", by: By = None, json: Json = False
) -> Answer:
    """Say that somebody else must answer first.

    Example: perennial tasks pending 3f2a91c0 --reason "legal reads the draft"
    """
    return _change(ctx, task, "pending", reason=reason, note=note, by=by)


@app.command("reopen")
@told
def reopen(
    ctx: typer.Context, task: Task, reason: Reason = "", note: Note = "", by: By = None, json: Json = False
) -> Answer:
    """Take a task up again. What followed from its end is not taken back: its step stays ended.

    Example: perennial tasks reopen 3f2a91c0 --reason "the meeting was moved"
    """
    return _change(ctx, task, "open", reason=reason, note=note, by=by)


@app.command("close")
@told
def close(
    ctx: typer.Context, task: Task, reason: Reason = "", note: Note = "", by: By = None, json: Json = False
) -> Answer:
    """Put a task away undone; its step ends canceled, and what waits for it does not happen.

    Example: perennial tasks close 3f2a91c0 --reason "they have no such contract"
    """
    return _change(ctx, task, "closed", reason=reason, note=note, by=by)


def _change(
    ctx: typer.Context, task: str, state: "TaskState", *, by: str | None, reason: str = "", note: str = ""
) -> Answer:
    """Change a task by hand, and say what it is now."""
    from datetime import UTC, datetime

    from tasks.finish import by_hand
    from tasks.lookup import task_of
    from tasks.opening import open_place
    from tasks.store import csm_tasks
    from tasks.store.csm_tasks import Change
    from tasks.store.engine import begin

    wall = datetime.now(UTC)
    wanted = Change(state, who(by), wall, reason, note)
    with open_place(settings_of(ctx), create=False) as place, begin(place.engine) as conn:
        found = task_of(conn, task)
        changed = by_hand(conn, found, wanted, wall)
        now = csm_tasks.get(conn, found.task_id)
    return _changed(now, changed=changed)


def _changed(task: "CsmTask", *, changed: bool) -> Answer:
    """For people and programs."""
    from cli.tasks_text import SAID, about

    data = {
        "task_id": task.task_id,
        "account": task.account,
        "play": task.play,
        "step": task.step,
        "state": task.state,
        "changed": changed,
        "changed_by": task.changed_by,
        "changed_at": task.changed_at,
    }
    said = SAID[task.state] if changed else f"It was {task.state} before, nothing was changed"
    return Answer(data, f"{said}: {task.title} ({about(task)}).")
