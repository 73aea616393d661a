"""An event as the log holds it: numbered, and stamped when it was written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Record:
    """One row of the event log.

    Attributes:
        seq: its number; rises without a later event ever getting a lower one.
        key: business key, unique.
        recorded_at: wall clock at writing, aware UTC.
        effective_at: when it happened by the run's clock, aware UTC.
    """

    seq: int
    key: str
    recorded_at: datetime
    effective_at: datetime
    kind: str
    account: str | None
    subject: str
    payload: dict[str, Any]
