"""Deliver: everything that is due goes to the mail server, nothing twice, and what nobody can know is found out."""

import asyncio

from models.ledger import Message
from tasks.mail.look import look_at
from tasks.mail.resolve import expire, release_stuck, resolve
from tasks.mail.sender_lock import sender_lock
from tasks.mail.sending import Sender
from tasks.mail.transport import Transport, choose
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.messages import due

BATCH = 10_000
"""Messages of one run at most; the next run, ten minutes later, takes the others."""


def deliver(night: Night, transport: Transport | None = None) -> dict[str, int]:
    """Send what is due by the night's clock; a played day is played through to its end.

    What an earlier sender left behind is resolved first. A message is tried once a run.

    Args:
        night: gives clock, settings, database, lake.
        transport: where mail goes; the settings' choice if None.

    Returns:
        State → number of messages that this run brought there.

    Raises:
        MailServerAway: the server cannot be used; what has not gone stays queued.
        Busy: another sender is at it.
    """
    way = transport or choose(night.settings, night.clock)
    with sender_lock(night.engine, night.settings.var / "sender.lock"):
        now = night.clock.now
        release_stuck(night.engine, now)
        again = resolve(night.engine, way, night.settings.mail_from, now)
        expired = expire(night.engine, now)
        with read(night.engine) as conn:
            waiting = due(conn, night.clock.until, BATCH)
        sent = _send(night, way, waiting, again) if waiting or again else {}
    return {name: count for name, count in {**sent, "expired": sent.get("expired", 0) + expired}.items() if count}


def _send(night: Night, way: Transport, waiting: list[Message], again: list[Message]) -> dict[str, int]:
    """One run of sending, with tonight's last look."""
    company = night.rules.company.company
    look = look_at(night, {message.contact for message in waiting if message.contact})
    sender = Sender(night.engine, way, look, night.clock, night.settings.mail_from, company.sender_name)
    asyncio.run(sender.send(waiting, again))
    return dict(sender.counts)
