"""What people do to single messages: let one go, take one back, send one anew; each an event with who and why."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from models.errors import UsageError
from models.event import Event
from models.ids import message_id
from models.ledger import Message, PersonMessage
from models.message import FOLLOWS
from models.nearest import did_you_mean
from models.tables import enrollment
from tasks.mail.ledger import settle
from tasks.store import message_list, messages
from tasks.store.events import append

ANEW = ("refused", "expired", "canceled", "held")
_LIFE = timedelta(hours=36)
_KEPT = (
    "send_key", "account", "subject", "enrollment_id", "play", "step", "occurrence", "template", "language", "klass",
    "contact", "address_key", "channel", "deadline", "touch", "template_hash",
)  # fmt: skip
_PHASES = ("message_transmitting", "message_uncertain", "message_sent", "message_deferred", "message_refused")


@dataclass(frozen=True)
class Deed:
    """Who does it, why, and when by the nights' clock."""

    by: str
    reason: str
    at: datetime

    def told(self, what: str) -> str:
        """`released by nina: they have asked for it`."""
        return f"{what} by {self.by}" + (f": {self.reason}" if self.reason else "")


def message_of(conn: Connection, said: str) -> Message:
    """The message whose id begins like that.

    Raises:
        UsageError: none or several do, with the nearest ids.
    """
    ids = message_list.ids_like(conn, said) if said else []
    if len(ids) > 1 and said not in ids:
        raise UsageError(f"several messages begin with '{said}': {', '.join(ids)}")
    found = messages.get(conn, ids[0] if len(ids) == 1 else said)
    if found is None:
        near = did_you_mean(said, message_list.newest_ids(conn) or ["none yet"])
        raise UsageError(f"there is no message '{said}'; {near}")
    return found


def states_named(said: str | None) -> Collection[str]:
    """The states that are meant; none for all of them.

    Raises:
        UsageError: there is no such state, with the nearest one.
    """
    if said is None or said.lower() == "all":
        return ()
    if said.lower() not in FOLLOWS:
        raise UsageError(f"there is no message state '{said}'; {did_you_mean(said.lower(), FOLLOWS)}")
    return (said.lower(),)


def may_have_arrived(conn: Connection, message: Message) -> bool:
    """Whether its last transmission was never answered."""
    phases = [one.kind for one in message_list.events_of(conn, message) if one.kind in _PHASES]
    return bool(phases) and phases[-1] in ("message_transmitting", "message_uncertain")


def release(conn: Connection, message: Message, deed: Deed) -> None:
    """Queue a held message: it goes with the next delivery, if the last look finds nothing against it.

    Raises:
        UsageError: it is not held, may have arrived, has no words, or its time has passed.
    """
    id_ = message.message_id[:8]
    if message.state != "held":
        raise UsageError(f"message {id_} is {message.state}; only held ones can be released")
    if may_have_arrived(conn, message):
        raise UsageError(f"message {id_} may have arrived already: {_either(id_)}")
    if messages.person(conn, message.message_id) is None:
        raise UsageError(f"message {id_} has no words ({message.reason}); mend what is missing, and cancel it")
    if message.expires is not None and message.expires <= deed.at:
        when = f"{message.expires:%Y-%m-%d %H:%M}"
        raise UsageError(f"the time of message {id_} passed on {when} UTC; send it anew: perennial mail resend {id_}")
    payload = {"not_before": deed.at.isoformat(), "reason": deed.told("released"), "by": deed.by}
    settle(conn, message, {"held"}, "message_requeued", deed.at, **payload)


def cancel(conn: Connection, message: Message, deed: Deed) -> None:
    """Take a message back that has not gone; its step ends with it.

    Raises:
        UsageError: it has gone, may have, or has ended already.
    """
    payload = {"reason": deed.told("canceled"), "by": deed.by}
    if not settle(conn, message, {"queued", "deferred", "held"}, "message_canceled", deed.at, **payload):
        now = messages.get(conn, message.message_id) or message
        raise UsageError(f"message {message.message_id[:8]} is {now.state}; only what waits can be canceled")


def resend(conn: Connection, message: Message, deed: Deed, *, even_if_twice: bool = False) -> str:
    """Write a message anew as its next revision, with the same words; gives its id.

    Raises:
        UsageError: it is in no state for that, its conversation or its deadline is over, or it may have arrived and
            `even_if_twice` is false.
    """
    words = _may_go_anew(conn, message, deed, even_if_twice=even_if_twice)
    new = message_id(message.send_key, revision := message_list.last_revision(conn, message.send_key) + 1)
    moved = messages.move(
        conn, message.message_id, expected=set(ANEW), kind="message_superseded", effective_at=deed.at,
        payload={"reason": deed.told("sent anew"), "by": deed.by},
    )  # fmt: skip
    if not moved:
        raise UsageError(f"message {message.message_id[:8]} has been moved by somebody else")
    append(conn, _queued(message, new, revision, deed))
    messages.keep_person(conn, replace(words, message_id=new, bytes=None, postmark=None))
    return new


def _may_go_anew(conn: Connection, message: Message, deed: Deed, *, even_if_twice: bool) -> PersonMessage:
    """The words of a message that may be written anew."""
    id_, over = message.message_id[:8], _ended(conn, message)
    words, late = messages.person(conn, message.message_id), message.expires is not None and message.expires <= deed.at
    unknown = may_have_arrived(conn, message)
    problem = ""
    if message.state not in ANEW:
        problem = f"message {id_} is {message.state}; only {', '.join(ANEW[:-1])} ones and held ones can be sent anew"
    elif unknown and not even_if_twice:
        problem = f"message {id_} may have arrived already: {_either(id_)}"
    elif message.state == "held" and not unknown and not late:
        problem = f"message {id_} is held ({message.reason}); let it go with: perennial mail release {id_}"
    elif over:
        problem = f"the conversation of message {id_} has ended: nothing of it goes any more; write in person"
    elif message.deadline and late:
        problem = f"the deadline of message {id_} passed on {message.expires:%Y-%m-%d}; write in person"
    if words is None and not problem:
        problem = f"message {id_} has no words any more; they have been erased or were never written"
    if problem or words is None:
        raise UsageError(problem)
    return words


def _either(id_: str) -> str:
    """What to do where nobody can know."""
    return (
        f"ask the customer or look at the relay's log; then either `perennial mail cancel {id_} --reason ...`, or "
        f"`perennial mail resend {id_} --even-if-twice` if they should rather get it twice than never"
    )


def _ended(conn: Connection, message: Message) -> bool:
    """Whether the conversation is over."""
    query = select(enrollment.c.ended_on).where(enrollment.c.enrollment_id == message.enrollment_id)
    return conn.execute(query).scalar() is not None


def _queued(message: Message, new: str, revision: int, deed: Deed) -> Event:
    """The event that queues the next revision."""
    life = message.expires - message.not_before if message.expires and message.not_before else _LIFE
    ends = message.expires if message.deadline and message.expires else deed.at + max(life, timedelta(hours=1))
    payload = {name: getattr(message, name) for name in _KEPT} | {
        "message_id": new, "revision": revision, "not_before": deed.at.isoformat(), "expires": ends.isoformat(),
        "as_of": message.as_of.isoformat() if message.as_of else None, "state": "queued",
        "reason": deed.told("sent anew"), "by": deed.by,
    }  # fmt: skip
    return Event(
        f"message:{new}:queued",
        "message_queued",
        message.subject or f"message:{new}",
        deed.at,
        message.account,
        payload,
    )
