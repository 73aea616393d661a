"""Messages in words."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.answer import Answer
from cli.dates import minute
from cli.table import plural, section, table

if TYPE_CHECKING:
    from datetime import datetime

    from models.ledger import Message, PersonMessage
    from models.record import Record
    from tasks.mail.finding import Line

SHORT = 8


def listed(found: Sequence["Message"], limit: int) -> str:
    """A table; without one, that there is nothing."""
    if not found:
        return "No such messages."
    head = ["message", "state", "when", "account", "play", "step", "template", "lang", "why"]
    rows = [
        [one.message_id[:SHORT], one.state, minute(_when(one)), one.account, one.play, one.step, one.template,
         one.language, one.reason or one.reply]
        for one in found
    ]  # fmt: skip
    more = f"\n\nThe newest {limit}; more with --limit." if len(found) == limit else ""
    return f"{plural(len(found), 'message')}\n{table(head, rows)}{more}"


def about(one: "Message", events: Sequence["Record"]) -> str:
    """What it is, and all that happened to it."""
    why = f": {one.reason}" if one.reason else ""
    head = f"Message {one.message_id}, revision {one.revision}, is {one.state}{why}"
    play, account, contact = (value or "-" for value in (one.play, one.account, one.contact))
    what = f"  {play}/{one.step or '-'} to {account}, contact {contact}, {one.klass or '-'}"
    rows = [(minute(each.effective_at), each.kind.removeprefix("message_"), _said(each)) for each in events]
    return "\n".join([head, what, "", section("What happened", table(("when (UTC)", "what", "why"), rows)).rstrip()])


def frozen(letter: "PersonMessage | None") -> str:
    """The words of a message that has not gone."""
    if letter is None:
        return "It has no words: they were never written, or have been erased."
    to = f"{letter.name} <{letter.recipient}>" if letter.name else letter.recipient
    head = [f"To: {to}", f"From: {letter.sender or '-'}", f"Reply-To: {letter.reply_to or '-'}"]
    return "\n".join([*head, f"Subject: {letter.subject}", "", letter.text.rstrip()])


def put_out(told: str, content: bytes) -> None:
    """The bytes to stdout as they are, everything else to stderr."""
    print(told, file=sys.stderr)
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def done(before: "Message", now: "Message") -> Answer:
    """What was done, for people and programs."""
    data = {
        "message_id": now.message_id, "revision": now.revision, "account": now.account, "before": before.state,
        "state": now.state, "reason": now.reason, "not_before": now.not_before, "expires": now.expires,
    }  # fmt: skip
    anew = f" as {now.message_id[:SHORT]}, revision {now.revision}" if now.message_id != before.message_id else ""
    words = f"Message {before.message_id[:SHORT]} was {before.state}, and is {now.state}{anew}"
    if now.state == "queued":
        words += f"; it goes with the next delivery, until {minute(now.expires)} UTC"
    return Answer(data, f"{words} ({now.reason}).")


def checklist(lines: Sequence["Line"]) -> Answer:
    """The go-live checklist; what did not pass with what to do."""
    passed = [one for one in lines if one.state == "passed"]
    text = [f"{len(passed)} of {plural(len(lines), 'line')} passed\n"]
    for one in lines:
        text.append(f"  {one.state:<14}  {one.name}: {one.said}")
        text += [f"  {'':<14}  to do: {one.todo}"] if one.todo else []
    return Answer({"lines": [vars(one) for one in lines]}, "\n".join(text), 0 if len(passed) == len(lines) else 3)


def _when(one: "Message") -> "datetime | None":
    return one.sent_at or one.claimed_at or one.queued_at


def _said(each: "Record") -> str:
    """What an event says of itself."""
    payload = each.payload
    parts = [payload.get("reason"), payload.get("reply"), f"by {payload['by']}" if payload.get("by") else None]
    return ", ".join(str(part) for part in dict.fromkeys(parts) if part) or "-"
