"""One line of the go-live checklist."""

from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "failed", "unknown", "not configured"]


@dataclass(frozen=True)
class Line:
    """What was looked at and what came of it.

    Attributes:
        state: `unknown` means that nobody answered, which is not `passed`.
        said: what was found.
        todo: what to do about it; empty where nothing is to be done.
    """

    name: str
    state: State
    said: str
    todo: str = ""
