"""`perennial why`: why an account stands where it stood on a night."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def why(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account, by id or name.")],
    step: Annotated[
        str | None, typer.Option("--step", metavar="PLAY/STEP", help="One step, or with PLAY alone one play.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The night (default: the newest that was sealed).")
    ] = None,
    json: Json = False,
) -> Answer:
    """Why an account's score, plays and steps were what they were on a night, from what was sealed.

    Each clause of each condition with the values it read: held, failed or unknown, and whose source is to blame;
    the verdict of each step with its reason, and "not before" for what is still to come; what moved the score, and
    the smallest single change that would make it green.

    Example: perennial why A00017 --step renewal/notice-90
    """
    from dataclasses import asdict

    from cli.dates import day
    from cli.why_text import why_text
    from tasks.opening import open_place
    from tasks.why.answer import Question
    from tasks.why.answer import why as answer

    with open_place(settings_of(ctx), create=False) as place:
        found = answer(place, Question(account, step, day(on)))
    return Answer(asdict(found), why_text(found, whole=step is not None))
