"""What a previewed template is about: a conversation as its play would have it, and samples of what is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.decision import Verdict
from models.play import Play
from models.step import Step
from tasks.mail.template import is_blank, look_up
from tasks.night import Night
from tasks.people import People, Row

SAMPLE_HOSTS = ("example.com",)
"""Where the links of samples lead."""


@dataclass(frozen=True)
class Use:
    """Where plays use the template: whom it goes to, and what it is about."""

    play: Play | None = None
    step: Step | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that the step writes to."""
        return self.step.to if self.step else ()

    def grain(self, declared: tuple[str, ...]) -> str:
        """What its play is about; without a play, what its text speaks of."""
        if self.play:
            return self.play.per
        spoken = {name.partition(".")[0] for name in declared}
        return next((grain for grain in ("contract", "ticket", "session") if grain in spoken), "account")

    @property
    def coterm(self) -> int:
        """Days within which contracts share a conversation."""
        return (self.play.coterm if self.play else None) or 0


def verdict_of(night: Night, known: People, account: str, use: Use, contact: str, declared: tuple[str, ...]) -> Verdict:
    """As if the step were due."""
    subjects = _subjects(known, account, use, contact, use.grain(declared))
    return Verdict(
        enrollment_id="preview", subject=subjects[0], account=account, play=use.play.play if use.play else "preview",
        occurrence="preview", step=use.step.id if use.step else "preview", kind=use.step.kind if use.step else "email",
        planned_on=night.as_of, verdict="due", reason="preview", members=tuple(subjects[1:]),
    )  # fmt: skip


def with_samples(values: dict[str, Any], needs: tuple[str, ...], as_of: date) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values with samples for what the template needs and this account does not have; and the names of those."""
    samples, filled, used = _samples(as_of), dict(values), []
    for name in needs:
        root, _, part = name.partition(".")
        if root not in samples or not _missing(look_up(values, name)):
            continue
        here = samples[root] if not part else {part: samples[root].get(part)}
        filled[root] = {**filled[root], **here}
        used.append(name)
    return filled, tuple(used)


def _missing(value: object) -> bool:
    """Whether there is nothing to read."""
    return is_blank(value) or (isinstance(value, Mapping) and not value)


def _subjects(known: People, account: str, use: Use, contact: str, grain: str) -> list[str]:
    """The conversation's subjects, the lead first."""
    if grain == "contract":
        return [f"contract:{id_}" for id_ in _contracts(known, account, use.coterm)] or [f"account:{account}"]
    if grain == "contact":
        return [f"contact:{contact}"]
    rows, day = {
        "ticket": (known.tickets, "ticket_closed_on"), "session": (known.sessions, "session_on")
    }.get(grain, ({}, ""))  # fmt: skip
    mine = [(str(row.get(day) or ""), id_) for id_, row in rows.items() if row["account_id"] == account]
    return [f"{grain}:{max(mine)[1]}"] if mine else [f"account:{account}"]


def _contracts(known: People, account: str, coterm: int) -> list[str]:
    """The account's most urgent running contract, and those whose deadline is near its own."""
    mine = [row for row in known.contracts.values() if row["account_id"] == account and row.get("contract_active")]
    mine.sort(key=lambda row: (row.get("opt_out_deadline") or date.max, row["contract_id"]))
    if not mine or not mine[0].get("opt_out_deadline"):
        return [row["contract_id"] for row in mine[:1]]
    first = mine[0]["opt_out_deadline"]
    near = [row for row in mine if row.get("opt_out_deadline") and (row["opt_out_deadline"] - first).days <= coterm]
    return [row["contract_id"] for row in near]


def _samples(as_of: date) -> dict[str, Row]:
    """Something to read for each part that an account may be without."""
    return {
        "sales": {"name": "Sam Sample", "email": "sam@example.com"},
        "ticket": {
            "id": "sample", "ticket_opened_on": as_of - timedelta(days=6),
            "ticket_closed_on": as_of - timedelta(days=2),
            "ticket_priority": "normal", "ticket_satisfaction": 4,
        },
        "session": {
            "id": "sample", "session_kind": "webinar", "session_topic": "A sample topic",
            "session_on": as_of + timedelta(days=14), "days_to_session": 14,
            "session_url": "https://example.com/session",
        },
        "survey": {"kind": "nps", "url": "https://example.com/survey?kind=nps&ref=sample"},
        "booking": {"url": "https://example.com/book?ref=sample"},
        "meeting": {
            "agenda": "A sample agenda", "minutes": 30, "on": as_of + timedelta(days=3), "time": "10:00",
        },
    }  # fmt: skip
