"""The outbox: messages that do not go by mail, to a folder or a webhook, through the same ledger."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from sqlalchemy import Connection

from models.ledger import Message, PersonMessage
from tasks.mail.post import Connect, Ready
from tasks.night import Night
from tasks.outbox.document import document
from tasks.outbox.folder import FolderCarrier
from tasks.outbox.hook import SECONDS, HookCarrier


@dataclass(frozen=True)
class OutboxPost:
    """Where it goes.

    Attributes:
        folder: where files are written, if there is no webhook.
        webhook: the address that messages are posted to.
    """

    folder: Path
    webhook: str = ""

    @property
    def via(self) -> str:
        """How a transmission is marked."""
        return "webhook" if self.webhook else "outbox"

    @property
    def repeated(self) -> str:
        """Why a repetition does no harm."""
        return "sent again: the same id is taken once"

    def refusal(self, recipient: str) -> str:  # noqa: ARG002 — a folder takes everything, a webhook is used live only
        """Nobody is refused."""
        return ""

    def ready(self, conn: Connection, message: Message, letter: PersonMessage, at: datetime) -> Ready:  # noqa: ARG002
        """The message as JSON."""
        return Ready(message, letter.recipient, letter.bytes or document(message, letter))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connect]:
        """One client for all posts of a run."""
        if not self.webhook:
            folder = FolderCarrier(self.folder)

            async def write() -> FolderCarrier:
                return folder

            yield write
            return
        # httpx logs the address of each request, and this one is a secret.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            yield HookCarrier(client, self.webhook).connect


def choose_outbox(night: Night) -> OutboxPost:
    """The webhook if there is one and everything is live; else a folder: nothing leaves this machine."""
    settings = night.settings
    live = settings.live and not night.clock.played and not night.dry
    return OutboxPost(settings.outbox_dir, settings.outbox_webhook.get_secret_value() if live else "")
