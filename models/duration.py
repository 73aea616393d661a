"""Spans of time as people write them in YAML: `3 days`, `6 months`."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator

_SPAN = re.compile(r"^(\d+) (day|month)s?$")


def _span(value: object, unit: str) -> object:
    """The number of a span of that unit; numbers pass as they are."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SPAN.match(str(value).strip())
    if not found or found[2] != unit:
        raise ValueError(f"'{value}' is no span of {unit}s; write for example '3 {unit}s'")
    return int(found[1])


Days = Annotated[int, BeforeValidator(lambda value: _span(value, "day"))]
Months = Annotated[int, BeforeValidator(lambda value: _span(value, "month"))]


Reentry = Annotated[
    Literal["occurrence", "never"] | int,
    BeforeValidator(lambda value: value if value in ("never", "occurrence") else _span(value, "day")),
]
"""Once per occurrence, never again, or after so many days."""


def _share(value: object) -> object:
    """`15%` as 0.15."""
    text = str(value).strip()
    return float(text[:-1]) / 100 if text.endswith("%") else value


Share = Annotated[float, BeforeValidator(_share)]
