"""Answers of people: recorded, and handed on to the CSM through the ledger."""

from datetime import timedelta

from sqlalchemy import Connection

from models.event import Event
from models.ids import made_of, message_id
from models.incoming import Incoming
from models.ledger import Message, PersonMessage
from tasks.inbox.asking import Asked, ask
from tasks.inbox.desk import Desk
from tasks.inbox.owners import Csm
from tasks.store.events import append
from tasks.store.messages import keep_person

LIFE = timedelta(days=14)
"""So long it is tried to hand an answer on."""
STOP_WORDS = frozenset(
    {
        "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me", "remove me", "stop", "opt out",
        "abmelden", "abbestellen", "bitte abmelden", "austragen", "désabonner", "se désabonner", "désinscription",
        "darse de baja", "baja", "cancelar suscripción", "отписаться", "отписка", "отпишите меня", "إلغاء الاشتراك",
    }
)  # fmt: skip
"""Subjects that say nothing but that somebody wants no more mail; what he means is for a person to find out."""


def replied(conn: Connection, desk: Desk, message: Message, mail: Incoming, inbound_id: str) -> str:
    """Hand it on; what came of it, in words."""
    done = []
    if mail.subject.lower().strip(" .!?") in STOP_WORDS:
        words = f"Contact {message.contact} answered {message.template} with that subject alone. Ask what is meant."
        ask(conn, desk, message, Asked("unsubscribe", "A customer may want no more mail", words))
        done.append("task")
    csm = desk.owners.csm_of(message.account)
    if csm.email:
        _forward(conn, desk, message, (mail, csm), inbound_id)
        return ", ".join(["forwarded", *done])
    words = f"The account has no CSM with an address: read the answer by `perennial inbox --show {inbound_id}`."
    ask(conn, desk, message, Asked("reply", "A customer has answered", words))
    return ", ".join(dict.fromkeys([*done, "task"]))


def _forward(conn: Connection, desk: Desk, message: Message, said: tuple[Incoming, Csm], inbound_id: str) -> None:
    """Queue it as a message of its own; it belongs to no step, so no step ends with it."""
    mail, csm = said
    now, key = desk.clock.now, made_of("send", "forward", inbound_id)
    id_ = message_id(key, 1)
    payload = {
        "message_id": id_, "send_key": key, "revision": 1, "account": message.account, "enrollment_id": None,
        "play": None, "step": None, "occurrence": inbound_id, "template": None, "language": None, "klass": None,
        "contact": None, "address_key": desk.key_of(csm.email), "not_before": now.isoformat(),
        "expires": (now + LIFE).isoformat(), "deadline": False, "touch": False, "as_of": desk.clock.as_of.isoformat(),
        "channel": "forward", "state": "queued", "reason": None,
    }  # fmt: skip
    subject = message.subject or f"message:{message.message_id}"
    append(conn, Event(f"message:{id_}:queued", "message_queued", subject, now, message.account, payload))
    account = desk.owners.name_of(message.account)
    keep_person(conn, PersonMessage(
        id_, recipient=csm.email, name=csm.name, sender=f"{mail.name or 'A customer'} ({account})",
        reply_to=mail.sender or None, subject=mail.subject or "An answer", text=_body(message, mail, account), html="",
    ))  # fmt: skip


def _body(message: Message, mail: Incoming, account: str) -> str:
    """What the CSM reads first."""
    about = f"{message.play}, {message.step}" if message.play else "a mail of ours"
    rest = (
        "The whole mail is attached." if mail.whole else "The mail is too large to be attached; it is in the mailbox."
    )
    head = f"{mail.name or mail.sender} <{mail.sender}> of {account} answered ({about})."
    return (
        f"{head}\nAnswer this mail, and your answer goes to the customer.\n\n{mail.text or '(no text)'}\n\n--\n{rest}\n"
    )
