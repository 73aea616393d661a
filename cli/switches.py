"""`perennial stop` and `perennial resume`: the kill switches."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told

Name = Annotated[
    str | None, typer.Argument(metavar="[PLAY|TEMPLATE]", help="A play or a template; without one: everything.")
]


@told
def stop(ctx: typer.Context, name: Name = None, json: Json = False) -> Answer:
    """Stop all mail, a play or a template, at once.

    Effective before the next message is claimed. A template's name has a slash, a play's has none. What is queued
    stays queued until it expires.

    Example: perennial stop renewal
    Example: perennial stop onboarding/day-01-intro
    """
    return _turn(ctx, name, stopped=True)


@told
def resume(ctx: typer.Context, name: Name = None, json: Json = False) -> Answer:
    """Let go on what was stopped.

    Example: perennial resume renewal
    """
    return _turn(ctx, name, stopped=False)


def _turn(ctx: typer.Context, name: str | None, *, stopped: bool) -> Answer:
    """Turn a switch, and say whether it was turned already."""
    from datetime import UTC, datetime

    from tasks.moment import moment
    from tasks.opening import open_place
    from tasks.store import switches
    from tasks.store.engine import begin
    from tasks.switchable import require_switchable

    settings = settings_of(ctx)
    with open_place(settings) as place, begin(place.engine) as conn:
        switch = name or switches.EVERYTHING
        if stopped:
            require_switchable(conn, settings.config, switch)
        turn = switches.stop if stopped else switches.resume
        changed = turn(conn, switch, moment(conn, datetime.now(UTC)).now)
        still = list(switches.stopped(conn))
    text = _said(switch, changed=changed, stopped=stopped, still=still)
    return Answer({"name": switch, "stopped": stopped, "changed": changed, "all_stopped": still}, text)


def _said(switch: str, *, changed: bool, stopped: bool, still: list[str]) -> str:
    """For people."""
    what = "Everything" if switch == "*" else f"'{switch}'"
    if stopped:
        again = f"perennial resume {'' if switch == '*' else switch}".rstrip()
        return f"{what} {'is' if changed else 'was already'} stopped; let it go on with: {again}"
    others = [name for name in still if name != switch]
    rest = f" Still stopped: {', '.join('everything' if name == '*' else name for name in others)}." if others else ""
    return f"{what} {'goes on' if changed else 'was not stopped'}.{rest}"
