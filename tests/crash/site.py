"""One installation, its mail server and its senders: what a campaign kills."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.night import Night
from tests.crash.processes import Senders, Sink, sink
from tests.mailroom import land_contacts, queue_all, queued, room, states

SETTLING = 20
UNSETTLED = {"queued", "claimed", "transmitting", "uncertain", "deferred"}
KLASSES = ("service", "contractual", "marketing")


@dataclass
class Site:
    """An installation under test.

    Attributes:
        readable: whether senders may read the mail server's ledger.
        numbers: the messages asked for so far; number n goes to contact n and nowhere else.
        ledger: where a sender finds the mail server's ledger; its mailbox if nothing is said.
    """

    night: Night
    sink: Sink
    senders: Senders
    readable: bool = True
    numbers: list[int] = field(default_factory=list)
    ledger: dict[str, Any] = field(default_factory=dict)

    def queue(self, count: int, **changes: Any) -> None:
        """Queue new messages, of each class in turn."""
        first = len(self.numbers)
        new = range(first, first + count)
        messages = (queued(self.night, one, **{"klass": KLASSES[one % 3], **changes}) for one in new)
        queue_all(self.night, messages)
        self.numbers.extend(new)

    def order(self, failpoint: str = "") -> dict[str, Any]:
        """What a sender is told."""
        ledger = self.ledger or {"mailbox": str(self.sink.mailbox)}
        return {**self.here, "port": self.sink.port, "failpoint": failpoint, **(ledger if self.readable else {})}

    @property
    def here(self) -> dict[str, Any]:
        """Where the installation is."""
        return {"var": str(self.night.settings.var), "database_url": self.night.settings.database_url}

    def start(self, failpoint: str = "") -> int:
        """Start a sender, once the mail server has nothing in hand of the one before; gives its process id."""
        self.sink.quiet()
        return self.senders.start(**self.order(failpoint))

    def run(self, failpoint: str = "") -> int:
        """Start a sender and wait for its end; gives its exit code."""
        self.start(failpoint)
        return self.senders.code()

    def settle(self) -> None:
        """Undisturbed senders until nothing is left: PostgreSQL notices a moment later that a sender has died."""
        for _ in range(SETTLING):
            code = self.run()
            assert code == 0, f"a sender failed: exit code {code}"
            if not UNSETTLED & states(self.night).keys():
                return
            time.sleep(0.2)
        raise AssertionError(f"senders leave messages behind: {states(self.night)}")


@contextmanager
def site(
    folder: Path, senders: Senders, *, seed: int, contacts: int, database_url: str = "", readable: bool = True,
    behind: Callable[[Path, int], AbstractContextManager[Sink]] = sink,
) -> Iterator[Site]:  # fmt: skip
    """An installation in a folder, with so many people whom one can write to."""
    with behind(folder / "sink", seed) as server:
        assert senders.run(act="found", var=str(folder / "var"), database_url=database_url) == 0
        night = room(folder / "var", database_url=database_url)
        try:
            land_contacts(night, contacts, consent="granted")
            yield Site(night, server, senders, readable)
        finally:
            night.engine.dispose()
