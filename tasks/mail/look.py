"""The last look: what is asked of the world in the very transaction that claims a message."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.ledger import Message
from models.message import INTERNAL, OUTBOX
from models.suppression import against, consent_of
from models.workdays import Window
from tasks.lake.views import entity_views
from tasks.mail.known import WEEK, Known
from tasks.night import Night
from tasks.queued import hours
from tasks.store import landings
from tasks.store.engine import read
from tasks.store.switches import EVERYTHING, MAIL

HOUR = timedelta(hours=1)
_NEVER: tuple[None, None] = (None, None)
_LEFT = """
    SELECT account_id, CASE WHEN stage = 'churned' THEN stage_since END
    FROM read_parquet(?) WHERE contract_status = 'churned'"""


@dataclass(frozen=True)
class Contact:
    """What the newest landing says of a contact; no name, no address."""

    address_key: str | None
    consent: str | None
    left_on: date | None
    timezone: str | None
    account_timezone: str | None = None
    country: str | None = None

    @property
    def zone(self) -> str | None:
        """The contact's IANA zone, else the account's."""
        return _zone(self.timezone) or _zone(self.account_timezone)


@dataclass(frozen=True)
class Look:
    """What is known of the world when a run begins to send; the database is asked at each claim.

    Attributes:
        contacts: contact id → contact, of those who are written to; None to pass over what is asked of contacts.
        churned: accounts without a live contract, and since when, as far as that is known.
        window: when customers may be written to; `windows` has those of the countries that differ.
        zone: the company's own time zone.
    """

    contacts: Mapping[str, Contact] | None
    churned: Mapping[str, date | None]
    window: Window
    zone: str = "UTC"
    account_per_day: int = 1
    account_per_7_days: int = 3
    address_per_day: int = 1
    windows: Mapping[str, Window] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Why a claimed message does not go: the event that says so."""

    kind: str
    payload: dict[str, Any] = field(default_factory=dict)


def look_at(night: Night, wanted: Collection[str]) -> Look:
    """The look of tonight, at these contacts."""
    calendar, caps, contacts = night.rules.company.calendar, night.rules.company.caps, _contacts(night, wanted)
    countries = {contact.country for contact in contacts.values() if contact.country}
    return Look(
        contacts, _churned(night), hours(calendar, "", night.as_of), calendar.timezone,
        caps.account_per_day, caps.account_per_7_days, caps.address_per_day,
        {country: hours(calendar, country, night.as_of) for country in countries},
    )  # fmt: skip


def last_look(known: Known, look: Look, message: Message, at: datetime) -> Finding | None:
    """What stands against this message at that instant; None if nothing does.

    A kill switch stops everything; what reaches only our own people and systems is asked nothing else.
    """
    if stopped_by(known.stopped, message):
        return Finding(
            "message_requeued", {"reason": "stopped by a kill switch", "not_before": (at + HOUR).isoformat()}
        )
    if message.channel in INTERNAL:
        return None
    if found := barred(known.scopes, message):
        return found
    if known.enrollments.get(message.enrollment_id or "", _NEVER)[1] is not None:
        return Finding("message_canceled", {"reason": "its enrollment has ended"})
    account = message.account or ""
    if account in look.churned and not _knew(known, message, look.churned[account]):
        return Finding("message_suppressed", {"reason": "the account has no live contract any more"})
    return _of_contact(known, look, message, at) or _of_hours(look, message, at) or _of_caps(known, look, message, at)


def stopped_by(stopped: Collection[str], message: Message) -> str:
    """The kill switch that stops this message; empty if none does."""
    names = [EVERYTHING, message.play, message.template, *([] if message.channel in OUTBOX else [MAIL])]
    return next((name for name in names if name in stopped), "") or ""


def barred(scopes: Mapping[str, set[str]], message: Message) -> Finding | None:
    """Whether its address is suppressed; our own people and systems cannot be."""
    if message.channel in INTERNAL:
        return None
    found = against(scopes.get(message.address_key or "", ()), message.klass or "service", message.play or "")
    return Finding("message_suppressed", {"reason": f"the address is suppressed ({found})"}) if found else None


def later(look: Look, message: Message, at: datetime) -> datetime:
    """The first instant from `at` on at which it may go; deadline mail and what stays with us does not wait."""
    if message.deadline or message.channel in INTERNAL:
        return at
    contact = (look.contacts or {}).get(message.contact or "")
    if contact is None:
        return look.window.next_open(at, look.zone)
    return look.windows.get(contact.country or "", look.window).next_open(at, contact.zone or look.zone)


def _knew(known: Known, message: Message, since: date | None) -> bool:
    """Whether the conversation was begun with a customer who had left already, to win them back."""
    began = known.enrollments.get(message.enrollment_id or "", _NEVER)[0]
    return since is not None and began is not None and began >= since


def _of_contact(known: Known, look: Look, message: Message, at: datetime) -> Finding | None:
    """The contact is there, is the same person, and has not objected."""
    if look.contacts is None:
        return None
    contact = look.contacts.get(message.contact or "")
    if contact is None or (contact.left_on is not None and contact.left_on <= at.date()):
        return Finding("message_suppressed", {"reason": "the contact has left" if contact else "the contact is gone"})
    if contact.address_key != message.address_key:
        return Finding("message_held", {"reason": "the contact has another address since this was written"})
    consent = consent_of(contact.consent, known.consents.get(message.address_key or ""))
    if message.klass == "marketing" and consent != "granted":
        return Finding("message_suppressed", {"reason": "marketing needs consent"})
    if message.klass != "contractual" and consent == "withdrawn":
        return Finding("message_suppressed", {"reason": "the contact objected"})
    return None


def _of_hours(look: Look, message: Message, at: datetime) -> Finding | None:
    """The hours it was queued for have not passed; what a person sent outside of them goes when it was sent."""
    planned = message.not_before or at
    opens = later(look, message, at)
    if opens <= at or planned >= at or later(look, message, planned) != planned:
        return None
    reason = "outside of the hours in which the contact may be written to"
    return Finding("message_requeued", {"reason": reason, "not_before": opens.isoformat()})


def _of_caps(known: Known, look: Look, message: Message, at: datetime) -> Finding | None:
    """The account and the address have not had their share.

    Deadline mail counts, but is never capped; an invitation is no touch, and does neither.
    """
    if message.deadline or not message.touch:
        return None
    day = at.date()
    others = {
        (one.enrollment_id, one.step): one.day
        for one in reversed(known.touches.get(message.account or "", []))
        if one.day >= day - WEEK and (one.enrollment_id, one.step) != (message.enrollment_id, message.step)
    }
    reason = ""
    if sum(each == day for each in others.values()) >= look.account_per_day:
        reason = f"the account has had {look.account_per_day} of {look.account_per_day} messages today"
    elif len(others) >= look.account_per_7_days:
        reason = f"the account has had {len(others)} of {look.account_per_7_days} messages in 7 days"
    elif known.written[message.address_key or "", day] >= look.address_per_day:
        reason = "the address has had its message today"
    if not reason:
        return None
    return Finding("message_requeued", {"reason": reason, "not_before": _tomorrow(look, message, at).isoformat()})


def _tomorrow(look: Look, message: Message, at: datetime) -> datetime:
    """The window's opening on the next day on which it opens."""
    return later(look, message, at + timedelta(days=1))


def _zone(name: str | None) -> str | None:
    """The name, if it is an IANA zone."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _contacts(night: Night, wanted: Collection[str]) -> dict[str, Contact]:
    """These contacts as the newest landings have them."""
    with read(night.engine) as conn:
        landed = landings.landed(conn, landings.watermark(conn))
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, landed, night.as_of)
        con.execute("CREATE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS contact_id", [sorted(wanted)])
        query = """
            SELECT c.contact_id, c.address_key, c.consent, c.left_on, c.timezone, a.timezone, a.country
            FROM contacts c JOIN wanted USING (contact_id) LEFT JOIN accounts a ON a.account_id = c.account_id"""
        return {row[0]: Contact(*row[1:]) for row in con.execute(query).fetchall()}


def _churned(night: Night) -> dict[str, date | None]:
    """Accounts that had a contract and have none, by the newest fact sheet there is."""
    days = [day for day in (night.as_of, night.previous) if day is not None]
    for path in (f"nights/{day.isoformat()}/sheet_account.parquet" for day in days):
        if night.lake.exists(path):
            with night.lake.duckdb() as con:
                return dict(con.execute(_LEFT, [night.lake.resolve(path)]).fetchall())
    return {}
