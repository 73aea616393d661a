"""What a sender asks of the way that messages take: mail by SMTP, or the outbox."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from models.ledger import Message, PersonMessage
from tasks.mail.smtp import Answer, Before


@dataclass(frozen=True)
class Ready:
    """A message that may go: whom to, its bytes, and the envelope's sender if that is not the way's own."""

    message: Message
    recipient: str
    content: bytes
    sender: str = ""


class Carrier(Protocol):
    """An open way, for one message after the other."""

    async def send(self, ready: Ready, before: Before) -> Answer:
        """Transmit one message; `before` makes that known durably, and gives the bytes."""
        ...

    async def quit(self) -> None:
        """Say good-bye."""
        ...

    def close(self) -> None:
        """Drop the way at once."""
        ...


Connect = Callable[[], Awaitable[Carrier]]


class Post(Protocol):
    """A way that messages take."""

    @property
    def via(self) -> str:
        """How a transmission is marked, so that its ledger can be told later."""
        ...

    @property
    def repeated(self) -> str:
        """Why a message that may have arrived is sent again."""
        ...

    def refusal(self, recipient: str) -> str:
        """Why nothing may go to this recipient; empty if it may."""
        ...

    def ready(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> Ready:
        """The bytes that go: those of the first transmission, if there was one.

        Raises:
            RenderError: it cannot go to this recipient.
        """
        ...

    def open(self) -> AbstractAsyncContextManager[Connect]:
        """Gives what opens a carrier; it raises `Away` when there is no getting through."""
        ...
