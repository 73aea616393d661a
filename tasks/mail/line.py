"""The line between claiming and transmitting: bounded, so that little is claimed that does not go at once."""

import asyncio
from collections import deque

from tasks.mail.post import Ready


class Line:
    """Messages that are claimed and wait for a connection.

    Args:
        room: so many may wait; who brings more waits himself.
    """

    def __init__(self, room: int) -> None:
        self._room, self._waiting, self._out, self._over = room, deque[Ready](), 0, False
        self._news = asyncio.Condition()

    @property
    def over(self) -> bool:
        """Whether nothing more is taken."""
        return self._over

    async def put(self, ready: Ready) -> bool:
        """Bring one, once there is room; False when the line is closed."""
        async with self._news:
            await self._news.wait_for(lambda: self._over or len(self._waiting) < self._room)
            if not self._over:
                self._waiting.append(ready)
                self._news.notify_all()
            return not self._over

    async def get(self) -> Ready | None:
        """Take the next; None when the line is closed and empty. `done` is to be called for each."""
        async with self._news:
            await self._news.wait_for(lambda: self._over or bool(self._waiting))
            if not self._waiting:
                return None
            self._out += 1
            self._news.notify_all()
            return self._waiting.popleft()

    async def done(self) -> None:
        """One that was taken has its answer."""
        async with self._news:
            self._out -= 1
            self._news.notify_all()

    async def quiet(self) -> None:
        """Wait until all that was brought has its answer, or the line is closed."""
        async with self._news:
            await self._news.wait_for(lambda: self._over or not (self._waiting or self._out))

    async def close(self, *, now: bool = False) -> list[Ready]:
        """Nothing more comes; with `now`, what still waits is given back instead of being taken."""
        async with self._news:
            self._over = True
            left = list(self._waiting) if now else []
            if now:
                self._waiting.clear()
            self._news.notify_all()
            return left
