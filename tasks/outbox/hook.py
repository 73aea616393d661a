"""The outbox as a webhook: one POST a message, which may be repeated because each carries its key."""

from dataclasses import dataclass
from typing import Literal

import httpx

from models.errors import Away
from tasks.failpoint import failpoint
from tasks.mail.post import Ready
from tasks.mail.smtp import Answer, Before

SECONDS = 10.0
"""How long the webhook may take for one message."""
MISSES = 3
"""So many messages in a row without an answer, and the rest of the run stays queued."""
LATER = frozenset({408, 409, 425, 429})
"""4xx that mean: not now."""


class OutboxAway(Away):
    """The outbox's webhook does not answer; what was to be sent stays queued."""


@dataclass
class HookCarrier:
    """Posts messages to an address; `misses` counts those that got no answer at all."""

    client: httpx.AsyncClient
    address: str
    misses: int = 0

    async def connect(self) -> "HookCarrier":
        """Itself, unless nobody seems to be there.

        Raises:
            OutboxAway: several messages in a row got no answer.
        """
        if self.misses >= MISSES:
            raise OutboxAway("the webhook of the outbox does not answer; what has not gone stays queued")
        return self

    async def send(self, ready: Ready, before: Before) -> Answer:
        """Post one message; its id is the key by which the other side takes it once."""
        content = await before()
        headers = {"Content-Type": "application/json", "Idempotency-Key": ready.message.message_id}
        try:
            reply = await self.client.post(self.address, content=content, headers=headers)
        except httpx.HTTPError as error:
            self.misses += 1
            return Answer("deferred", type(error).__name__, broken=True)
        failpoint("outbox_posted")
        self.misses = 0
        return Answer(_state(reply.status_code), f"HTTP {reply.status_code}")

    async def quit(self) -> None:
        """The client is shared, and closed by whoever opened it."""

    def close(self) -> None:
        """The client is shared, and closed by whoever opened it."""


def _state(code: int) -> Literal["sent", "deferred", "refused"]:
    """2xx is taken, 4xx refused for good; anything else is tried again later."""
    if code // 100 == 2:
        return "sent"
    return "refused" if code // 100 == 4 and code not in LATER else "deferred"
