"""A landing: what one pull of one source brought, and whether it may be read."""

from dataclasses import dataclass
from datetime import date

from models.source import Status


@dataclass(frozen=True)
class Landing:
    """One closed (or, with status None, still open) landing.

    Attributes:
        seq: the landing's number, which is the event_seq of its opening; its files are named by it.
        status: None until the landing is closed.
        pulled: new or changed rows; always good + quarantined.
        warned: rows that landed although an expectation of severity warn failed.
        total: rows the source gave, for the volume gate.
        cursor_max: newest value of the entity's cursor ever landed from this source, ISO, if it has one.
        written: a file was written under seq: the lake may be read up to it.
        error: why it was held or failed, for the person on call.
    """

    seq: int
    run_key: str
    source: str
    entity: str
    as_of: date
    status: Status | None = None
    pulled: int = 0
    good: int = 0
    quarantined: int = 0
    warned: int = 0
    total: int = 0
    cursor_max: str | None = None
    written: bool = False
    error: str | None = None
