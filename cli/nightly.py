"""`perennial nightly`: the whole night."""

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings

T = TypeVar("T")


@told
def nightly(
    ctx: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="The date to decide for (default: today, UTC).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do it in temporary space and change nothing.")] = False,
    no_prefect: Annotated[bool, typer.Option("--no-prefect", help="The same functions, without Prefect.")] = False,
    json: Json = False,
) -> Answer:
    """The whole night of a date, from pulling to the report.

    Pull, check, land, measure, score, judge, seal, decide, apply, deliver, report. A night that is done is not
    done again. Exits 0 done, 3 a source or gate failed (the rest was done), 4 awaiting approval, 6 another run
    holds the lock.

    Example: perennial nightly --as-of 2024-12-31 --json
    """
    from cli.dates import day
    from cli.night_text import night_text

    settings, date_ = settings_of(ctx), day(as_of)
    summary = None if dry_run else _ended(settings, date_)
    if summary is None:
        run = _plainly if no_prefect else _through_prefect
        summary = run(settings, date_, dry=dry_run, quiet=json)
    return Answer(summary, night_text(summary), int(summary["exit_code"]))


def _ended(settings: "Settings", as_of: date | None) -> dict[str, Any] | None:
    """What is told of a night that has ended already, before anything heavy is imported; None if it has not."""
    if not settings.database_url and not (settings.var / "perennial.db").exists():
        return None
    from datetime import UTC, datetime

    from tasks.again import told_again
    from tasks.opening import open_place

    with open_place(settings) as place:
        return told_again(place, as_of or datetime.now(UTC).date())


def _plainly(settings: "Settings", as_of: date | None, *, dry: bool, quiet: bool) -> dict[str, Any]:
    """The night in this process."""
    from config.quiet import quiet_environment

    os.environ.update(quiet_environment(settings))
    from tasks.nightly import Request
    from tasks.nightly import nightly as run
    from tasks.opening import open_dry, open_place
    from tasks.summary import summary

    with (open_dry if dry else open_place)(settings) as place:
        return summary(*run(place, Request(as_of), _silently if quiet else _aloud))


def _through_prefect(settings: "Settings", as_of: date | None, *, dry: bool, quiet: bool) -> dict[str, Any]:
    """The night as a Prefect flow in this process; Prefect's log goes to stderr."""
    from cli.server import prefect_api

    if not quiet:
        print("Through Prefect; a server of our own takes some seconds to start ...", file=sys.stderr, flush=True)
    with prefect_api(settings):
        from flows.nightly import nightly as flow

        return dict(flow(as_of=as_of, dry_run=dry))


def _silently(name: str, function: Callable[..., T], *args: Any, retries: int = 0) -> T:
    """A stage."""
    return function(*args)


def _aloud(name: str, function: Callable[..., T], *args: Any, retries: int = 0) -> T:
    """A stage, told with its seconds while the night works."""
    started = time.perf_counter()
    try:
        return function(*args)
    finally:
        print(f"  {name:<20} {time.perf_counter() - started:6.2f} s", file=sys.stderr, flush=True)
