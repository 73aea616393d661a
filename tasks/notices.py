"""Notices: what a step tells our own people, or writes into the CRM, through the same ledger as mail."""

import json
from datetime import timedelta

from models.decision import Verdict
from models.event import Event
from models.ledger import PersonMessage
from models.step import Step
from tasks.night import Night
from tasks.people import People
from tasks.queued import Letter, Slot, queued

CRM = "crm"
"""Who takes updates."""
LIFE = timedelta(days=14)
"""So long a notice is tried; its readers have no hours, but nobody wants last month's."""


def notice(night: Night, known: People, verdict: Verdict, step: Step) -> Letter:
    """The one message of a step that notifies the owner, or updates the CRM."""
    return _update(night, verdict, step) if step.channel == "update" else _notify(night, known, verdict, step)


def _notify(night: Night, known: People, verdict: Verdict, step: Step) -> Letter:
    """To the account's person of that team; to the team itself where there is none."""
    found = known.owner_of(verdict.account, step.owner)
    owner = found.id or found.team
    name = known.csms.get(owner, {}).get("name") or ""
    event = _event(night, verdict, "notify", f"team:{owner}")
    kept = PersonMessage(
        event.payload["message_id"], recipient=owner, name=name, sender=step.owner, reply_to=None,
        subject=known.accounts.get(verdict.account, {}).get("name") or verdict.account, text=step.notify or "", html="",
    )  # fmt: skip
    return Letter(event, owner, name, kept)


def _update(night: Night, verdict: Verdict, step: Step) -> Letter:
    """The fields of the account that the CRM is to set."""
    event = _event(night, verdict, "update", CRM)
    kept = PersonMessage(
        event.payload["message_id"], recipient=CRM, name=None, sender=None, reply_to=None, subject=verdict.account,
        text=json.dumps(step.update, ensure_ascii=False, sort_keys=True), html="",
    )  # fmt: skip
    return Letter(event, CRM, kept=kept)


def _event(night: Night, verdict: Verdict, channel: str, address_key: str) -> Event:
    """The message's row; no contact, no class, no touch."""
    slot = Slot(night.clock.now, night.clock.now + LIFE)
    none = {"template": None, "klass": None, "contact": None, "language": None, "reason": None}
    row = {**none, "deadline": False, "touch": False, "state": "queued"}
    return queued(night, verdict, channel, address_key, slot, **row)
