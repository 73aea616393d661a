"""Suppressing addresses: read as people write them, kept as keys."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from sqlalchemy import Connection

from models.address import address_key, normalize
from models.errors import UsageError
from models.nearest import did_you_mean
from models.suppression import ALL, ERASED
from tasks.moment import moment
from tasks.store.suppressions import lift, suppress, suppressed_because

ADDRESS = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+")
COLUMNS = ("email", "address", "e-mail", "email address")


@dataclass(frozen=True)
class Listed:
    """Addresses as they were given: the good ones, and (line, text) of those that are none."""

    addresses: tuple[str, ...]
    invalid: tuple[tuple[int, str], ...] = ()


def one(said: str) -> Listed:
    """A single address.

    Raises:
        UsageError: it is none.
    """
    found = _address(said)
    if found is None:
        raise UsageError(f"'{said}' is no e-mail address")
    return Listed((found,))


def from_csv(path: Path) -> Listed:
    """The addresses of a CSV file, from its column email or address; blank lines are passed over.

    Raises:
        UsageError: it cannot be read, or has no such column.
    """
    good, bad = [], []
    for line, said in _lines(path):
        found = _address(said)
        if found:
            good.append(found)
        elif said.strip():
            bad.append((line, said.strip()))
    return Listed(tuple(dict.fromkeys(good)), tuple(bad))


def suppress_all(conn: Connection, listed: Listed, secret: bytes, reason: str, wall: datetime, scope: str = ALL) -> int:
    """Suppress them within a scope; says how many were not suppressed there before."""
    keys = [address_key(secret, address) for address in listed.addresses]
    return suppress(conn, keys, reason, moment(conn, wall).now, scope, source="by hand")


def lift_all(conn: Connection, listed: Listed, secret: bytes, reason: str, wall: datetime, scope: str) -> int:
    """Let them have mail again within a scope; says how many were suppressed there.

    Raises:
        UsageError: one of them was erased: that is not undone by a switch.
    """
    keys = [address_key(secret, address) for address in listed.addresses]
    for key, address in zip(keys, listed.addresses, strict=True):
        if scope == ALL and key in suppressed_because(conn, ERASED):
            raise UsageError(f"'{address}' was erased: nobody may write there again, whatever the sources say")
    at = moment(conn, wall).now
    return sum(lift(conn, key, scope, reason, at) for key in keys)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text of the address's column) of each row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    first = text.splitlines()[0] if text.strip() else ""
    reader = csv.reader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",")
    head = next(reader, [])
    place = _place(head, path)
    if place is None:
        place = 0
        yield 1, head[0]
    for row in reader:
        yield reader.line_num, row[place] if len(row) > place else ""


def _place(head: Sequence[str], path: Path) -> int | None:
    """The column with the addresses; None when the file is a bare list without a head."""
    names = [name.strip().lower() for name in head]
    for name in COLUMNS:
        if name in names:
            return names.index(name)
    if len(head) == 1 and _address(head[0]):
        return None
    hint = did_you_mean("email", names) if any(names) else "it is empty"
    raise UsageError(f"{path}:1: a column 'email' or 'address' is needed; {hint}")


def _address(said: str) -> str | None:
    """The address in `Jane <jane@example.com>` or `jane@example.com`, normalized."""
    found = normalize(parseaddr(said)[1] if "<" in said else said)
    return found if ADDRESS.fullmatch(found) else None
