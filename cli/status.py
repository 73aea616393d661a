"""`perennial status`: is it alive, is the data fresh, does anything wait for me?"""

from typing import TYPE_CHECKING, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.inbox.standing import InboxStanding
    from tasks.standing import Standing

EXIT_SILENT = 3


@told
def status(ctx: typer.Context, json: Json = False) -> Answer:
    """Is it alive, is the data fresh, what waits for a person?

    Last runs, freshness of sources, messages by state, and what a person is to do. Exits 3 when no nightly has
    ended done in the last 26 hours, by the clock: fit for a monitor.

    Example: perennial status
    """
    from datetime import UTC, datetime

    from models.errors import UsageError
    from tasks.inbox.standing import inbox_standing
    from tasks.opening import open_place
    from tasks.standing import standing
    from tasks.store.engine import read

    settings = settings_of(ctx)
    try:
        with open_place(settings, create=False) as place, read(place.engine) as conn:
            found, inbox = standing(conn), inbox_standing(conn, settings, datetime.now(UTC))
    except UsageError as error:
        if settings.database_url or (settings.var / "perennial.db").exists():
            raise
        return Answer({"alive": False, "runs": []}, str(error), EXIT_SILENT)
    return Answer(_data(found, inbox), _text(found, inbox), 0 if found.alive else EXIT_SILENT)


def _data(found: "Standing", inbox: "InboxStanding") -> dict[str, Any]:
    """As JSON."""
    last = found.last_done
    return {
        "alive": found.alive,
        "last_done": {"run_key": last.run_key, "ended_at": last.ended_at} if last else None,
        "runs": [_run(run) for run in found.runs],
        "sources": {source.source: _source(source) for source in found.sources},
        "messages": found.messages,
        "inbox": {
            "read_at": inbox.last.read_at if inbox.last else None,
            "mails": dict(inbox.last.counts) if inbox.last else {},
            "waiting_since": inbox.waiting_since,
            "refused_by_filters": inbox.refused,
            "trouble": inbox.trouble,
        },
        "waiting": {
            "approval": found.waiting.run_key if found.waiting else None,
            "messages": [
                {"message_id": one.message_id, "state": one.state, "reason": one.reason} for one in found.held
            ],
            "tasks": {"open": len(found.tasks), "overdue": len(found.overdue)},
            "stopped": found.stopped,
            "why_stopped": found.why_stopped,
        },
        "sum": {"planned": found.planned, "balanced": found.balanced},
    }


def _run(run: Any) -> dict[str, Any]:
    """One run."""
    names = ("run_key", "as_of", "state", "exit_code", "started_at", "ended_at", "reason")
    return {name: getattr(run, name) for name in names}


def _source(landing: Any) -> dict[str, Any]:
    """How fresh one source is."""
    names = ("status", "as_of", "cursor_max", "pulled", "good", "quarantined", "error")
    return {name: getattr(landing, name) for name in names}


def _text(found: "Standing", inbox: "InboxStanding") -> str:
    """For people."""
    from cli.dates import minute
    from cli.table import counts, section, table

    nights = [(run.as_of, run.state, run.exit_code, minute(run.ended_at), run.reason) for run in found.runs]
    sources = [(one.source, one.status, one.as_of, one.cursor_max, one.quarantined) for one in found.sources]
    parts = [
        _alive(found),
        section("Last nights", table(("night", "state", "exit", "ended (UTC)", "reason"), nights) if nights else ""),
        section(
            "Sources",
            table(("source", "status", "pulled for", "newest row", "set aside"), sources) if sources else "",
        ),
        section("In trouble", "\n".join([*_trouble(found), *(f"  {line}" for line in inbox.trouble)])),
        f"Messages: {counts(found.messages)}\n{_sum(found)}",
        _inbox(inbox),
        section("Waiting for a person", "\n".join(f"  {line}" for line in _waiting(found)) or "  nothing"),
    ]
    return "\n".join(part for part in parts if part).rstrip()


def _sum(found: "Standing") -> str:
    """Planned = sent + others, or an alarm."""
    sent, others = found.messages.get("sent", 0), sum(found.messages.values()) - found.messages.get("sent", 0)
    if not found.balanced:
        return f"THE SUM IS WRONG: {found.planned} planned, {sent} sent and {others} others: log and tables differ\n"
    return f"{found.planned} planned = {sent} sent + {others} others\n" if found.planned else ""


def _alive(found: "Standing") -> str:
    """The first line: what a monitor's exit code says, in words."""
    from cli.dates import minute

    if found.last_done is None:
        return "No nightly has ended done yet: run `perennial nightly`.\n"
    last = f"the last one was that of {found.last_done.as_of}, ended {minute(found.last_done.ended_at)} UTC"
    if not found.alive:
        return f"No nightly has ended done in the last 26 hours: {last}.\n"
    newest = found.runs[0]
    if newest.exit_code:
        ended = f"the night of {newest.as_of} is {newest.state.replace('_', ' ')}, exit {newest.exit_code}"
        return f"Not all is well: {ended}: {newest.reason}.\n"
    return f"All is well: {last}.\n"


def _inbox(inbox: "InboxStanding") -> str:
    """What the last pass over the inbox did; nothing where none was read."""
    from cli.dates import minute
    from cli.table import counts

    if inbox.last is None:
        return ""
    return f"Inbox: last read {minute(inbox.last.read_at)} UTC, {counts(inbox.last.counts)}\n"


def _trouble(found: "Standing") -> list[str]:
    """Why a source is not well, in full."""
    return [f"  {one.source} is {one.status}: {one.error}" for one in found.sources if one.error]


def _waiting(found: "Standing") -> list[str]:
    """What a person is to do, each with the command that helps."""
    from cli.table import plural

    lines = []
    if found.waiting:
        lines.append(f"the night of {found.waiting.as_of} awaits approval ({found.waiting.reason}):")
        lines.append(f"  perennial approve {found.waiting.run_key}")
    lines += [f"message {one.message_id[:8]} to {one.account} is {one.state}: {one.reason}" for one in found.held[:5]]
    if len(found.held) > 5:
        lines.append(f"and {len(found.held) - 5} more messages; all of them: perennial status --json")
    if found.tasks:
        late = f", {len(found.overdue)} of them overdue" if found.overdue else ""
        lines.append(f"{plural(len(found.tasks), 'task')} of CSMs{late}: perennial tasks")
    lines += [_stopped(name, found.why_stopped.get(name, "")) for name in found.stopped]
    quarantined = sum(one.quarantined for one in found.sources)
    if quarantined:
        lines.append(f"{plural(quarantined, 'row')} set aside by the newest pulls: perennial quarantine")
    return lines


def _stopped(switch: str, why: str) -> str:
    """A kill switch that is on, and why, if somebody said so."""
    because = f" ({why})" if why else ""
    if switch == "*":
        return f"everything is stopped{because}: perennial resume"
    what = "all mail" if switch == "mail" else f"'{switch}'"
    return f"{what} is stopped{because}: perennial resume {switch}"
