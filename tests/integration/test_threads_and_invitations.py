"""Mails that belong together: a meeting's invitation, and a conversation that goes on under its subject."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from models.clock import Clock
from models.event import Event
from tasks.deliver import deliver
from tasks.letters import letters
from tasks.mail.mime import message_id_header
from tasks.night import Night
from tasks.store.engine import begin, read
from tasks.store.events import append
from tasks.store.messages import claim, get, keep_bytes, move
from tasks.store.suppressions import suppress
from tests.letter_desk import desk, people, play, recipient, store, verdict, write
from tests.mailroom import MIDNIGHT, NINE, address, key_of, land_contacts, outcome, queue, received

INVITE: dict[str, Any] = {
    "meeting": {"agenda": "Goals", "minutes": 45, "invite": "t/invite", "time": "10:30", "in_days": "3 days"},
    "to": ["sponsor"],
}
LOOPBACK = {"attempt": 1, "via": "loopback"}
TALK = play(
    {"id": "hello", "email": "t/hello", "to": ["sponsor"]},
    {"id": "again", "email": "t/again", "to": ["sponsor"], "thread": "hello"},
    {"id": "last", "email": "t/again", "to": ["sponsor"], "thread": "again"},
)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played Tuesday with contacts and templates."""
    made = desk(tmp_path)
    land_contacts(made, 4, account_id="A-0")
    yield made
    made.engine.dispose()


def mails(night: Night) -> list[EmailMessage]:
    """What has arrived, as a mail program reads it."""
    return [message_from_bytes(content, policy=policy.default) for content in received(night.settings.mailbox_dir)]


def event_of(mail: EmailMessage) -> Any:
    """The event that a mail invites to."""
    (found,) = Calendar.from_ical(_calendar(mail).get_content()).walk("VEVENT")
    return found


def _calendar(mail: EmailMessage) -> Any:
    """The mail's calendar part, which is the last and richest of the alternatives."""
    parts = list(mail.iter_parts())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    return parts[-1]


def test_an_invitation_arrives_as_a_request(night: Night) -> None:
    """Text, HTML and the request; three days on, at half past ten where the contact is; the CSM has asked."""
    store(night, *write(night, verdict("meet", recipient(night, zone="America/New_York"), kind="meeting"), INVITE))
    assert deliver(night) == {"sent": 1}
    (mail,) = mails(night)
    calendar = _calendar(mail)
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    event = event_of(mail)
    assert event["DTSTART"].dt == datetime(2025, 1, 3, 10, 30, tzinfo=ZoneInfo("America/New_York"))
    assert event["DURATION"].dt == timedelta(minutes=45)
    assert event["DTSTAMP"].dt == MIDNIGHT
    assert event["SUMMARY"] == mail["Subject"] == "Our meeting on January 3, 2025"
    assert "Goals, 10:30, 45." in event["DESCRIPTION"]
    assert event["ORGANIZER"] == "mailto:nina@perennial.example"
    assert event["ATTENDEE"] == f"mailto:{address(0)}"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["UID"].endswith("@perennial.example")


def test_everybody_is_invited_to_the_same_meeting(night: Night) -> None:
    """One event at one instant, in mails of their own: nobody sees who else was asked."""
    both = (recipient(night, zone="Europe/Berlin"), recipient(night, 1, "Asia/Tokyo"))
    store(night, *write(night, verdict("meet", *both, kind="meeting"), INVITE))
    assert deliver(night) == {"sent": 2}
    one, two = (event_of(mail) for mail in mails(night))
    assert (one["UID"], one["DTSTART"].dt) == (two["UID"], two["DTSTART"].dt)
    assert {str(one["ATTENDEE"]), str(two["ATTENDEE"])} == {f"mailto:{address(number)}" for number in range(2)}


@pytest.mark.parametrize(
    ("as_of", "holidays", "day"),
    [
        (date(2024, 12, 31), None, date(2025, 1, 3)),  # a Friday
        (date(2025, 1, 1), None, date(2025, 1, 6)),  # Saturday: Monday
        (date(2025, 4, 15), "account", date(2025, 4, 22)),  # Good Friday, weekend, Easter Monday
    ],
)
def test_a_meeting_is_on_a_working_day(tmp_path: Path, as_of: date, holidays: str | None, day: date) -> None:
    """The first one so many days after the step, by the account's own calendar."""
    made = desk(tmp_path, {"calendar": {"holidays": holidays}})
    made.clock = Clock.at(as_of, datetime(2026, 1, 1, tzinfo=UTC))
    (letter,) = write(made, verdict("meet", recipient(made), kind="meeting"), INVITE)
    assert letter.kept is not None
    assert f"DTSTART;TZID=Europe/Berlin:{day:%Y%m%d}T103000" in (letter.kept.calendar or "")
    made.engine.dispose()


def test_an_invitation_is_no_touch_and_ends_no_step(night: Night) -> None:
    """The account has had its message today and is invited all the same; the meeting's task ends the step."""
    queue(night, 1, account="A-0")
    store(night, *write(night, verdict("meet", recipient(night), kind="meeting"), INVITE))
    assert deliver(night) == {"sent": 2}
    assert (outcome(night, 0), outcome(night, 1)) == (None, "sent")


def test_an_objection_holds_for_invitations(night: Night) -> None:
    """Suppressed is suppressed."""
    store(night, *write(night, verdict("meet", recipient(night), kind="meeting"), INVITE))
    with begin(night.engine) as conn:
        suppress(conn, [key_of(night, 0)], "unsubscribed", MIDNIGHT)
    assert deliver(night) == {"suppressed": 1}


def test_an_invitation_is_repeated_byte_by_byte(night: Night) -> None:
    """What was kept at the first transmission goes again."""
    (letter,) = write(night, verdict("meet", recipient(night), kind="meeting"), INVITE)
    store(night, letter)
    id_ = letter.event.payload["message_id"]
    kept = f"Message-ID: {message_id_header(id_, night.settings.mail_from)}\r\n\r\nas it was\r\n".encode()
    with begin(night.engine) as conn:
        assert claim(conn, id_, NINE)
        keep_bytes(conn, id_, kept)
        assert move(conn, id_, expected={"claimed"}, kind="message_transmitting", effective_at=NINE, payload=LOOPBACK)
    assert deliver(night) == {"sent": 1}
    assert received(night.settings.mailbox_dir) == [kept]


def continued(night: Night, step: str, *numbers: int, days: int = 0) -> list[str]:
    """Write a step of the talk to these contacts, some days later; the messages' ids."""
    later = replace(night, clock=Clock.at(night.as_of + timedelta(days=days), datetime(2026, 1, 1, tzinfo=UTC)))
    given = verdict(step, *(recipient(night, number) for number in numbers))
    found = list(letters(later, people(), given, TALK))
    store(later, *found)
    deliver(later)
    return [letter.event.payload["message_id"] for letter in found]


def test_a_follow_up_continues_the_mail_to_the_same_address(night: Night) -> None:
    """In-Reply-To, References and the first one's subject; a person who did not get it gets a mail of their own."""
    (first,) = continued(night, "hello", 0)
    ids = continued(night, "again", 0, 1, days=2)
    header = message_id_header(first, night.settings.mail_from)
    by_id = {str(mail["Message-ID"]): mail for mail in mails(night)}
    same, other = (by_id[message_id_header(id_, night.settings.mail_from)] for id_ in ids)
    assert (same["In-Reply-To"], same["References"], same["Subject"]) == (header, header, "Re: Hello Acme")
    assert (other["In-Reply-To"], other["References"], other["Subject"]) == (None, None, "Once more")


def test_a_thread_goes_on(night: Night) -> None:
    """The third mail names both before it, and keeps the first one's subject."""
    ids = [continued(night, step, 0, days=number)[0] for number, step in enumerate(("hello", "again", "last"))]
    headers = [message_id_header(id_, night.settings.mail_from) for id_ in ids]
    last = next(mail for mail in mails(night) if mail["Message-ID"] == headers[2])
    assert (last["In-Reply-To"], last["References"]) == (headers[1], f"{headers[0]} {headers[1]}")
    assert last["Subject"] == "Re: Hello Acme"


RENAMED = play(
    {"id": "welcome", "email": "t/hello", "to": ["sponsor"]},
    {"id": "again", "email": "t/again", "to": ["sponsor"], "thread": "welcome"},
)


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"occurrence": "1~0badcafe", "enrollment_id": "E-1"},
        {"occurrence": "1~0badcafe~00c0ffee", "enrollment_id": "E-1"},
        {"subject": "account:A-9"},
    ],
    ids=["renamed", "restarted", "restarted twice", "merged"],
)
def test_a_thread_finds_the_mail_whatever_its_step_is_called_now(night: Night, later: dict[str, Any]) -> None:
    """It went under the old name, in the enrollment before, or for an account that is merged: it is that mail still."""
    (first,) = continued(night, "hello", 0)
    told = {"play": "p", "play_hash": "h", "occurrence": "1", "members": [], "arm": "treated", "on": "2024-12-31"}
    with begin(night.engine) as conn:
        for id_ in ("E-0", "E-1"):
            payload = {"enrollment_id": id_, **told}
            append(conn, Event(f"enroll:{id_}", "enrolled", f"account:{id_}", night.clock.now, "A-0", payload))
            moved = {"enrollment_id": id_, "play_hash": "h2", "steps": {"hello": "welcome"}}
            append(conn, Event(f"migrate:{id_}", "enrollment_migrated", "enrollment:E", night.clock.now, "A-0", moved))
    (letter,) = letters(night, people(), verdict("again", recipient(night), **later), RENAMED)
    assert letter.kept is not None
    with read(night.engine) as conn:
        assert (message := get(conn, first)) is not None
    assert letter.kept.thread == message.send_key


def test_what_was_not_sent_is_not_continued(night: Night) -> None:
    """A thread that begins with nothing would puzzle everybody."""
    with begin(night.engine) as conn:
        suppress(conn, [key_of(night, 0)], "for now", MIDNIGHT)
    (first,) = continued(night, "hello", 0)
    with read(night.engine) as conn:
        assert (message := get(conn, first)) is not None
        assert message.state == "suppressed"
    (letter,) = letters(night, people(), verdict("again", recipient(night)), TALK)
    assert letter.kept is not None
    assert letter.kept.thread == letter_key(night)
    queue(night, 3, thread=letter.kept.thread, account="A-0")
    assert deliver(night) == {"sent": 1}
    (mail,) = mails(night)
    assert (mail["In-Reply-To"], mail["Subject"]) == (None, "Your contract")


def letter_key(night: Night) -> str:
    """Send key of the talk's first mail to contact 0."""
    (letter,) = letters(night, people(), verdict("hello", recipient(night)), TALK)
    return str(letter.event.payload["send_key"])


def test_a_trapped_first_mail_is_not_continued(night: Night) -> None:
    """Nor is one that a holdout never got."""
    store(night, *letters(night, people(), verdict("hello", recipient(night), verdict="trapped"), TALK))
    continued(night, "again", 0, days=2)
    (mail,) = mails(night)
    assert mail["In-Reply-To"] is None
