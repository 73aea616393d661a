"""What a delivery report does: a dead address gets no more mail, and nothing that had a deadline is lost with it."""

from datetime import timedelta

from sqlalchemy import Connection

from models.inbound import Classified
from models.ledger import Message
from models.message import INTERNAL
from tasks.inbox.asking import Asked, ask
from tasks.inbox.desk import Desk
from tasks.store import inbound
from tasks.store.suppressions import suppress

SEVERAL = 3
"""So many mails that met a full or sleeping mailbox within PERIOD make the address a dead one."""
PERIOD = timedelta(days=30)
COUNTED = "counted"
POLICY = "refused by a filter"


def bounced(conn: Connection, desk: Desk, message: Message, found: Classified, *, named: bool) -> str:
    """What came of it, in words.

    Args:
        conn: of the transaction that takes the mail.
        desk: the pass.
        message: ours.
        found: what the report means.
        named: whether the report is about the address that we wrote to; of another one, to which the customer forwards
            his mail, nobody can say that ours is dead.
    """
    if inbound.of_message(conn, message.message_id, "bounce"):
        return "told before"
    if message.channel in INTERNAL:
        ask(conn, desk, message, Asked("bounce", "An answer of a customer could not be handed on", found.why))
        return "task: the CSM's own address refuses mail"
    if found.verdict == "policy":
        return POLICY
    dead = found.verdict == "dead" and named
    if not dead and found.verdict in ("dead", COUNTED):
        dead = _earlier(conn, desk, message) + 1 >= SEVERAL
    if not dead:
        return COUNTED if found.verdict in ("dead", COUNTED) else ""
    return _dead(conn, desk, message, found.why)


def _dead(conn: Connection, desk: Desk, message: Message, code: str) -> str:
    """That address alone is suppressed; who was to be told of a deadline is told by the CSM."""
    suppress(conn, [message.address_key or ""], f"bounced ({code})", desk.clock.now, source="bounce")
    if not message.deadline:
        return "suppressed"
    ask(
        conn, desk, message,
        Asked(
            "bounce", f"A notice with a deadline did not arrive: {message.template or message.step}",
            f"The address of contact {message.contact} is dead ({code}). Reach the customer in another way.",
        ),
    )  # fmt: skip
    return "suppressed, task"


def _earlier(conn: Connection, desk: Desk, message: Message) -> int:
    """Other mails to this address that came back in the last 30 days, and count."""
    known = inbound.of_kinds(conn, ["bounce"], desk.clock.now - PERIOD)
    return len({one.message_id for one in known if one.address_key == message.address_key and one.effect == COUNTED})
