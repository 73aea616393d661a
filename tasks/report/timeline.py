"""The timeline of accounts: events of the log in words, the newest first; by ids and roles, never by names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from models.ledger import Message
from models.tables import event
from tasks.report.account_views import Happening

QUIET = ("message_claimed", "message_transmitting", "play_pinned", "landing_opened", "landing_closed")
LIMIT = 200
"""Happenings an account's page shows at most."""
GOOD = {"message_sent", "task_done"}
BAD = {"message_refused", "message_uncertain", "message_expired"}
TITLES = {
    "enrolled": "Enrolled in {play}",
    "enrollment_ended": "Enrollment ended: {outcome}",
    "step_taken": "Step {step} taken",
    "step_ended": "Step {step} ended: {outcome}",
    "task_opened": "Task opened: {title}",
    "task_done": "Task of step {step} done",
    "overridden": "{name} set to {value} by {author}",
}


def timelines(
    conn: Connection, accounts: Collection[str], messages: Mapping[str, Message], roles: Mapping[str, str]
) -> dict[str, list[Happening]]:
    """Account → what happened, the newest first, at most LIMIT each."""
    query = (
        select(event.c.account, event.c.effective_at, event.c.kind, event.c.payload)
        .where(event.c.account.in_(accounts), event.c.kind.not_in(QUIET))
        .order_by(event.c.account, event.c.event_seq.desc())
    )
    found: dict[str, list[Happening]] = defaultdict(list)
    for row in conn.execute(query):
        if len(found[row.account]) < LIMIT:
            found[row.account].append(_happening(row, messages, roles))
    return dict(found)


def _happening(row: Row[Any], messages: Mapping[str, Message], roles: Mapping[str, str]) -> Happening:
    """One event in words."""
    payload: dict[str, Any] = row.payload
    tone = "good" if row.kind in GOOD else "bad" if row.kind in BAD else "plain"
    at = row.effective_at.isoformat(timespec="minutes")
    if row.kind.startswith("message_"):
        return Happening(at, row.kind, _mail(row.kind, payload, messages, roles), _told(payload), tone)
    known = defaultdict(str, {key: str(value) for key, value in payload.items() if value is not None})
    title = TITLES.get(row.kind, row.kind.replace("_", " ")).format_map(known)
    return Happening(at, row.kind, title, _told(payload), tone)


def _mail(kind: str, payload: dict[str, Any], messages: Mapping[str, Message], roles: Mapping[str, str]) -> str:
    """`E-mail renewal/day-90-notice sent to sponsor (C-12)`."""
    message = messages.get(str(payload.get("message_id")))
    done = kind.removeprefix("message_")
    if message is None:
        return f"E-mail {done}"
    return f"E-mail {message.template} {done}{' to' if done in ('sent', 'queued') else ' for'} {whom(message, roles)}"


def whom(message: Message, roles: Mapping[str, str]) -> str:
    """The contact's role and id."""
    role = roles.get(message.contact or "", "").replace("_", " ")
    return f"{role} ({message.contact})" if role else str(message.contact)


def _told(payload: dict[str, Any]) -> str:
    """The reason, or the server's answer."""
    return str(payload.get("reason") or payload.get("reply") or "")
