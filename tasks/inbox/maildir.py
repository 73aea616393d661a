"""A Maildir as a mailbox: mail is dropped into `new`, what is taken lies in `cur`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tasks.inbox.mailbox import Found
from tasks.inbox.parse import LARGEST, READ
from tasks.mail.mailbox import sync_folder

_SEEN = ":2,S"


@dataclass(frozen=True)
class Maildir:
    """A folder with `tmp`, `new` and `cur`; a program that delivers renames from `tmp` to `new`."""

    folder: Path

    def unread(self, limit: int) -> Iterator[Found]:
        """The mails in `new`, oldest first."""
        for path in self._new()[:limit]:
            size = path.stat().st_size
            with path.open("rb") as file:
                content = file.read(LARGEST if size <= LARGEST else READ)
            yield Found(path.name, content, whole=size <= LARGEST)

    def taken(self, found: Found) -> None:
        """Move it to `cur`, durably. One that a mail program has moved meanwhile is taken already."""
        target = self.folder / "cur" / f"{found.handle.partition(':')[0]}{_SEEN}"
        try:
            (self.folder / "new" / found.handle).rename(target)
        except FileNotFoundError:
            return
        sync_folder(self.folder / "cur")
        sync_folder(self.folder / "new")

    def waiting_since(self) -> datetime | None:
        """When the oldest of `new` was written."""
        times = [path.stat().st_mtime for path in self._new()[:1]]
        return datetime.fromtimestamp(times[0], UTC) if times else None

    def _new(self) -> list[Path]:
        """Oldest first; hidden files are nobody's mail."""
        new = self.folder / "new"
        found = [path for path in new.iterdir() if path.is_file()] if new.is_dir() else []
        return sorted((path for path in found if not path.name.startswith(".")), key=_age)


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


@contextmanager
def open_maildir(folder: Path) -> Iterator[Maildir]:
    """The mailbox of that folder, made if it is not there."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    yield Maildir(folder)
