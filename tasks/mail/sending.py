"""Sending what is due: claim, look, transmit, note the answer; many at once, and many to a commit."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from models.ceiling import none_taken, too_many
from models.company import Sending
from models.errors import Away, PerennialError
from models.ledger import Message
from tasks.failpoint import failpoint
from tasks.mail.answers import Given
from tasks.mail.desk import Act, Desk, Started
from tasks.mail.group import Group
from tasks.mail.line import Line
from tasks.mail.look import Look
from tasks.mail.pace import Pace
from tasks.mail.post import Carrier, Connect, Ready
from tasks.mail.smtp import Answer

CONNECTIONS = 4
AT_ONCE = 50
"""Messages claimed in one transaction at most."""


class _TakenAway(PerennialError):
    """Somebody else moved the message between claim and DATA, or it was stopped; nothing was sent."""


@dataclass
class Sender:
    """One run of sending over one way; `send` may be called for one part of the messages after the other.

    Attributes:
        desk: what is written into the ledger.
        limits: connections, canary and ceiling of errors.
        pace: when the next may be claimed.
        answers: state → mails that a server brought there.
        ended: why this run claims nothing more; empty if it does.
    """

    desk: Desk
    limits: Sending
    pace: Pace
    answers: Counter[str] = field(default_factory=Counter)
    ended: str = ""
    _clerk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "clerk"))
    _notes: Group[Act, Ready | None] = field(init=False)
    _open: set["asyncio.Future[Any]"] = field(default_factory=set)

    async def send(self, messages: Sequence[Message], look: Look) -> None:
        """Send the messages: those that are due, and the uncertain ones, whose transmission is repeated.

        Args:
            messages: in the order in which they go.
            look: at those they go to.

        Raises:
            Away: there is no getting through; what has not gone stays as it is.
        """
        if not messages or self.ended or self.desk.is_stopped():
            return
        self.desk.look = look
        self.pace.add(messages, self.desk.domains(messages) if self.limits.domain_per_minute else {})
        self._notes = Group(self.desk.note, self._clerk)
        line = Line(AT_ONCE)
        async with self.desk.post.open() as connect:
            first = await self._first(connect)
            carriers = [first, *[None] * (min(self.limits.connections, len(messages)) - 1)]
            work = [self._guarded(line, self._work(line, connect, one)) for one in carriers]
            feed = self._guarded(line, self._feed(line))
            ended = await asyncio.gather(feed, *work, return_exceptions=True)
        ended += await asyncio.gather(*self._open, return_exceptions=True)
        self._open.clear()
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    def close(self) -> None:
        """The run is over."""
        self._clerk.shutdown()

    async def _first(self, connect: Connect) -> Carrier:
        """A connection stands before anything is claimed; a login that is refused stops all mail."""
        try:
            return await connect()
        except Away as error:
            if error.halts:
                await self._clerks(self.desk.stop, error.halts)
            raise

    async def _guarded(self, line: Line, work: Any) -> None:
        """When one of all fails, the others finish what they have in hand, and no more is begun."""
        try:
            await work
        except BaseException as error:
            await self._end(line, str(error))
            raise

    async def _end(self, line: Line, reason: str) -> None:
        """Nothing more is begun in this run; what was claimed for it is queued again."""
        self.ended = self.ended or reason or "interrupted"
        self.pace.end()
        if left := await line.close(now=True):
            await self._clerks(self.desk.give_back, left, self.ended)

    async def _feed(self, line: Line) -> None:
        """Claim as many as the pace allows, and put them into the line; the first few are waited for."""
        while batch := await self.pace.next(self._room()):
            if await self._clerks(self.desk.is_stopped):
                return await self._end(line, "all mail is stopped")
            claimed = await self._clerks(self.desk.claim, batch)
            for _ in claimed:
                failpoint("claimed")
            if left := [one for one in claimed if not await line.put(one)]:
                await self._clerks(self.desk.give_back, left, self.ended)
            if self._canary() > 0:
                await line.quiet()
                await self._judge(line)
            if line.over:
                return None
        await line.close()
        return None

    def _canary(self) -> int:
        """How many answers are still waited for before the rest is claimed."""
        return self.limits.canary - sum(self.answers.values())

    def _room(self) -> int:
        """How many may be claimed at once."""
        return min(AT_ONCE, self._canary()) if self._canary() > 0 else AT_ONCE

    async def _judge(self, line: Line) -> None:
        """Whether the answers so far let the others follow."""
        if none_taken(self.answers) and self._canary() <= 0 < self.limits.canary:
            await self._end(line, "the server took none of the first mails: later")
        elif reason := too_many(self.answers, self.limits.canary, self.limits.errors):
            await self._clerks(self.desk.stop, reason)
            await self._end(line, reason)

    async def _work(self, line: Line, connect: Connect, carrier: Carrier | None) -> None:
        """One connection's share."""
        ready: Ready | None = None
        try:
            while ready := await line.get():
                try:
                    carrier = carrier or await connect()
                except BaseException:
                    await self._clerks(self.desk.give_back, [ready], "no connection could be opened")
                    raise
                answer = await self._one(carrier, ready)
                if answer.broken:
                    carrier.close()
                    carrier = None
                await line.done()
                await self._after(line, answer)
        finally:
            if carrier is not None:
                await carrier.quit()

    async def _one(self, carrier: Carrier, ready: Ready) -> Answer:
        """One message, from its recipient to its answer, which is recorded while the next one goes."""
        on_the_way = ready.message

        async def before() -> bytes:
            nonlocal on_the_way
            begun = await self._notes.ask(Started(ready))
            if begun is None:
                raise _TakenAway("another sender has it")
            on_the_way = begun.message
            failpoint("transmitting")
            return begun.content

        try:
            answer = await carrier.send(ready, before)
        except _TakenAway:
            return Answer("deferred", "", broken=True)
        self.answers[answer.state] += 1
        noted = self._notes.ask(Given(on_the_way, answer, self.desk.when(ready.message)))
        self._open.add(noted)
        noted.add_done_callback(self._noted)
        return answer

    def _noted(self, noted: "asyncio.Future[Any]") -> None:
        """The answer is in the ledger."""
        if not noted.cancelled() and noted.exception() is None:
            self._open.discard(noted)
            failpoint("sent")

    async def _after(self, line: Line, answer: Answer) -> None:
        """What the answer means for all that come after it."""
        if answer.halts:
            await self._end(line, answer.halts)
        elif self._canary() <= 0 and answer.state == "refused":
            await self._judge(line)

    async def _clerks(self, work: Any, *arguments: Any) -> Any:
        """Have the clerk do it: the database is used by one thread at a time, and the connections go on."""
        return await asyncio.get_running_loop().run_in_executor(self._clerk, work, *arguments)
