"""`perennial account`: everything about one customer."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def account(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account, by id or name.")],
    json: Json = False,
) -> Answer:
    """All that is known of an account, and what comes next.

    Health with contributions, segment, touch, stage, signals, enrollments with next steps, messages, events,
    facts; as of the newest sealed night; next steps and messages as of now.

    Example: perennial account A00017
    """
    from dataclasses import asdict

    from cli.account_text import account_text
    from tasks.lookup import account_of
    from tasks.opening import latest_night, open_place
    from tasks.report.account import account_view

    with open_place(settings_of(ctx), create=False) as place:
        night = latest_night(place)
        view = account_view(night, account_of(night, account))
    return Answer(asdict(view), account_text(view))
