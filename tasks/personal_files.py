"""Files of this installation that may name a person: mailboxes, the outbox, previews, pages of the report."""

from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from config.settings import Settings


def forget(settings: Settings, is_addressed: Callable[[object], bool]) -> dict[str, int]:
    """Remove the files that name the person; folder → files removed."""
    counts: dict[str, int] = {}
    for folder, path in _files(settings):
        if is_addressed(_text(path)):
            path.unlink(missing_ok=True)
            counts[folder] = counts.get(folder, 0) + 1
    return counts


def retire(settings: Settings, mails: datetime, came: datetime) -> dict[str, int]:
    """Remove what has lain there since before these instants; folder → files removed."""
    limits = {"mailbox": mails, "outbox": mails, "preview": mails, "copies": mails, "inbox": came}
    counts: dict[str, int] = {}
    for folder, path in _files(settings):
        limit = limits.get(folder)
        if limit is not None and path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)
            counts[folder] = counts.get(folder, 0) + 1
    return counts


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """(folder, file) of all of them."""
    folders = {
        "mailbox": settings.mailbox_dir, "inbox": settings.inbox_dir, "outbox": settings.outbox_dir,
        "preview": settings.var / "preview", "report": settings.report_dir, "copies": settings.relay_copies,
    }  # fmt: skip
    for name, folder in folders.items():
        if folder is not None and folder.is_dir():
            yield from ((name, path) for path in sorted(folder.rglob("*")) if path.is_file())


def _text(path: Path) -> str:
    """What a person would read in the file: of a mail its headers and decoded parts."""
    content = path.read_bytes()
    if path.suffix in (".html", ".json", ".txt"):
        return content.decode("utf-8", "replace")
    mail = message_from_bytes(content, policy=default)
    parts = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    said = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n".join([*(str(value) for value in mail.values()), *said, content.decode("latin-1")])
