"""Rows of the mail ledger as they are handed around."""

import builtins
from dataclasses import dataclass
from datetime import date, datetime

from models.message import State


@dataclass(frozen=True)
class Message:
    """One row of the ledger, without the person it goes to.

    Attributes:
        send_key: what must not be sent twice; at most one row of it is not superseded.
        subject: the play's subject, e.g. a contract's id; not the mail's subject line.
        klass: contractual, service or marketing.
        deadline: it carries a deadline: counted by the caps, never capped.
        touch: it reaches the customer and counts against the caps.
        channel: email, inapp, notify, update or forward.
        attempts: how often its transmission began.
        claimed_at: by the run's clock, like queued_at and sent_at.
        changed_seq: number of the event that brought it into its state.
        template_hash: of the template's text when the words were frozen; claimed_by: the sender that has it, or had.
        tried_at: when it was first tried of all that ended deferred, by the run's clock.
    """

    message_id: str
    send_key: str
    revision: int
    account: str | None
    subject: str | None
    enrollment_id: str | None
    play: str | None
    step: str | None
    occurrence: str | None
    template: str | None
    language: str | None
    klass: str | None
    contact: str | None
    address_key: str | None
    channel: str | None
    state: State
    reason: str | None
    reply: str | None
    not_before: datetime | None
    expires: datetime | None
    deadline: bool
    touch: bool
    attempts: int
    queued_at: datetime | None
    claimed_at: datetime | None
    sent_at: datetime | None
    as_of: date | None
    changed_seq: int
    template_hash: str | None = None
    claimed_by: str | None = None
    tried_at: datetime | None = None

    @property
    def invites(self) -> bool:
        """Whether it invites to a meeting: then its step ends with the meeting's task, not with the mail."""
        return self.channel == "email" and not self.touch


@dataclass(frozen=True)
class PersonMessage:
    """The person area's side of a message: whom it goes to and what it says, frozen when it was queued.

    Attributes:
        sender: the name it comes from; reply_to: the address answers go to; None for the company's own.
        bytes: the mail as it goes out, kept from the first transmission on.
        calendar: the invitation that goes with it, RFC 5545.
        thread: send key of the mail that it continues, if that was sent.
        postmark: the Message-ID it went out with, which answers name.
    """

    message_id: str
    recipient: str
    name: str | None
    sender: str | None
    reply_to: str | None
    subject: str
    text: str
    html: str
    bytes: builtins.bytes | None = None
    calendar: str | None = None
    thread: str | None = None
    postmark: str | None = None


@dataclass(frozen=True, order=True)
class Touch:
    """One step that reached an account, or may have, counted once whatever its recipients; day is UTC."""

    day: date
    account: str
    enrollment_id: str
    step: str
    message_id: str
