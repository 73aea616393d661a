"""`perennial demo`: a small company, its night through Prefect, and what happened."""

import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings

AS_OF = date(2025, 6, 30)


@told
def demo(
    ctx: typer.Context,
    accounts: Annotated[int, typer.Option(min=20, help="How many accounts the company has.")] = 300,
    json: Json = False,
) -> Answer:
    """Make a small company, run its night of 2025-06-30 through Prefect, and show what happened.

    Mails go to a mailbox under --var; nothing leaves this machine. A second call finds the night done.

    Example: perennial demo
    """
    settings = settings_of(ctx)
    folder = settings.var / "demo"
    os.environ["DEMO_DIR"] = str(folder)
    done = _done(settings)
    if done:
        return Answer(
            done[0], f"The night of {AS_OF} is sealed and done already; nothing was pulled or sent.\n{done[1]}"
        )
    summary = _first(settings, folder, accounts)
    shown = _done(settings)
    return Answer(summary, shown[1] if shown else str(summary.get("reason")), int(summary["exit_code"]))


def _first(settings: "Settings", folder: Path, accounts: int) -> dict[str, Any]:
    """The first time: the Prefect server starts while the company is made."""
    from cli.server import find_server
    from config.quiet import quiet_environment

    os.environ.update(quiet_environment(settings))
    _say("Starting a Prefect server of our own ...")
    server = find_server(settings)
    try:
        from tasks.demo.company import write_company

        rows = write_company(folder, accounts=accounts, as_of=AS_OF)
        _say(f"Made a company: {', '.join(f'{count} {name}' for name, count in rows.items())}")
        import great_expectations  # noqa: F401 — takes seconds, which the server needs as well

        os.environ["PREFECT_API_URL"] = server.wait()
        _say("Running the night through Prefect ...")
        from flows.nightly import nightly

        return dict(nightly(as_of=AS_OF))  # type: ignore[call-overload]
    finally:
        server.stop()


def _done(settings: "Settings") -> tuple[dict[str, Any], str] | None:
    """The summary and the tour, if the night has ended."""
    if not (settings.var / "perennial.db").exists() and not settings.database_url:
        return None
    from models.night import run_key
    from tasks.opening import open_place, sealed_night
    from tasks.store import runs
    from tasks.store.engine import read

    with open_place(settings) as place:
        with read(place.engine) as conn:
            run = runs.get(conn, run_key(AS_OF))
        if run is None or run.state not in ("done", "awaiting_approval"):
            return None
        from tasks.demo.tour import tour
        from tasks.report.summary import summary

        night = sealed_night(place, AS_OF)
        data = {**summary(night), "state": run.state, "reason": run.reason}
        return data, tour(night, data)


def _say(text: str) -> None:
    """Progress, with the seconds since the start; on stderr, so that --json stays alone on stdout."""
    print(f"[{time.process_time():4.0f} s] {text}", file=sys.stderr, flush=True)
