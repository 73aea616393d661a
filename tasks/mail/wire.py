"""What goes through the pipe between a run and its renderer: JSON, never pickles, so that an answer is only data."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_READ: dict[str, Callable[[str], Any]] = {
    "\0datetime": datetime.fromisoformat,
    "\0date": date.fromisoformat,
    "\0decimal": Decimal,
    "\0text": str,
}
"""Mark → how what JSON has no word for is read; no column of a sheet begins with a zero byte."""


def to_bytes(data: object) -> bytes:
    """The data as JSON.

    Raises:
        ValueError: a number of thousands of digits, or data that contains itself.
    """
    return json.dumps(data, default=_marked).encode()


def from_bytes(text: bytes) -> Any:
    """The counterpart of to_bytes; tuples have become lists."""
    return json.loads(text, object_hook=_read)


def _marked(value: object) -> Any:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return {"\0datetime": value.isoformat()}
    if isinstance(value, date):
        return {"\0date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"\0decimal": str(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return {"\0text": str(value)}


def _read(found: dict[str, Any]) -> Any:
    """A marked value, or the dictionary as it is."""
    for mark, read in _READ.items():
        if len(found) == 1 and mark in found:
            return read(found[mark])
    return found
