"""What has happened, as the event log, the mailbox and the contracts' fact sheets tell it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from models.company import Caps
from models.record import Record


@dataclass(frozen=True)
class Term:
    """A contract's term as one night saw it: `live` when it is active, no trial, and of half a year at least."""

    seen_on: date
    subject: str
    occurrence: str
    deadline: date
    live: bool


@dataclass(frozen=True)
class Story:
    """What has happened.

    Attributes:
        events: the log, oldest first; of all accounts or of some.
        mailbox: Message-IDs of the mail that arrived, doubles included; None if it is not looked at.
        terms: the terms of contracts as each night saw them.
        as_of: the newest night.
    """

    events: Sequence[Record]
    caps: Caps
    as_of: date
    mailbox: Sequence[str] | None = None
    terms: Sequence[Term] = field(default=())

    def of(self, *kinds: str) -> Iterator[Record]:
        """Events of these kinds."""
        return (event for event in self.events if event.kind in kinds)

    @cached_property
    def versions(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Hash of a play → its steps by id, as the log keeps them."""
        texts = {event.payload["hash"]: json.loads(event.payload["text"]) for event in self.of("play_pinned")}
        return {hash_: {step["id"]: step for step in play["steps"]} for hash_, play in texts.items()}

    @cached_property
    def enrolled(self) -> dict[str, dict[str, Any]]:
        """Enrollment → its event's payload, with subject, account and number."""
        return {
            event.payload["enrollment_id"]: {
                **event.payload, "subject": event.subject, "account": event.account, "seq": event.seq,
            }
            for event in self.of("enrolled")
        }  # fmt: skip

    @cached_property
    def ended(self) -> dict[str, int]:
        """Enrollment → number of the event that ended it."""
        return {event.payload["enrollment_id"]: event.seq for event in self.of("enrollment_ended")}

    @cached_property
    def messages(self) -> dict[str, Record]:
        """Message → the event that queued it."""
        return {event.payload["message_id"]: event for event in self.of("message_queued")}

    @cached_property
    def states(self) -> dict[str, str]:
        """Message → its newest state."""
        found = {}
        for event in self.events:
            if event.kind.startswith("message_"):
                state = event.kind.removeprefix("message_")
                state = str(event.payload.get("state", "queued")) if state in ("queued", "requeued") else state
                found[event.payload["message_id"]] = state
        return found

    def pinned(self, enrollment: str, seq: int) -> str:
        """The version that the enrollment followed when that event was written."""
        hashes = [self.enrolled[enrollment]["play_hash"]]
        hashes += [event.payload["play_hash"] for event in self._migrated[enrollment] if event.seq < seq]
        return str(hashes[-1])

    def renamed(self, enrollment: str, step: str) -> str:
        """What a step is called in the enrollment's newest version."""
        names: dict[str, str] = {}
        for event in self._migrated[enrollment]:
            names = event.payload.get("steps") or {}  # each says of every id in the log what it is called now
        return names.get(step, step)

    @cached_property
    def _migrated(self) -> dict[str, list[Record]]:
        """Enrollment → its changes of version."""
        found = defaultdict(list)
        for event in self.of("enrollment_migrated"):
            found[event.payload["enrollment_id"]].append(event)
        return found
