"""`perennial approve`: release a night that waits."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def approve(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="The run, like nightly:2024-12-31, or its date.")],
    hold: Annotated[
        list[str] | None, typer.Option(metavar="PLAY", help="Not tonight: due again with the next.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="PLAY", help="Not at all: its due steps end skipped.")
    ] = None,
    json: Json = False,
) -> Answer:
    """Release a night that awaits approval.

    Exactly the plan that was shown is applied, or that without some plays.

    Example: perennial approve nightly:2024-12-31 --hold renewal
    """
    from cli.night_text import night_text
    from models.errors import UsageError
    from models.night import date_of
    from tasks.nightly import approve as release
    from tasks.opening import open_place
    from tasks.summary import summary

    as_of, held, dropped = date_of(run), frozenset(hold or ()), frozenset(drop or ())
    if held & dropped:
        raise UsageError(f"either hold or drop: {', '.join(sorted(held & dropped))}")
    with open_place(settings_of(ctx), create=False) as place:
        told_ = summary(*release(place, as_of, held, dropped))
    return Answer(told_, night_text(told_), int(told_["exit_code"]))
