"""A night's identity, states and exit codes."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from models.errors import UsageError

State = Literal["running", "sealed", "awaiting_approval", "done", "failed", "missed"]

EXIT_DONE, EXIT_UNEXPECTED, EXIT_CONFIG, EXIT_GATE, EXIT_APPROVAL, EXIT_PROMISE, EXIT_BUSY = range(7)


def run_key(as_of: date) -> str:
    """One nightly a date: its key in every table."""
    return f"nightly:{as_of.isoformat()}"


def date_of(run: str) -> date:
    """The date of a run, given by its key or by the date alone.

    Raises:
        UsageError: it is neither.
    """
    try:
        return date.fromisoformat(run.removeprefix("nightly:"))
    except ValueError as error:
        raise UsageError(f"'{run}' is no run; runs are named like nightly:2025-01-02") from error


@dataclass(frozen=True)
class Seal:
    """Everything a night was decided from; with it the night can be decided again, equal."""

    run_key: str
    as_of: date
    clock: str
    played: bool
    landing_seq: int
    event_seq: int
    config_hash: str
    hashes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}

    @property
    def inputs(self) -> str:
        """One hash of everything the night is decided from: nights of equal inputs do exactly the same."""
        said = (self.as_of.isoformat(), self.config_hash, self.landing_seq, self.event_seq, sorted(self.hashes.items()))
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @classmethod
    def of(cls, payload: dict[str, Any]) -> "Seal":
        """From JSON."""
        return cls(**{**payload, "as_of": date.fromisoformat(payload["as_of"])})
