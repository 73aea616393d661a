"""Rounds of a campaign: new messages, a sender that is killed, and again, until one ends by itself."""

import random
import time

from tests.crash.processes import KILLED
from tests.crash.site import Site

MESSAGES = 25
"""New messages a round."""


class Rounds:
    """Kills the senders of one site.

    Attributes:
        kills: how many it has killed.
    """

    def __init__(self, place: Site, seed: int) -> None:
        self.site = place
        self.moments = random.Random(seed)
        self.kills = 0
        self.length = 0.0

    def random(self, kills: int) -> None:
        """So many kills at random moments, uniform over the length of an undisturbed run."""
        self._measure()
        wanted = self.kills + kills
        while self.kills < wanted:
            self.site.queue(MESSAGES)
            start, fresh = time.monotonic(), self.kills
            while self.kills < wanted and self._killed():
                self.kills += 1
            if self.kills == fresh:
                self.length = time.monotonic() - start
            self.site.settle()

    def each(self, name: str) -> None:
        """One kill at a named point, at a random pass; where something is resolved, after a kill that leaves it."""
        self.site.queue(MESSAGES)
        code = self.site.run(f"{name}:{self.moments.randint(1, MESSAGES)}")
        if code == 0:
            self.site.queue(MESSAGES)
            assert self.site.run(f"mid_data:{self.moments.randint(1, MESSAGES)}") == KILLED
            self.kills += 1
            code = self.site.run(name)
        assert code == KILLED, f"no sender comes to the point '{name}'"
        self.kills += 1
        self.site.settle()

    def _killed(self) -> bool:
        """Start a sender and kill it at a random moment; False when it was faster."""
        pid = self.site.start()
        self.site.senders.ended(self.moments.uniform(0, self.length))
        return self.site.senders.killed(pid)

    def _measure(self) -> None:
        """How long an undisturbed run takes; the first one is slower than all others."""
        for _ in range(2):
            self.site.queue(MESSAGES)
            start = time.monotonic()
            self.site.settle()
            self.length = time.monotonic() - start
