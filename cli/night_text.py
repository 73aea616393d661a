"""A night's summary in words."""

from typing import Any

from cli.table import plural, section, table

GROUPS = {
    "health": "health",
    "segments": "segments",
    "touch": "touch",
    "stages": "stages",
    "enrolled": "enrolled tonight",
    "steps": "steps by verdict",
    "messages": "messages by state",
}
SOURCE = ("pulled", "good", "quarantined", "warned", "status")


def night_text(told: dict[str, Any]) -> str:
    """What `nightly` and `approve` print: the end and its reason, counts, sources, what to open and to do next."""
    parts = [_headline(told), _counts(told), _sources(told), _next(told)]
    return "\n".join(part for part in parts if part).rstrip()


def _headline(told: dict[str, Any]) -> str:
    """How it ended, and why."""
    if told["state"] == "busy":
        return str(told["reason"])
    dry = "Dry run, nothing was changed: the" if told["state"] == "dry" else "The"
    state = "would end like this" if told["state"] == "dry" else f"is {told['state'].replace('_', ' ')}"
    reason = f": {told['reason']}" if told.get("reason") else ""
    if str(told.get("reason")).startswith("already"):
        return f"The night of {told['as_of']} is {told['reason']}.\n"
    return f"{dry} night of {told['as_of']} {state}{reason}.\n"


def _counts(told: dict[str, Any]) -> str:
    """One line a group."""
    rows = [(title, _row(told[name])) for name, title in GROUPS.items() if name in told]
    width = max((len(title) for title, _ in rows), default=0)
    lines = [f"  {title:<{width}}  {row}" for title, row in rows]
    return section(plural(told.get("accounts", 0), "account"), "\n".join(lines))


def _row(counts: dict[str, int]) -> str:
    """`green 210, yellow 60`."""
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _sources(told: dict[str, Any]) -> str:
    """A row a source."""
    rows = [(name, *(source[key] for key in SOURCE)) for name, source in told.get("sources", {}).items()]
    return section("Sources", table(("source", *SOURCE), rows) if rows else "")


def _next(told: dict[str, Any]) -> str:
    """What to look at."""
    lines = [f"  {name:<8}{path}" for name, path in told.get("pages", {}).items()]
    if told["state"] == "awaiting_approval":
        lines.append(f"  release perennial approve {told['run_key']}  (--hold PLAY, --drop PLAY for a part of it)")
    if any(source["quarantined"] for source in told.get("sources", {}).values()):
        lines.append("  perennial quarantine   rows that were set aside, and why")
    if told["state"] not in ("dry", "busy"):
        lines.append("  perennial status       where everything stands")
    return section("Next", "\n".join(lines))
