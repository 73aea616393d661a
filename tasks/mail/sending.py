"""Sending what is due: claim, look, transmit, note the answer; each step committed before the next."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from models.clock import Clock
from models.errors import PerennialError, RenderError
from models.ledger import Message, PersonMessage
from models.message import WAITING
from tasks.failpoint import failpoint
from tasks.mail.ledger import settle
from tasks.mail.look import Finding, Look, last_look, later
from tasks.mail.post import Carrier, Connect, Post, Ready
from tasks.mail.smtp import Answer
from tasks.store.engine import begin
from tasks.store.messages import claim, keep_bytes, move, person
from tasks.store.suppressions import is_suppressed
from tasks.store.switches import EVERYTHING, is_stopped

CONNECTIONS = 4
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=5), timedelta(hours=4)


class _TakenAway(PerennialError):
    """Somebody else moved the message between claim and DATA; nothing was sent."""


@dataclass
class Sender:
    """One run of sending over one way.

    Attributes:
        counts: what became of the messages of this run, by state.
    """

    engine: Engine
    post: Post
    look: Look
    clock: Clock
    counts: Counter[str] = field(default_factory=Counter)

    async def send(self, messages: Sequence[Message]) -> None:
        """Send the messages: those that are due, and the uncertain ones, whose transmission is repeated.

        Raises:
            Away: there is no getting through; what has not gone stays as it is.
        """
        if not messages:
            return
        waiting = deque(messages)
        async with self.post.open() as connect:
            workers = [self._work(connect, waiting) for _ in range(min(CONNECTIONS, len(waiting)))]
            ended = await asyncio.gather(*workers, return_exceptions=True)
        for error in filter(None, ended):
            raise error

    async def _work(self, connect: Connect, waiting: deque[Message]) -> None:
        """One connection's share; a connection stands before anything is claimed."""
        courier: Carrier | None = None
        try:
            while waiting:
                courier = courier or await connect()
                answer = await self._one(courier, waiting.popleft()) if waiting else None
                if answer is not None and answer.broken:
                    courier.close()
                    courier = None
        except BaseException:
            waiting.clear()
            raise
        finally:
            if courier is not None:
                await courier.quit()

    async def _one(self, courier: Carrier, message: Message) -> Answer | None:
        """One message, from its claim to its answer; None when it does not go."""
        at = max(self.clock.now, message.not_before or self.clock.now)
        ready = self._again(message, at) if message.state == "uncertain" else self._claimed(message, at)
        if ready is None:
            return None
        failpoint("claimed")
        try:
            answer = await courier.send(ready, lambda: self._transmitting(ready, at))
        except _TakenAway:
            return Answer("deferred", "", broken=True)
        self._answered(message, answer, at)
        failpoint("sent")
        return answer

    def _claimed(self, message: Message, at: datetime) -> Ready | None:
        """Claim and last look in one transaction; what stands against the message is noted instead."""
        with begin(self.engine) as conn:
            expired = message.expires is not None and message.expires <= at
            if expired:
                reason = message.reason or "its time passed before it could be sent"
                self._note(settle(conn, message, WAITING, "message_expired", at, reason=reason), "expired")
                return None
            if not claim(conn, message.message_id, at):
                return None
            letter = person(conn, message.message_id)
            found = last_look(conn, self.look, message, at) or self._against(letter)
            if found is None and letter is not None:
                try:
                    return self.post.ready(conn, message, letter, at)
                except RenderError as error:
                    found = Finding("message_refused", {"reason": str(error)})
            if found is not None:
                settle(conn, message, {"claimed"}, found.kind, at, **found.payload)
                self._note(moved=True, state=found.kind.removeprefix("message_"))
        return None

    def _again(self, message: Message, at: datetime) -> Ready | None:
        """An uncertain message that goes again, unless a person has stopped it since."""
        with begin(self.engine) as conn:
            stopped = is_stopped(conn, EVERYTHING, message.play or "", message.template or "")
            letter = person(conn, message.message_id)
            if (
                stopped
                or letter is None
                or is_suppressed(conn, message.address_key or "", message.klass or "service", message.play or "")
            ):
                reason = "it may have arrived; it was not sent again because it was stopped, suppressed or erased"
                self._note(settle(conn, message, {"uncertain"}, "message_held", at, reason=reason), "held")
                return None
            return self.post.ready(conn, message, letter, at)

    def _against(self, letter: PersonMessage | None) -> Finding | None:
        """What stands against the recipient himself."""
        if letter is None:
            return Finding("message_canceled", {"reason": "its words have been erased"})
        refusal = self.post.refusal(letter.recipient)
        return Finding("message_held", {"reason": refusal}) if refusal else None

    def _transmitting(self, ready: Ready, at: datetime) -> bytes:
        """The recipient is accepted: say durably that the message may be out from now on."""
        payload = {"attempt": ready.message.attempts + 1, "via": self.post.via}
        if ready.message.state == "uncertain":
            payload["reason"] = self.post.repeated
        id_ = ready.message.message_id
        with begin(self.engine) as conn:
            content = keep_bytes(conn, id_, ready.content)
            expected = {"claimed", "uncertain"}
            if not move(conn, id_, expected=expected, kind="message_transmitting", effective_at=at, payload=payload):
                raise _TakenAway("another sender has it")
        failpoint("transmitting")
        return content

    def _answered(self, message: Message, answer: Answer, at: datetime) -> None:
        """Note the answer. What was refused before a repeated transmission began is still uncertain: a person looks."""
        payload = {"reply": answer.reply}
        if answer.state in {"refused", "uncertain"}:
            payload["reason"] = answer.reply
        if answer.state == "deferred":
            payload["not_before"] = self._retry_at(message, at).isoformat()
        with begin(self.engine) as conn:
            moved = settle(conn, message, {"claimed", "transmitting"}, f"message_{answer.state}", at, **payload)
            if not moved and answer.state == "refused":
                settle(
                    conn, message, {"uncertain"}, "message_held", at, reason=f"may have arrived; then {answer.reply}"
                )
        self._note(moved, answer.state)

    def _retry_at(self, message: Message, at: datetime) -> datetime:
        """After 5 minutes, then twice as long each time, up to 4 hours; never outside the contact's hours."""
        delay = min(FIRST_DELAY * 2 ** min(message.attempts, 6), LONGEST_DELAY)
        return later(self.look, message, at + delay)

    def _note(self, moved: bool, state: str) -> None:  # noqa: FBT001 — the move's own answer
        """Count what became of a message."""
        if moved:
            self.counts["queued" if state == "requeued" else state] += 1
