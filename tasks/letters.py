"""Letters: what is due and leaves through the ledger, written and frozen before anything is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.case import Recipient
from models.decision import Verdict
from models.errors import RenderError
from models.ids import message_id
from models.ledger import PersonMessage
from models.message import INTERNAL
from models.play import Play
from models.step import TOUCHES, Step
from tasks.invitations import Meeting, invitation, meeting_of
from tasks.mail.calendar import Person
from tasks.mail.paths import own_host
from tasks.mail.press import press
from tasks.mail.render import Rendered
from tasks.mail.template import find_template, text_hash
from tasks.night import Night
from tasks.notices import notice
from tasks.people import People, Row
from tasks.queued import Letter, key_of, queued, slot_of, zone_of
from tasks.store.engine import read
from tasks.threads import continued
from tasks.values import Occasion, sender_values, values_of

__all__ = ["Letter", "letters"]


def letters(night: Night, known: People, verdict: Verdict, play: Play) -> Iterator[Letter]:
    """What a due step sends: a letter for each recipient, or one notice to our own people or systems.

    A step that is trapped, because its customer is held out, gives the same letters without words: both arms are
    counted alike.
    """
    step = play.step(verdict.step)
    if verdict.verdict not in ("due", "trapped") or verdict.instead or step.channel is None:
        return
    if step.channel not in INTERNAL:
        desk = _Desk(night, known, verdict, play, step)
        yield from (desk.letter(recipient) for recipient in verdict.recipients)
    elif verdict.verdict == "due":
        yield notice(night, known, verdict, step)


@dataclass(frozen=True)
class _Desk:
    """One step that writes to a customer."""

    night: Night
    known: People
    verdict: Verdict
    play: Play
    step: Step

    @property
    def account(self) -> Row:
        """The account's sheet."""
        return self.known.accounts[self.verdict.account]

    @property
    def channel(self) -> str:
        """How it leaves."""
        return self.step.channel or "email"

    @cached_property
    def meeting(self) -> Meeting | None:
        """The meeting that it invites to: one, at one instant, whoever comes."""
        zone = self._zone(self.verdict.recipients[0])
        return meeting_of(self.night, self.verdict, self.step, zone, self.account.get("country") or "")

    def letter(self, recipient: Recipient) -> Letter:
        """One letter; a value that is missing holds this one, not the others."""
        contact = self.known.contacts.get(recipient.contact, {})
        language = recipient.language or self.account.get("language") or self.night.rules.company.language
        kept, problem, state, reason = None, "", "trapped", self.verdict.reason
        if self.verdict.verdict == "due":
            try:
                words = self._words(recipient, contact, language)
                kept, language = self._kept(recipient, contact, words), words.language
            except RenderError as error:
                problem = str(error)
            state, reason = ("held", problem) if problem else ("queued", "")
        row = self._row(recipient, language) | {"language": language, "state": state, "reason": reason or None}
        slot = slot_of(self.night, self.verdict, self._zone(recipient), self.account.get("country") or "")
        event = queued(self.night, self.verdict, self.channel, recipient.address_key, slot, **row)
        return Letter(event, contact.get("email") or "", _name(contact), kept, problem)

    def _row(self, recipient: Recipient, language: str) -> dict[str, Any]:
        """What the ledger knows of a letter, beside its keys and times."""
        template = self.step.template or ""
        return {
            "template": template, "klass": find_template(self.night.rules.files, template, "en").front.klass,
            "contact": recipient.contact, "deadline": self.step.deadline, "touch": self.step.kind in TOUCHES,
            "template_hash": text_hash(self.night.rules.files, template, language),
        }  # fmt: skip

    def _words(self, recipient: Recipient, contact: Row, language: str) -> Rendered:
        """The rendered template."""
        occasion = Occasion(self.step, self._id(recipient), self.meeting.starts if self.meeting else None)
        values = values_of(self.night, self.known, self.verdict, contact, occasion)
        beside = own_host(self.night.settings)
        return press().render(self.night.rules.files, self.step.template or "", language, values, beside)

    def _kept(self, recipient: Recipient, contact: Row, words: Rendered) -> PersonMessage:
        """Whom it goes to and what it says."""
        sender = sender_values(self.night, self.known, self.verdict.account, self.step.sender)
        address, name = contact.get("email") or "", _name(contact)
        invited = invitation(self.night, self.meeting, sender, Person(name, address), words) if self.meeting else None
        return PersonMessage(
            message_id=self._id(recipient), recipient=address, name=name, reply_to=sender["email"] or None,
            sender=f"{sender['name']} ({self.night.rules.company.company.name})",
            subject=words.subject, text=words.text, html=words.html, calendar=invited, thread=self._thread(recipient),
        )  # fmt: skip

    def _thread(self, recipient: Recipient) -> str | None:
        """Send key of the mail to the same address that this one continues."""
        if self.step.thread is None or self.channel != "email":
            return None
        with read(self.night.engine) as conn:
            found = continued(conn, self.verdict, self.play, self.step.thread, recipient.address_key)
        return found or key_of(self.verdict, "email", recipient.address_key, self.step.thread)

    def _id(self, recipient: Recipient) -> str:
        """The message's id."""
        return message_id(key_of(self.verdict, self.channel, recipient.address_key), 1)

    def _zone(self, recipient: Recipient) -> str:
        """The zone in which the recipient's hours are counted."""
        return zone_of(recipient, self.account, self.night.rules.company.calendar.timezone)


def _name(contact: Row) -> str:
    """First and last name, as far as they are known."""
    return " ".join(filter(None, (contact.get("first_name"), contact.get("last_name"))))
