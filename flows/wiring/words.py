"""A night's summary in words: counts, ids and paths, nothing about persons."""

from collections.abc import Mapping
from typing import Any

from models.night import EXIT_APPROVAL, EXIT_BUSY, EXIT_DONE, EXIT_GATE, EXIT_PROMISE

NAMES = {
    EXIT_GATE: "Source failed",
    EXIT_APPROVAL: "Awaiting approval",
    EXIT_PROMISE: "Promise broken",
    EXIT_BUSY: "Busy",
}
FINE = ("ok", "unchanged")
COLUMNS = ("pulled", "good", "quarantined", "warned", "status")


def state_name(summary: Mapping[str, Any]) -> str:
    """What the run is called when it is over: its own state, or what its exit code says went wrong."""
    code = summary.get("exit_code", EXIT_DONE)
    return NAMES.get(code, str(summary.get("state", "done")).capitalize())


def state_message(summary: Mapping[str, Any]) -> str:
    """One line: the reason that was given, or else the sources that are not well."""
    if summary.get("reason"):
        return str(summary["reason"])
    ill = [
        f"{name} {source['status']}"
        for name, source in summary.get("sources", {}).items()
        if source["status"] not in FINE
    ]
    return ", ".join(ill) or "all sources are well"


def source_rows(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a source: what was pulled and what became of it."""
    return [
        {"source": name, **{column: source.get(column) for column in COLUMNS}}
        for name, source in summary.get("sources", {}).items()
    ]


def counts(summary: Mapping[str, Any]) -> str:
    """Markdown with a table for each group of counts, e.g. messages by state."""
    groups = {name: value for name, value in summary.items() if _is_counts(value)}
    return "\n".join(_table(name, group) for name, group in groups.items())


def _is_counts(value: object) -> bool:
    """Whether this is name → number, with something in it."""
    return (
        isinstance(value, Mapping) and bool(value) and all(isinstance(count, int | float) for count in value.values())
    )


def _table(name: str, group: Mapping[str, float]) -> str:
    """One group."""
    rows = "\n".join(f"| {_cell(what)} | {count} |" for what, count in group.items())
    return f"### {name.replace('_', ' ').capitalize()}\n\n| what | count |\n|---|---:|\n{rows}\n"


def _cell(text: str) -> str:
    """Text that cannot leave its cell."""
    return str(text).replace("|", r"\|").replace("\n", " ")
