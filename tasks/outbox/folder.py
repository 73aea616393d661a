"""The outbox as a folder: one JSON file a message, whole or not at all, the same however often it is written."""

import os
from dataclasses import dataclass
from pathlib import Path

from tasks.failpoint import failpoint
from tasks.mail.mailbox import sync_folder
from tasks.mail.post import Ready
from tasks.mail.smtp import Answer, Before


@dataclass(frozen=True)
class FolderCarrier:
    """Writes messages to `folder`/<channel>/<message id>.json."""

    folder: Path

    async def send(self, ready: Ready, before: Before) -> Answer:
        """Write one message; a full disk puts it off."""
        content = await before()
        try:
            _write(path_of(self.folder, ready.message.channel or "", ready.message.message_id), content)
        except OSError as error:
            return Answer("deferred", f"{type(error).__name__} {error.errno or ''}".strip())
        failpoint("outbox_written")
        return Answer("sent", "written")

    async def quit(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


def path_of(folder: Path, channel: str, message_id: str) -> Path:
    """Where a message lies."""
    return folder / channel / f"{message_id}.json"


def _write(path: Path, content: bytes) -> None:
    """Write aside, then rename: a reader sees the whole file or none, and a power cut leaves it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    failpoint("outbox_aside")
    aside.rename(path)
    sync_folder(path.parent)
