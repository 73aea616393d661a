"""`perennial nightly`: the whole night."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.answer import Answer, Json, settings_of, told
from models.errors import ConfigError, PerennialError

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

    # What is wrong here is wrong for the night as well, which tells the webhook of it.
    with suppress(Exception), open_place(settings) as place:
        return told_again(place, as_of or datetime.now(UTC).date())
    return None


def _refuse_wrong_rules(settings: "Settings", as_of: date | None, *, dry: bool) -> None:
    """Tell a wrong file at once, in one line, not by Prefect's log. A sealed night has its own rules."""
    from tasks.opening import read_rules

    try:
        read_rules(settings)
    except ConfigError:
        if dry or not _is_sealed(settings, as_of):
            raise


def _is_sealed(settings: "Settings", as_of: date | None) -> bool:
    """Whether the night goes on from its seal, which holds its own configuration."""
    from datetime import UTC, datetime

    from models.night import run_key
    from tasks.opening import open_place
    from tasks.store import runs
    from tasks.store.engine import read

    with open_place(settings) as place, read(place.engine) as conn:
        found = runs.get(conn, run_key(as_of or datetime.now(UTC).date()))
    return found is not None and found.seal is not None


def _plainly(settings: "Settings", as_of: date | None, *, dry: bool, quiet: bool) -> dict[str, Any]:
    """The night in this process."""
    from config.quiet import quiet_environment

    os.environ.update(quiet_environment(settings))
    from tasks.nightly import Request
    from tasks.nightly import nightly as run
    from tasks.opening import open_dry, open_place
    from tasks.summary import summary

    request = Request(as_of)
    with _alarmed(settings, request.date, dry=dry) as told_, (open_dry if dry else open_place)(settings) as place:
        told_.update(summary(*run(place, request, _silently if quiet else _aloud)))
    return told_


@contextmanager
def _alarmed(settings: "Settings", as_of: date, *, dry: bool) -> Iterator[dict[str, Any]]:
    """Alert by the webhook as the flow does, if the night fails or its summary, filled in by the block, is not well."""
    from flows.wiring.words import state_message, state_name
    from models.errors import Busy
    from tasks.alert import alert

    summary: dict[str, Any] = {}
    name = f"nightly-{as_of}"
    try:
        yield summary
    except Busy:
        raise
    except Exception as error:
        words = str(error) if isinstance(error, PerennialError) else type(error).__name__
        alert(settings, name, "Failed", words)
        raise
    if summary["exit_code"] and not dry:
        alert(settings, name, state_name(summary), state_message(summary))


def _through_prefect(settings: "Settings", as_of: date | None, *, dry: bool, quiet: bool) -> dict[str, Any]:
    """The night as a Prefect flow in this process; Prefect's log goes to stderr."""
    from cli.server import prefect_api

    _refuse_wrong_rules(settings, as_of, dry=dry)
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
        with suppress(BrokenPipeError):  # whoever read it has left; the night goes on
            print(f"  {name:<20} {time.perf_counter() - started:6.2f} s", file=sys.stderr, flush=True)
