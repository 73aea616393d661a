"""A message on its way into the ledger: the event that queues it, and what only the person area may hold."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.calendar import calendars, workdays
from models.case import Recipient
from models.clock import midnight
from models.company import Calendar
from models.decision import Verdict
from models.event import Event
from models.ids import message_id, send_key
from models.ledger import PersonMessage
from models.workdays import Window
from tasks.night import Night
from tasks.people import Row


@dataclass(frozen=True)
class Letter:
    """One message to one person or system.

    Attributes:
        event: what queues it.
        kept: what the person area keeps; None if there is nothing to read.
        problem: why it could not be rendered; it is then held.
    """

    event: Event
    recipient: str
    name: str = ""
    kept: PersonMessage | None = None
    problem: str = ""


@dataclass(frozen=True)
class Slot:
    """When a message may go: from `opens` on, until `expires`; None means always."""

    opens: datetime
    expires: datetime | None


def key_of(verdict: Verdict, channel: str, address_key: str, step: str = "") -> str:
    """The send key of the verdict's step, or of an earlier step of the same conversation."""
    return send_key(verdict.subject, verdict.play, step or verdict.log_step, verdict.occurrence, channel, address_key)


def queued(night: Night, verdict: Verdict, channel: str, address_key: str, slot: Slot, **said: Any) -> Event:
    """The event that makes a message's row; `said` is what depends on the channel."""
    key = key_of(verdict, channel, address_key)
    id_ = message_id(key, 1)
    payload = {
        "message_id": id_, "send_key": key, "revision": 1, "account": verdict.account,
        "enrollment_id": verdict.enrollment_id, "play": verdict.play, "step": verdict.log_step,
        "occurrence": verdict.occurrence, "channel": channel, "address_key": address_key,
        "not_before": slot.opens.isoformat(), "expires": slot.expires.isoformat() if slot.expires else None,
        "as_of": night.as_of.isoformat(), **said,
    }  # fmt: skip
    return Event(f"message:{id_}:queued", "message_queued", verdict.subject, night.clock.now, verdict.account, payload)


def slot_of(night: Night, verdict: Verdict, zone: str, country: str) -> Slot:
    """The next hours in which that customer may be written to; a deadline does not wait beyond its day.

    A deadline's mail may go until the deadline is over, any other for some hours after its window opens.
    """
    now, company = night.clock.now, night.rules.company
    opens = now if verdict.by_hand else hours(company.calendar, country, night.as_of).next_open(now, zone)
    if verdict.deadline_on is None:
        return Slot(opens, opens + timedelta(hours=company.expires_hours))
    end = midnight(verdict.deadline_on) + timedelta(days=1)
    opens = now if opens >= end else opens
    return Slot(opens, max(end, opens + timedelta(hours=1)))


@lru_cache(maxsize=512)
def hours(calendar: Calendar, country: str, as_of: date) -> Window:
    """The hours in which a customer of that country may be written to."""
    days = calendars(calendar, [country], as_of).get(country) or workdays(calendar, as_of)
    return Window(calendar.opens, calendar.closes, days)


def zone_of(recipient: Recipient, account: Row, fallback: str) -> str:
    """The contact's time zone, else the account's, else the company's; what is no IANA zone is passed over."""
    for zone in (recipient.timezone, account.get("timezone")):
        if zone and _exists(zone):
            return str(zone)
    return fallback


def _exists(zone: str) -> bool:
    """Whether it is an IANA zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
