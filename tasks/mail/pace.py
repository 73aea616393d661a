"""When the next messages may be claimed: limits a minute, for the server and for each recipient's domain."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from aiolimiter import AsyncLimiter

from models.company import Sending
from models.ledger import Message

_PAUSE = 0.05


class Pace:
    """Deals out messages, lane by lane, as fast as the limits allow.

    Args:
        limits: mails a minute, over all senders of the installation.
        share: how many senders there are: each takes its part of the limits.
        seconds: how long this run may wait for its turn; what does not fit stays queued for the next one.
    """

    def __init__(self, limits: Sending, share: int = 1, seconds: float = float("inf")) -> None:
        self._server = _limiter(limits.per_minute, share)
        self._a_domain = limits.domain_per_minute
        self._share = share
        self._until = time.monotonic() + seconds
        self._lanes: dict[str, deque[Message]] = {}
        self._limiters: dict[str, AsyncLimiter | None] = {}

    def add(self, messages: Iterable[Message], domains: Mapping[str, str]) -> None:
        """Messages that wait for their turn, each in the lane of its recipient's domain, where their order stays."""
        for one in messages:
            lane = domains.get(one.message_id, "")
            self._lanes.setdefault(lane, deque()).append(one)
            if lane not in self._limiters:
                self._limiters[lane] = _limiter(self._a_domain, self._share)

    async def next(self, most: int) -> Sequence[Message]:
        """The next few, once there is room for one; none when all have gone, or the time of this run is over."""
        while any(self._lanes.values()) and time.monotonic() < self._until:
            if batch := await self._ready(most):
                return batch
            await asyncio.sleep(_PAUSE)
        self._lanes.clear()
        return []

    def end(self) -> None:
        """Deal out nothing more."""
        self._lanes.clear()

    async def _ready(self, most: int) -> list[Message]:
        """Those that may go now, a lane after the other."""
        batch: list[Message] = []
        for lane, waiting in self._lanes.items():
            limiter = self._limiters[lane]
            while waiting and len(batch) < most and _has_room(limiter) and _has_room(self._server):
                for one in filter(None, (limiter, self._server)):
                    await one.acquire()
                batch.append(waiting.popleft())
        return batch


def _has_room(limiter: AsyncLimiter | None) -> bool:
    return limiter is None or limiter.has_capacity()


def _limiter(per_minute: int | None, share: int) -> AsyncLimiter | None:
    """A bucket that holds what a second may bring, at least one: no minute gets more than its limit."""
    if per_minute is None:
        return None
    rate = per_minute / share / 60  # mails a second
    burst = max(1.0, rate)
    return AsyncLimiter(burst, burst / rate)
