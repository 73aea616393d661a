"""What a mailbox gives: mails that nobody has taken yet, one after the other; and the word that one is taken."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Found:
    """A mail that has not been taken.

    Attributes:
        handle: how the mailbox finds it again.
        content: its bytes; of one above the limit only the first.
        whole: whether that is all of it.
    """

    handle: str
    content: bytes
    whole: bool = True


class Mailbox(Protocol):
    """An open mailbox. What is not marked is given again by the next pass, whatever happened in between."""

    def unread(self, limit: int) -> Iterator[Found]:
        """Mails that were not taken, oldest first, each read when it is asked for."""
        ...

    def taken(self, found: Found) -> None:
        """Mark one as taken; to be called when all that it caused is committed."""
        ...

    def waiting_since(self) -> datetime | None:
        """When the oldest mail came that is not taken, aware UTC; None if none waits."""
        ...


OpenMailbox = AbstractContextManager[Mailbox]
