"""How a run ends: artifacts in the UI, a state that says what happened, an alert if somebody must look."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed

from config.settings import Settings
from flows.wiring.trouble import told_safely
from flows.wiring.words import counts, source_rows, state_message, state_name
from models.errors import Busy
from models.night import EXIT_BUSY
from tasks.alert import alert
from tasks.opening import Place, open_dry, open_place

QUIET = ("Completed", "Done", "Missed", "Busy", "Shown", "Taken")


def run_in_place(
    name: str, settings: Settings, work: Callable[[Place], Mapping[str, Any]], *, dry: bool = False
) -> State[Any]:
    """Do the work in this installation's stores, or dry in temporary space, and end with what it reports.

    Raises:
        PerennialError: in words that may be told; that another run holds the lock is an ending, no error.
    """
    try:
        with told_safely(name, settings.var), (open_dry if dry else open_place)(settings) as place:
            summary = work(place)
    except Busy as busy:
        summary = {"state": "busy", "exit_code": EXIT_BUSY, "reason": str(busy)}
    return ending(summary)


def ending(summary: Mapping[str, Any]) -> State[Any]:
    """Show the summary as artifacts; the final state, which carries the summary to whoever called the flow.

    Args:
        summary: the object of `nightly --json`; besides, if there are any: exit_code, reason, and pages {name: path}.
    """
    if summary.get("sources"):
        create_table_artifact(source_rows(summary), key="sources", description="Validation by source")
    if text := counts(summary):
        create_markdown_artifact(text, key="counts", description="What was done, and what was not, by reason")
    for name, path in summary.get("pages", {}).items():
        create_link_artifact(Path(path).absolute().as_uri(), link_text=str(path), key=f"page-{name}")
    return Completed(name=state_name(summary), message=state_message(summary), data=summary)


def tell(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Alert by the webhook when a run failed, crashed, or ended in a way that wants a person."""
    if state.name not in QUIET:
        alert(
            Settings.load(), flow_run.name or flow.name, state.name or "failed", state.message or "no reason was given"
        )
