"""`perennial start`: a play that a person begins."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.answer import Answer, Json, settings_of, told
from cli.who import By, who

if TYPE_CHECKING:
    from tasks.start import Start


@told
def start(
    ctx: typer.Context,
    play: Annotated[str, typer.Argument(help="The play, by its file's name.")],
    account: Annotated[str, typer.Argument(help="The account, by id or name.")],
    *,
    contract: Annotated[str | None, typer.Option(help="The contract that a play per contract is about.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="The contract, contact, ticket or session that it is about, by id.")
    ] = None,
    by: By = None,
    reason: Annotated[str, typer.Option(help="Why, for everybody to read; without personal data.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would begin; nothing is changed.")] = False,
    json: Json = False,
) -> Answer:
    """Start a play for an account; the next night enrolls it.

    Shows each step with its date and whom it would reach by what is known tonight. You override the play's
    audience, never its exit.stop. A play that runs already, or is stopped, is refused.

    Example: perennial start sponsor-change A00017 --reason "their new head of IT called"
    Example: perennial start renewal A00017 --contract S-204 --dry-run
    """
    from tasks.lookup import account_of
    from tasks.opening import latest_night, open_place
    from tasks.start import Request, ask, show

    with open_place(settings_of(ctx), create=False) as place:
        night = latest_night(place)
        wanted = Request(play, account_of(night, account), who(by), contract or subject, reason)
        found = show(night, wanted) if dry_run else ask(night, wanted)
    state = "shown" if dry_run else "asked" if found.asked else "asked before"
    return Answer({"state": state, **asdict(found)}, _text(found, state))


def _text(found: "Start", state: str) -> str:
    """For people."""
    from cli.table import table

    holds = {True: "holds", False: "does not hold", None: "is unknown"}[found.audience]
    over = "" if found.audience else ", and you override it"
    rows = [(one.planned_on or "-", one.step, one.kind, one.what, one.whom, one.note) for one in found.steps]
    lines = [
        f"{found.title or found.play} for {found.subject} of {found.account}",
        f"its audience {holds} tonight{over}: {found.condition}",
        *([f"it would wait: {found.waits}"] if found.waits else []),
        table(("planned", "step", "kind", "what", "whom", "note"), rows),
        "",
        _ending(found, state),
    ]
    return "\n".join(lines)


def _ending(found: "Start", state: str) -> str:
    """What was done."""
    if state == "shown":
        return "Nothing was changed; without --dry-run the next night begins it."
    when = "It begins when that is over." if found.waits else "The next night begins it."
    return f"{'Asked for' if state == 'asked' else 'It was asked for today already'}. {when}"
