"""What a relay has taken, read where it writes that down: Postfix's log, or a Maildir with a copy of every mail."""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

_CLEANUP = re.compile(rb"/cleanup\[\d+\]: ([0-9A-Za-z]+): (?:resent-)?message-id=(<[^>]*>)")
_QUEUED = re.compile(rb"/qmgr\[\d+\]: ([0-9A-Za-z]+): from=<")
_HEADER = re.compile(rb"(?mi)^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\r\n]*>)")
_HEAD = 65_536
"""Bytes of a mail in which its header ends."""


def in_log(path: Path, wanted: Collection[str]) -> set[str]:
    """The Message-IDs among the wanted that Postfix has taken into its queue, by its log and the log before it.

    Postfix notes a Message-ID as soon as it reads the header, when the mail may still be broken off: only what its
    queue manager has seen under the same queue id was taken.

    Raises:
        OSError: the log cannot be read.
    """
    ids = {one.encode(): one for one in wanted}
    seen: dict[bytes, str] = {}
    taken: set[str] = set()
    for line in _lines(path):
        if (found := _CLEANUP.search(line)) and found[2] in ids:
            seen[found[1]] = ids[found[2]]
        elif seen and (queued := _QUEUED.search(line)) and queued[1] in seen:
            taken.add(seen[queued[1]])
    return taken


def in_copies(folder: Path, wanted: Collection[str]) -> set[str]:
    """The Message-IDs among the wanted that a copy lies of in this Maildir.

    Raises:
        OSError: it cannot be read.
    """
    ids = {one.encode(): one for one in wanted}
    found = (_HEADER.search(_head(path)) for path in _mails(folder))
    return {ids[match[1]] for match in found if match and match[1] in ids}


def written_at(path: Path) -> datetime:
    """When the log, or the folder of new copies, was last written to.

    Raises:
        OSError: it is not there.
    """
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _lines(path: Path) -> Iterator[bytes]:
    """The log's lines, oldest first: those of the file before it too, which is named as logrotate and Postfix do."""
    older = [path.with_name(f"{path.name}.1"), path.with_name(f"{path.name}.1.gz")]
    older += sorted(path.parent.glob(f"{path.name}.[0-9]*-*"))[-2:]
    for one in older:
        if one.exists():
            with gzip.open(one) if one.suffix == ".gz" else one.open("rb") as file:
                yield from file
    with path.open("rb") as file:
        yield from file


def _mails(folder: Path) -> Iterable[Path]:
    """All mails of the Maildir; it has at least `new`."""
    for name in ("new", "cur"):
        if name == "new" or (folder / name).is_dir():
            yield from (folder / name).iterdir()


def _head(path: Path) -> bytes:
    """The beginning of a mail; nothing when a mail program has just moved it."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    except FileNotFoundError:
        return b""
