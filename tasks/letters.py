"""Letters: the due mails of a plan, rendered and frozen before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.calendar import window
from models.case import Recipient
from models.clock import midnight
from models.decision import Verdict
from models.errors import RenderError
from models.event import Event
from models.ids import message_id, send_key
from models.ledger import PersonMessage
from models.play import Play
from models.step import Step
from models.workdays import Window
from tasks.mail.render import Rendered, render
from tasks.mail.template import find_template
from tasks.night import Night
from tasks.people import People, Row
from tasks.values import Occasion, sender_values, values_of


@dataclass(frozen=True)
class Letter:
    """One message to one person: its event, and what only the person area may hold.

    `problem` says why it could not be rendered; it is then held.
    """

    event: Event
    recipient: str
    name: str
    sender: str
    reply_to: str | None
    rendered: Rendered | None
    problem: str = ""

    @property
    def kept(self) -> PersonMessage | None:
        """What the person area keeps; None if there is nothing to read."""
        if self.rendered is None:
            return None
        words = self.rendered
        return PersonMessage(
            message_id=self.event.payload["message_id"], recipient=self.recipient, name=self.name, sender=self.sender,
            reply_to=self.reply_to, subject=words.subject, text=words.text, html=words.html,
        )  # fmt: skip


def letters(night: Night, known: People, verdict: Verdict, play: Play) -> Iterator[Letter]:
    """A letter for each recipient of a due mail."""
    hours = window(night.rules.company.calendar, night.as_of)
    for recipient in verdict.recipients:
        yield _letter(night, known, verdict, play.step(verdict.step), recipient, hours)


def _letter(night: Night, known: People, verdict: Verdict, step: Step, recipient: Recipient, hours: Window) -> Letter:
    """One letter; a value that is missing holds this one, not the others."""
    contact = known.contacts.get(recipient.contact, {})
    language = recipient.language or known.accounts[verdict.account].get("language") or night.rules.company.language
    payload = _payload(night, known, verdict, step, recipient, hours)
    rendered, problem = None, ""
    try:
        values = values_of(night, known, verdict, contact, Occasion(step, payload["message_id"]))
        rendered = render(night.rules.files, step.email or "", language, values)
    except RenderError as error:
        problem = str(error)
    payload |= {
        "language": rendered.language if rendered else language,
        "state": "queued" if rendered else "held",
        "reason": problem or None,
    }
    event = Event(
        f"message:{payload['message_id']}:queued",
        "message_queued",
        verdict.subject,
        night.clock.now,
        verdict.account,
        payload,
    )
    name = " ".join(filter(None, (contact.get("first_name"), contact.get("last_name"))))
    sender, reply_to = _sender(night, known, verdict, step)
    return Letter(event, contact.get("email") or "", name, sender, reply_to, rendered, problem)


def _sender(night: Night, known: People, verdict: Verdict, step: Step) -> tuple[str, str | None]:
    """Under whose name it goes, and where answers go: None for the company's own address."""
    sender = sender_values(night, known, verdict.account, step.sender)
    return f"{sender['name']} ({night.rules.company.company.name})", sender["email"] or None


def _payload(
    night: Night, known: People, verdict: Verdict, step: Step, recipient: Recipient, hours: Window
) -> dict[str, Any]:
    """The message's row, but for language, state and reason."""
    template = step.email or ""
    key = send_key(verdict.subject, verdict.play, verdict.step, verdict.occurrence, "email", recipient.address_key)
    zone = zone_of(recipient, known.accounts[verdict.account], night.rules.company.calendar.timezone)
    opens = night.clock.now if verdict.by_hand else hours.next_open(night.clock.now, zone)
    return {
        "message_id": message_id(key, 1), "send_key": key, "revision": 1, "account": verdict.account,
        "enrollment_id": verdict.enrollment_id, "play": verdict.play, "step": verdict.step,
        "occurrence": verdict.occurrence, "template": template,
        "klass": find_template(night.rules.files, template, "en").front.klass,
        "contact": recipient.contact, "address_key": recipient.address_key,
        "not_before": opens.isoformat(), "expires": _expires(night, verdict, opens).isoformat(),
        "deadline": step.deadline, "touch": True, "as_of": night.as_of.isoformat(),
    }  # fmt: skip


def _expires(night: Night, verdict: Verdict, opens: datetime) -> datetime:
    """A deadline's mail may go until the deadline is over, any other for some hours after its window opens."""
    if verdict.deadline_on:
        return max(midnight(verdict.deadline_on) + timedelta(days=1), opens + timedelta(hours=1))
    return opens + timedelta(hours=night.rules.company.expires_hours)


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
