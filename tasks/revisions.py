"""Waiting messages that are not right any more, written anew: another address, another text, a missing value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select

from models.case import Recipient
from models.decision import Verdict
from models.event import Event
from models.ids import message_id
from models.ledger import Message
from models.message import WAITING
from models.play import Play
from models.tables import enrollment, message, step, task
from tasks.gather import LEAD
from tasks.letters import letters
from tasks.mail.template import text_hash
from tasks.night import Night
from tasks.people import People
from tasks.queued import Letter
from tasks.store.engine import begin, read
from tasks.store.events import append
from tasks.store.messages import keep_person, live
from tasks.store.moves import Move, move_all

STALE = timedelta(hours=24)
"""So long may a message wait before a changed text, or a value that was missing, has it written anew."""
_OPEN = WAITING | {"held"}
_TASK = select(task.c.task_id).where(task.c.enrollment_id == message.c.enrollment_id, task.c.step == message.c.step)


@dataclass(frozen=True)
class _Old:
    """A waiting message with what its conversation says of it."""

    message: Message
    role: Row[Any]
    members: tuple[str, ...]


def revise(
    night: Night, known_of: Callable[[set[str]], People], versions: Mapping[str, Play], hashes: Mapping[str, str]
) -> int:
    """Write anew what waits and is not right any more; says how many messages.

    The row that waited is superseded and its next revision queued in one transaction, for the same hours and with the
    same end; to another address it is another send. What may be out, or was handed to a person, is left alone.

    Args:
        night: gives clock, rules, stores.
        known_of: accounts → everybody and everything they speak of, by tonight's sheets.
        versions: play hash → play.
        hashes: enrollment → hash of the play it follows.
    """
    old = _waiting(night)
    if not old:
        return 0
    known, count = known_of({one.message.account or "" for one in old}), 0
    for one in old:
        play = versions.get(hashes.get(one.message.enrollment_id or "", ""))
        why = _why(night, known, one.message)
        if why and play is not None:
            count += sum(_replaced(night, one, new, why) for new in _anew(night, known, one, play))
    return count


def _waiting(night: Night) -> list[_Old]:
    """Mails and messages in the product that wait, of running conversations, that were never handed over."""
    mine = and_(step.c.enrollment_id == message.c.enrollment_id, step.c.step == message.c.step)
    query = (
        select(message, step.c.planned_on, step.c.by_hand)
        .join(enrollment, enrollment.c.enrollment_id == message.c.enrollment_id)
        .join(step, mine)
        .where(
            message.c.state.in_(_OPEN), message.c.touch, enrollment.c.ended_on.is_(None), step.c.outcome.is_(None),
            or_(message.c.state == "deferred", message.c.attempts == 0), ~_TASK.exists(),
            or_(message.c.expires.is_(None), message.c.expires > night.clock.now),
        )
        .order_by(message.c.message_id)
    )  # fmt: skip
    names = [column.name for column in message.c]
    with read(night.engine) as conn:
        rows = conn.execute(query).all()
        joined = _members(conn.execute(select(enrollment.c.subject, enrollment.c.members)).all()) if rows else {}
    found = [(Message(**dict(zip(names, row, strict=False))), row) for row in rows]
    return [_Old(one, row, joined.get(one.enrollment_id or "", ())) for one, row in found]


def _members(rows: Sequence[Row[Any]]) -> dict[str, tuple[str, ...]]:
    """Enrollment → the subjects of those that joined its conversation."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        for lead in (one.removeprefix(LEAD) for one in row.members or () if one.startswith(LEAD)):
            found[lead] = (*found.get(lead, ()), row.subject)
    return found


def _why(night: Night, known: People, one: Message) -> str:
    """What is not right about it any more; empty if nothing is."""
    text = text_hash(night.rules.files, one.template or "", one.language or "")
    contact = known.contacts.get(one.contact or "")
    if not text:
        return ""
    if contact is not None and contact.get("address_key") not in (None, one.address_key):
        return "the contact has another address"
    if one.queued_at is None or night.clock.now - one.queued_at < STALE:
        return ""
    if one.state == "held":
        return "it was held, and is written anew"
    if one.template_hash and one.template_hash != text:
        return "its text has changed"
    return ""


def _anew(night: Night, known: People, old: _Old, play: Play) -> Iterator[Letter]:
    """The letter as it would be written tonight; none if it still cannot be."""
    one, row = old.message, known.contacts.get(old.message.contact or "")
    if (
        row is None
        or one.account not in known.accounts
        or one.step not in {each.id for each in play.steps}
        or not row.get("address_key")
    ):
        return
    recipient = Recipient(
        one.contact or "", row.get("role") or "", row["address_key"], row.get("language") or "",
        row.get("timezone") or "", row.get("consent") or "",
    )  # fmt: skip
    verdict = Verdict(
        enrollment_id=one.enrollment_id or "", subject=one.subject or "", account=one.account or "",
        play=one.play or "", occurrence=one.occurrence or "", step=one.step or "", kind=play.step(one.step).kind,
        planned_on=old.role.planned_on, verdict="due", reason="written anew", recipients=(recipient,),
        by_hand=bool(old.role.by_hand), members=old.members,
    )  # fmt: skip
    yield from (letter for letter in letters(night, known, verdict, play) if letter.kept and not letter.problem)


def _replaced(night: Night, old: _Old, new: Letter, why: str) -> bool:
    """Supersede the old one and queue the new, unless somebody has moved the old one or the new one is there."""
    one, payload = old.message, new.event.payload
    key = payload["send_key"]
    revision = one.revision + 1 if key == one.send_key else 1
    id_ = message_id(key, revision)
    ours = {"message_id": id_, "revision": revision, "expires": one.expires.isoformat() if one.expires else None}
    ours["not_before"] = max(one.not_before or night.clock.now, night.clock.now).isoformat()
    event = Event(
        f"message:{id_}:queued", "message_queued", new.event.subject, night.clock.now, one.account, payload | ours
    )
    with begin(night.engine) as conn:
        if key != one.send_key and live(conn, [key]):
            return False
        if not move_all(conn, [Move(one, "message_superseded", night.clock.now, {"reason": why})], _OPEN):
            return False
        append(conn, event)
        if new.kept:
            keep_person(conn, replace(new.kept, message_id=id_))
    return True
