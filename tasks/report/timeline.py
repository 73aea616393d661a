"""The timeline of accounts: events of the log in words, the newest first; by ids and roles, never by names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from models.ledger import Message
from models.tables import event, task
from tasks.report.account_views import Happening

QUIET = ("message_claimed", "message_transmitting", "play_pinned", "landing_opened", "landing_closed")
LIMIT = 200
"""Happenings an account's page shows at most."""
GOOD = {"message_sent", "task_done"}
BAD = {"message_refused", "message_uncertain", "message_expired"}
CHANNELS = {
    "email": "E-mail", "inapp": "Message in the product", "notify": "Notice", "update": "CRM update",
    "forward": "Answer handed to the CSM,",
}  # fmt: skip
TITLES = {
    "enrolled": "Enrolled in {play}",
    "enrollment_ended": "Enrollment ended: {outcome}",
    "enrollment_migrated": "Enrollment goes on in a new version of its play",
    "play_requested": "{play} asked for by {by}",
    "triggered": "{name} set off ({trigger})",
    "stage_changed": "Stage {to}, was {from}",
    "step_taken": "Step {step} taken",
    "step_chosen": "Step {step} chose {choice}",
    "step_ended": "Step {step} ended: {outcome}",
    "task_opened": "Task opened: {title}",
    "task_done": "Task of step {step} done by {by}",
    "task_changed": "Task {state}, by {by}: {title}",
    "overridden": "{name} set to {value} by {author}",
    "lifted": "{name} no longer set by hand, says {author}",
    "received": "Came back: {kind}",
}
"""Kind → title; an override without a value is lifted."""


def timelines(
    conn: Connection, accounts: Collection[str], messages: Mapping[str, Message], roles: Mapping[str, str]
) -> dict[str, list[Happening]]:
    """Account → what happened, the newest first, at most LIMIT each."""
    query = (
        select(event.c.account, event.c.effective_at, event.c.kind, event.c.payload)
        .where(event.c.account.in_(accounts), event.c.kind.not_in(QUIET))
        .order_by(event.c.account, event.c.event_seq.desc())
    )
    titles = dict(conn.execute(select(task.c.task_id, task.c.title).where(task.c.account.in_(accounts))).tuples().all())
    words = _Words(messages, roles, titles)
    found: dict[str, list[Happening]] = defaultdict(list)
    for row in conn.execute(query):
        if len(found[row.account]) < LIMIT:
            found[row.account].append(words.happening(row))
    return dict(found)


@dataclass(frozen=True)
class _Words:
    """Puts events into words.

    Attributes:
        messages: by id.
        roles: contact → role.
        tasks: task → title.
    """

    messages: Mapping[str, Message]
    roles: Mapping[str, str]
    tasks: Mapping[str, str | None]

    def happening(self, row: Row[Any]) -> Happening:
        """One event."""
        tone = "good" if row.kind in GOOD else "bad" if row.kind in BAD else "plain"
        title = self._mail(row.kind, row.payload) if row.kind.startswith("message_") else self._title(row)
        return Happening(row.effective_at.isoformat(timespec="minutes"), row.kind, title, _told(row.payload), tone)

    def _title(self, row: Row[Any]) -> str:
        """By the kind's pattern; what the event does not say is left out."""
        payload = {"title": self.tasks.get(str(row.payload.get("task_id"))), **row.payload}
        known = defaultdict(str, {key: _plain(key, value) for key, value in payload.items() if value is not None})
        lifted = row.kind == "overridden" and payload.get("value") is None
        pattern = TITLES.get("lifted" if lifted else row.kind, row.kind.replace("_", " "))
        return str(pattern).format_map(known).removesuffix(" by ")

    def _mail(self, kind: str, payload: dict[str, Any]) -> str:
        """`E-mail renewal/day-90-notice sent to sponsor (C-12)`."""
        message = self.messages.get(str(payload.get("message_id")))
        done = kind.removeprefix("message_")
        if message is None:
            return f"E-mail {done}"
        what = " ".join(filter(None, (CHANNELS.get(message.channel or "email", "Message"), message.template, done)))
        to = whom(message, self.roles)
        return f"{what} {'to' if done in ('sent', 'queued') else 'for'} {to}" if to else what


def whom(message: Message, roles: Mapping[str, str]) -> str:
    """The contact's role and id; nothing for what goes to no contact."""
    role = roles.get(message.contact or "", "").replace("_", " ")
    return f"{role} ({message.contact})" if role else message.contact or ""


def _plain(key: str, value: Any) -> str:
    """A value as people read it: names of ours without underscores, titles as they are."""
    return str(value).replace("_", " ") if key in ("from", "to", "name", "value", "kind") else str(value)


def _told(payload: dict[str, Any]) -> str:
    """The reason, the server's answer, or what came of it."""
    return str(payload.get("reason") or payload.get("reply") or payload.get("effect") or "")
