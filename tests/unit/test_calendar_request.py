"""Invitations as RFC 5545 has them: folded, parsed back as they were, the clock's changes where they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from models.errors import RenderError
from tasks.mail.calendar import Invitation, Person, request
from tasks.mail.sandbox import clean

INVITATION = Invitation(
    uid="0b8e@perennial.example",
    starts=datetime(2025, 3, 28, 10, tzinfo=ZoneInfo("Europe/Berlin")),
    minutes=45,
    stamp=datetime(2025, 3, 24, 9, tzinfo=UTC),
    summary="Größe; plan, next",
    description="Hello Ada,\n\nGoals, people; dates \\ and more " + "é" * 90 + "\n",
    organizer=Person("Nina Park", "nina@perennial.example"),
    attendee=Person("Ada Löw", "ada@customer.example"),
    sent_by="success@perennial.example",
)
NAMES = st.text(max_size=80)


def part(text: str, name: str) -> Any:
    """The one part of that name in a request."""
    (found,) = Calendar.from_ical(text).walk(name)
    return found


def test_what_goes_in_comes_out() -> None:
    """Method, ids, times and people are read back as they were."""
    text = request(INVITATION)
    calendar, found = Calendar.from_ical(text), part(text, "VEVENT")
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert (found["UID"], found["SEQUENCE"]) == (INVITATION.uid, 0)
    assert found["DTSTAMP"].dt == INVITATION.stamp
    assert found["DTSTART"].dt == INVITATION.starts
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert found["DURATION"].dt == timedelta(minutes=45)
    assert (found["SUMMARY"], found["DESCRIPTION"]) == (INVITATION.summary, INVITATION.description)
    assert found["ORGANIZER"] == "mailto:nina@perennial.example"
    assert found["ORGANIZER"].params["SENT-BY"] == "mailto:success@perennial.example"
    assert found["ATTENDEE"] == "mailto:ada@customer.example"
    told = {name: found["ATTENDEE"].params[name] for name in ("CN", "RSVP", "PARTSTAT", "ROLE")}
    assert told == {"CN": "Ada Löw", "RSVP": "TRUE", "PARTSTAT": "NEEDS-ACTION", "ROLE": "REQ-PARTICIPANT"}


def test_lines_are_folded_at_75_octets() -> None:
    """Each line ends with CRLF and has no more; none is cut inside a character."""
    data = request(INVITATION).encode()
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in lines)


def test_the_same_invitation_is_the_same_text() -> None:
    """Nothing of the machine is in it."""
    assert request(INVITATION) == request(replace(INVITATION))


def test_in_universal_time_no_zone_is_defined() -> None:
    """UTC needs no definition."""
    text = request(replace(INVITATION, starts=INVITATION.starts.astimezone(ZoneInfo("UTC"))))
    assert "VTIMEZONE" not in text
    assert "DTSTART:20250328T090000Z" in text


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata"]
)
def test_the_clock_changes_when_it_does(zone: str) -> None:
    """Every onset, read as RFC 5545 says (in the time before it), is an instant at which the zone's clock changes."""
    place = ZoneInfo(zone)
    text = request(replace(INVITATION, starts=INVITATION.starts.replace(tzinfo=place)))
    defined = part(text, "VTIMEZONE")
    assert defined["TZID"] == zone
    for number, change in enumerate(defined.subcomponents):
        before, after = change["TZOFFSETFROM"].td, change["TZOFFSETTO"].td
        at = (change["DTSTART"].dt - before).replace(tzinfo=UTC)
        assert at.astimezone(place).utcoffset() == after
        assert number == 0 or (at - timedelta(minutes=1)).astimezone(place).utcoffset() == before != after
    assert part(text, "VEVENT")["DTSTART"].dt.utcoffset() == INVITATION.starts.replace(tzinfo=place).utcoffset()


@given(NAMES, NAMES, NAMES)
def test_no_name_and_no_subject_makes_a_property(name: str, organizer: str, summary: str) -> None:
    """Whatever people and accounts are called: one event, the same properties, the same addresses."""
    told = replace(
        INVITATION, summary=summary, attendee=Person(name, "a@b.example"), organizer=Person(organizer, "c@d.example")
    )
    found = part(request(told), "VEVENT")
    assert set(found) == set(part(request(INVITATION), "VEVENT"))
    assert found["ATTENDEE"] == "mailto:a@b.example"
    assert found["ORGANIZER"] == "mailto:c@d.example"
    assert str(found["SUMMARY"]) == clean(summary)


@pytest.mark.parametrize("address", ["", "nobody", "a@b.example\r\nATTENDEE:mailto:evil@x.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """Nothing is written for it."""
    with pytest.raises(RenderError):
        request(replace(INVITATION, attendee=Person("Ada", address)))
