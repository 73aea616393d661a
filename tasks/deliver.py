"""Deliver: everything that is due goes to the mail server, nothing twice, and what nobody can know is found out."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.company import Sending
from models.errors import Away
from models.landing import Landing
from models.ledger import Message
from models.message import OUTBOX
from tasks.mail.desk import Desk
from tasks.mail.epoch import Epoch
from tasks.mail.look import look_at
from tasks.mail.mail_post import MailPost
from tasks.mail.overdue import expire, is_put_off
from tasks.mail.pace import Pace
from tasks.mail.resolve import release_stuck, resolve
from tasks.mail.sender_lock import sender_lock
from tasks.mail.sending import Sender
from tasks.mail.transport import LOOPBACK, Transport, choose
from tasks.night import Night
from tasks.outbox.post import OutboxPost, choose_outbox
from tasks.store import landings
from tasks.store.engine import read
from tasks.store.messages import due_ids, of_ids
from tasks.unsent import hand_over

BATCH = 100_000
"""Messages of one run at most; the next run, ten minutes later, takes the others."""
CHUNK = 2_000
"""Messages that are looked up at a time: memory stays flat however many are due."""
SECONDS = 540.0
"""A run that has to go slowly claims nothing more after so long: the next one begins ten minutes after it."""
BY_OUTBOX = Sending(canary=0)


def deliver(night: Night, transport: Transport | None = None, outbox: OutboxPost | None = None) -> dict[str, int]:
    """Send what is due by the night's clock; a played day is played through to its end.

    What a dead sender left behind is resolved first. A message is tried once a run.

    Args:
        night: gives clock, settings, database, lake.
        transport: where mail goes; the settings' choice if None.
        outbox: where everything else goes; the settings' choice if None.

    Returns:
        State → number of messages that this run brought there.

    Raises:
        Away: a server cannot be used; what has not gone stays queued. What goes another way has gone.
        Busy: on SQLite, another sender is at it.
    """
    way = transport or choose(night.settings, night.clock)
    with sender_lock(night.engine, night.settings.var / "sender.lock") as crew:
        now, living = night.clock.now, crew.living()
        release_stuck(night.engine, now, living)
        again = resolve(night.engine, way, night.settings.mail_from, now)
        counts = Counter({"expired": len(over := expire(night.engine, now))})
        if any(is_put_off(one) for one in over):
            hand_over(night, _landed(night))
        senders = _senders(night, way, outbox or choose_outbox(night), Desks(crew.me, len(living), counts))
        with read(night.engine) as conn:
            waiting = due_ids(conn, night.clock.until, BATCH)
        try:
            asyncio.run(_send_all(night, senders, again, waiting))
        finally:
            for sender in senders:
                sender.close()
    return {name: count for name, count in counts.items() if count}


def _landed(night: Night) -> list[Landing]:
    """What is known of accounts by now."""
    with read(night.engine) as conn:
        return landings.landed(conn, landings.watermark(conn))


@dataclass(frozen=True)
class Desks:
    """What the two ways of a run share: who sends, among how many, and what became of the messages."""

    me: str
    senders: int
    counts: Counter[str]


def _senders(night: Night, way: Transport, outbox: OutboxPost, desks: Desks) -> tuple[Sender, Sender]:
    """Mail's and the outbox's. What stays on this machine has no limits."""
    given = night.rules.company.sending
    free = Sending(connections=given.connections, canary=given.canary, errors=given.errors)
    limits = free if way.via == LOOPBACK else given
    mail = MailPost.of(night, way)
    epoch = None if way.via == LOOPBACK else Epoch(night.settings.home / "epoch")
    if epoch:
        epoch.fence(night.engine, night.clock.now)
    by_mail = Desk(night.engine, mail, night.clock, desks.me, epoch=epoch, counts=desks.counts)
    by_outbox = Desk(night.engine, outbox, night.clock, desks.me, mail=False, counts=desks.counts)
    seconds = float("inf") if limits == free else SECONDS
    return Sender(by_mail, limits, Pace(limits, desks.senders, seconds)), Sender(by_outbox, BY_OUTBOX, Pace(BY_OUTBOX))


async def _send_all(
    night: Night, senders: tuple[Sender, Sender], again: Sequence[Message], waiting: Sequence[str]
) -> None:
    """Those that are to be repeated, then all that is due, with tonight's look at whom they go to."""
    away: Away | None = None
    for messages in _chunks(night, again, waiting):
        look = look_at(night, {one.contact for one in messages if one.contact})
        for sender in senders:
            mine = [one for one in messages if (one.channel not in OUTBOX) == sender.desk.mail]
            try:
                await sender.send(mine, look)
            except Away as error:
                away = away or error
    if away:
        raise away


def _chunks(night: Night, again: Sequence[Message], waiting: Sequence[str]) -> Iterator[Sequence[Message]]:
    """Messages a few at a time."""
    if again:
        yield again
    for start in range(0, len(waiting), CHUNK):
        with read(night.engine) as conn:
            chunk = of_ids(conn, waiting[start : start + CHUNK])
        yield chunk
