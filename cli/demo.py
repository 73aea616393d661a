"""`perennial demo`: a small company, its night through Prefect, and what happened."""

import json as json_
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings

AS_OF = date(2025, 6, 30)
STARTED = time.monotonic()


@told
def demo(
    ctx: typer.Context,
    json: Json = False,
) -> Answer:
    """Make a small company, run its night of 2025-06-30 through Prefect, and show what happened.

    Mails go to a mailbox under --var; nothing leaves this machine. A second call finds the night done.

    Example: perennial demo
    """
    settings = settings_of(ctx)
    folder = settings.var / "demo"
    before = _before(settings, folder / "told.json")
    if before:
        said = f"The night of {AS_OF} is sealed and done already; nothing was pulled or sent."
        return Answer(before["summary"], f"{said}\n{before['text']}")
    summary = _first(settings, folder)
    text = _tell(settings, summary) if summary["state"] == "done" else str(summary["reason"])
    (folder / "told.json").write_text(json_.dumps({"summary": summary, "text": text}, default=str))
    return Answer(summary, text, int(summary["exit_code"]))


def _before(settings: "Settings", told_: Path) -> dict[str, Any] | None:
    """What the first call told, if the night is done; little is imported for it."""
    if not told_.exists():
        return None
    from models.night import run_key
    from tasks.store import runs
    from tasks.store.engine import open_store, read

    engine = open_store(settings.database, create=False)
    with read(engine) as conn:
        run = runs.get(conn, run_key(AS_OF))
    engine.dispose()
    return dict(json_.loads(told_.read_text())) if run and run.state == "done" else None


def _first(settings: "Settings", folder: Path) -> dict[str, Any]:
    """The first time: the Prefect server starts while the company is made."""
    from cli.server import find_server, prefect_api

    _say("Starting a Prefect server of our own ...")
    server = find_server(settings)
    try:
        from tasks.demo.company import write_company

        rows = write_company(folder, as_of=AS_OF)
        _say(f"Made a company: {', '.join(f'{count} {name}' for name, count in rows.items())}")
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        import great_expectations  # noqa: F401 — takes seconds, and so does the server's start
    except BaseException:
        server.stop()
        raise
    with prefect_api(settings, server):
        _say("Running the night through Prefect ...")
        from flows.nightly import nightly

        return dict(nightly(as_of=AS_OF))


def _tell(settings: "Settings", summary: dict[str, Any]) -> str:
    """The tour through what happened."""
    from tasks.demo.tour import tour
    from tasks.opening import open_place, sealed_night

    with open_place(settings) as place:
        return tour(sealed_night(place, AS_OF), summary)


def _say(text: str) -> None:
    """Progress, with the seconds since the start; on stderr, so that --json stays alone on stdout."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {text}", file=sys.stderr, flush=True)
