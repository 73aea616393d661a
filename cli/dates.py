"""Dates as people type them."""

from datetime import date, datetime
from typing import overload

from models.errors import UsageError


@overload
def day(text: str) -> date: ...
@overload
def day(text: None) -> None: ...
def day(text: str | None) -> date | None:
    """The date in `2024-12-31`; nothing for nothing.

    Raises:
        UsageError: it is no ISO date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is no date; write it like 2024-12-31") from error


def minute(moment: datetime | None) -> str:
    """`2024-12-31 05:02`, UTC."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
