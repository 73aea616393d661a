"""Whom a step is addressed to, and why nobody if nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.case import Recipient
from models.step import Step
from models.suppression import against


@dataclass(frozen=True)
class Addressed:
    """The contacts of a step, each address once, with the reason in words."""

    recipients: tuple[Recipient, ...]
    reason: str
    verdict: str = "due"


def addressed(
    step: Step, klass: str, contacts: Sequence[Recipient], fallback: Sequence[str], only: str = "", play: str = ""
) -> Addressed:
    """The step's roles among the contacts; if none is there the first fallback role that is.

    Suppressed addresses are left out; `marketing` needs the consent `granted` (blank is not). `only` is the contact
    that a play per contact is about: it speaks to nobody else.
    """
    found = [contact for contact in contacts if (contact.contact == only if only else contact.role in step.to)]
    reason = "to the contact it is about" if only else f"to {', '.join(step.to)}"
    for role in () if found or only else fallback:
        found = [contact for contact in contacts if contact.role == role]
        if found:
            reason = f"no {' or '.join(step.to)}: to {role} instead"
            break
    if not found:
        missing = "the contact is not there any more" if only else f"no contact with the role {' or '.join(step.to)}"
        return Addressed((), missing, "nobody")
    allowed = [contact for contact in found if may_receive(contact, klass, play)]
    if not allowed:
        return Addressed((), f"no address may be written to: {_why_not(found, klass, play)}", "suppressed")
    return Addressed(_once(allowed), reason)


def may_receive(contact: Recipient, klass: str, play: str = "") -> bool:
    """Suppression as far as it goes; marketing needs consent besides; service goes unless it was withdrawn."""
    if contact.suppressed or against(contact.barred, klass, play):
        return False
    if klass == "marketing":
        return contact.consent == "granted"
    return klass == "contractual" or contact.consent != "withdrawn"


def _why_not(found: Sequence[Recipient], klass: str, play: str) -> str:
    """One word for it."""
    if all(contact.suppressed for contact in found):
        return "suppressed"
    if all(contact.suppressed or against(contact.barred, klass, play) for contact in found):
        return f"unsubscribed from {klass} mail or this play"
    return f"no consent for {klass} mail"


def _once(contacts: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Each address once; the lowest contact id stands for it."""
    first: dict[str, Recipient] = {}
    for contact in sorted(contacts, key=lambda contact: contact.contact):
        first.setdefault(contact.address_key, contact)
    return tuple(first.values())
