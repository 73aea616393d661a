"""An invitation to a meeting as RFC 5545 has it: one event that asks one person for an answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from tasks.mail.mime import valid_address
from tasks.mail.sandbox import clean
from tasks.mail.zones import definition

PRODUCT = "-//Perennial//Customer success as code//EN"


@dataclass(frozen=True)
class Person:
    """Somebody at a meeting."""

    name: str
    address: str


@dataclass(frozen=True)
class Invitation:
    """What a meeting is, and who is asked to come.

    Attributes:
        uid: the same for every mail about this meeting.
        starts: aware, in the zone in which it is told.
        stamp: when the invitation was made.
        sent_by: the address that it really comes from, on behalf of the organizer.
    """

    uid: str
    starts: datetime
    minutes: int
    stamp: datetime
    summary: str
    description: str
    organizer: Person
    attendee: Person
    sent_by: str


def request(invitation: Invitation) -> str:
    """The invitation's text, lines folded at 75 octets; the same invitation always gives the same text.

    Raises:
        RenderError: an address is not valid.
    """
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "REQUEST")
    zone = str(invitation.starts.tzinfo)
    if zone != "UTC":
        calendar.add_component(definition(zone, invitation.starts.date()))
    calendar.add_component(_event(invitation))
    return str(calendar.to_ical().decode())


def _event(invitation: Invitation) -> Event:
    """The meeting."""
    event = Event()
    event.add("UID", invitation.uid)
    event.add("SEQUENCE", 0)
    event.add("DTSTAMP", invitation.stamp.astimezone(UTC))
    event.add("DTSTART", invitation.starts)
    event.add("DURATION", timedelta(minutes=invitation.minutes))
    event.add("SUMMARY", clean(invitation.summary))
    event.add("DESCRIPTION", invitation.description)
    event.add("STATUS", "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    event.add("ORGANIZER", _organizer(invitation))
    event.add("ATTENDEE", _attendee(invitation.attendee))
    return event


def _organizer(invitation: Invitation) -> vCalAddress:
    """Who answers go to; we write on their behalf."""
    address = _address(invitation.organizer)
    if invitation.sent_by.lower() != invitation.organizer.address.lower():
        address.params["SENT-BY"] = vText(f"mailto:{valid_address(invitation.sent_by)}")
    return address


def _attendee(person: Person) -> vCalAddress:
    """Who is asked to come."""
    address = _address(person)
    words = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    for name, value in words.items():
        address.params[name] = vText(value)
    return address


def _address(person: Person) -> vCalAddress:
    """Name and address; a name may be anything, an address must be one."""
    address = vCalAddress(f"mailto:{valid_address(person.address)}")
    name = " ".join(clean(person.name).replace('"', "'").split())[:100]
    if name:
        address.params["CN"] = vText(name)
    return address
