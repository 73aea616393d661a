"""Deliver: everything that is due goes to the mail server, nothing twice, and what nobody can know is found out."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from models.errors import Away
from models.ledger import Message
from models.message import OUTBOX
from tasks.mail.look import look_at
from tasks.mail.mail_post import MailPost
from tasks.mail.post import Post
from tasks.mail.resolve import expire, release_stuck, resolve
from tasks.mail.sender_lock import sender_lock
from tasks.mail.sending import Sender
from tasks.mail.transport import Transport, choose
from tasks.night import Night
from tasks.outbox.post import OutboxPost, choose_outbox
from tasks.store.engine import read
from tasks.store.messages import due

BATCH = 10_000
"""Messages of one run at most; the next run, ten minutes later, takes the others."""


def deliver(night: Night, transport: Transport | None = None, outbox: OutboxPost | None = None) -> dict[str, int]:
    """Send what is due by the night's clock; a played day is played through to its end.

    What an earlier sender left behind is resolved first. A message is tried once a run.

    Args:
        night: gives clock, settings, database, lake.
        transport: where mail goes; the settings' choice if None.
        outbox: where everything else goes; the settings' choice if None.

    Returns:
        State → number of messages that this run brought there.

    Raises:
        Away: a server cannot be used; what has not gone stays queued. What goes another way has gone.
        Busy: another sender is at it.
    """
    way = transport or choose(night.settings, night.clock)
    mail = MailPost.of(night, way)
    with sender_lock(night.engine, night.settings.var / "sender.lock"):
        now = night.clock.now
        release_stuck(night.engine, now)
        again = resolve(night.engine, way, night.settings.mail_from, now)
        counts = Counter({"expired": expire(night.engine, now)})
        with read(night.engine) as conn:
            waiting = due(conn, night.clock.until, BATCH)
        _send(night, mail, outbox or choose_outbox(night), [*again, *waiting], counts)
    return {name: count for name, count in counts.items() if count}


def _send(night: Night, mail: Post, outbox: Post, messages: Sequence[Message], counts: Counter[str]) -> None:
    """One run of sending, each message by its way, with tonight's last look."""
    if not messages:
        return
    look = look_at(night, {message.contact for message in messages if message.contact})
    away: Away | None = None
    for post, mine in ((mail, _by_mail(messages)), (outbox, [one for one in messages if one.channel in OUTBOX])):
        sender = Sender(night.engine, post, look, night.clock, counts)
        try:
            asyncio.run(sender.send(mine))
        except Away as error:
            away = away or error
    if away:
        raise away


def _by_mail(messages: Sequence[Message]) -> list[Message]:
    """Those that leave by SMTP."""
    return [message for message in messages if message.channel not in OUTBOX]
