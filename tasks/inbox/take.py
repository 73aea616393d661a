"""Taking one mail: what it is, what it does, and that it was received, in one transaction; the second time nothing."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from models.ids import made_of
from models.inbound import Classified, classify, ways
from models.incoming import Incoming
from models.ledger import Message
from tasks.inbox.bounced import bounced
from tasks.inbox.desk import Desk
from tasks.inbox.replied import replied
from tasks.inbox.wishes import complained, unsubscribed
from tasks.store import inbound, messages
from tasks.store.inbound import Received, Words


def take(conn: Connection, desk: Desk, mail: Incoming, content: bytes) -> Received | None:
    """Do what the mail asks for; what was received, or None if it was before.

    Args:
        conn: of `begin`; all effects are in its transaction.
        desk: the pass.
        mail: as it was read.
        content: its bytes, kept with an answer that a person wrote.
    """
    found = ways(mail, desk.settings.links, desk.domain, desk.clock.as_of)
    ours = {way.message_id: one for way in found if (one := _reached(conn, way.message_id))}
    mail, named = _narrowed(desk, mail, list(ours.values()))
    told = classify(mail, found, ours, own=bool(ours) and desk.is_own(mail))
    message = ours.get(told.message_id or "")
    id_ = made_of("inbound", mail.key, told.message_id or "")
    if inbound.get(conn, id_) is not None:
        return None
    effect = _effect(conn, desk, mail, (told, message, id_), named=named) if message else None
    received = _received(desk, mail, told, message)
    received = replace(received, inbound_id=id_, effect=effect or None)
    inbound.receive(conn, received, _words(mail, told, content))
    return received


def _reached(conn: Connection, message_id: str) -> Message | None:
    """The message, if its transmission ever began."""
    found = messages.get(conn, message_id)
    return found if found and found.attempts > 0 else None


def _narrowed(desk: Desk, mail: Incoming, ours: Sequence[Message]) -> tuple[Incoming, bool]:
    """The mail with those reports alone that name an address we wrote to, if any does; and whether so.

    A report that names nobody is about the one address that its message went to.
    """
    keys = {one.address_key for one in ours}
    own = [one for one in mail.reports if not one.recipients or keys & {desk.key_of(each) for each in one.recipients}]
    return (replace(mail, reports=tuple(own)), True) if own else (mail, False)


def _effect(conn: Connection, desk: Desk, mail: Incoming, told: tuple[Classified, Message, str], *, named: bool) -> str:
    """What it does, and what came of it in words; nothing but what stands here does anything."""
    found, message, inbound_id = told
    match found.kind:
        case "bounce":
            return bounced(conn, desk, message, found, named=named)
        case "complaint":
            return complained(conn, desk, message)
        case "unsubscribe":
            return unsubscribed(conn, desk, message)
        case "reply":
            return replied(conn, desk, message, mail, inbound_id)
        case _:
            return ""


def _received(desk: Desk, mail: Incoming, told: Classified, message: Message | None) -> Received:
    """The row, without its id and effect. An answer is its writer's, who need not be whom we wrote to."""
    row = Received("", desk.clock.now, told.kind, told.why or None)
    if message is None:
        return row
    row = replace(row, **inbound.about(message))
    if told.kind != "reply" or not mail.sender:
        return row
    key = desk.key_of(mail.sender)
    if key == message.address_key:
        return row
    return replace(row, address_key=key, contact=desk.owners.contact_of(message.account, key))


def _words(mail: Incoming, told: Classified, content: bytes) -> Words | None:
    """What is kept of a person's words; a machine's are nobody's."""
    if told.kind != "reply":
        return None
    return Words(mail.sender, mail.subject, mail.text, content if mail.whole else None)
