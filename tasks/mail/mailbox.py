"""A Maildir that takes each Message-ID once: the loopback server's store, and the ledger that tells what arrived."""

import hashlib
import os
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path


def store(mailbox: Path, message_id: str, content: bytes) -> bool:
    """Keep a message durably; False when one of this Message-ID is there already.

    The file's name is made of the Message-ID, so that looking for one needs no index.
    """
    for folder in ("tmp", "new", "cur"):
        (mailbox / folder).mkdir(parents=True, exist_ok=True)
    if find(mailbox, message_id):
        return False
    aside = mailbox / "tmp" / f"{_name(message_id)}.{os.getpid()}"
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(mailbox / "new" / _name(message_id))
    sync_folder(mailbox / "new")
    return True


def find(mailbox: Path, message_id: str) -> bool:
    """Whether the message is in the mailbox, read or unread."""
    return path_of(mailbox, message_id) is not None


def path_of(mailbox: Path, message_id: str) -> Path | None:
    """Where the message lies; a mail program moves it to `cur` and adds flags to its name."""
    unread = mailbox / "new" / _name(message_id)
    if unread.exists():
        return unread
    return next((mailbox / "cur").glob(f"{_name(message_id)}*"), None)


def messages(mailbox: Path) -> Iterator[Path]:
    """All messages, in the order of their names."""
    for folder in ("new", "cur"):
        if (mailbox / folder).is_dir():
            yield from sorted((mailbox / folder).iterdir())


def id_of(content: bytes) -> str:
    """The Message-ID of a message; one made of the content when it has none."""
    given = BytesHeaderParser().parsebytes(content)["Message-ID"]
    return str(given).strip() if given else f"<{hashlib.sha256(content).hexdigest()}@unnamed>"


def _name(message_id: str) -> str:
    """The file name of a Message-ID."""
    return hashlib.sha256(message_id.strip().encode()).hexdigest()[:40]


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
