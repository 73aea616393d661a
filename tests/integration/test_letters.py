"""Letters: in whose name, in which words, on which channel; frozen before anything is stored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from models.ids import message_id
from tasks.deliver import deliver
from tasks.mail.look import Contact, Look, later
from tasks.night import Night
from tasks.queued import hours
from tasks.store.engine import read
from tasks.store.messages import get
from tests.letter_desk import SENDERS, desk, people, recipient, store, verdict, write
from tests.mailroom import MIDNIGHT, address, land_contacts, outcome, queue, received, states

HELLO: dict[str, Any] = {"email": "t/hello", "to": ["sponsor"]}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played night with contacts and templates."""
    made = desk(tmp_path)
    land_contacts(made, 4, account_id="A-0")
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(
    ("said", "change", "name", "reply_to"),
    [
        ("csm", {}, "Nina Park", "nina@perennial.example"),
        ("sales", {}, "Tom Reyes", "tom@perennial.example"),
        ("sales", {"sales": {}}, "Nina Park", "nina@perennial.example"),
        ("sales", {"sales": {"A-0": "gone"}}, "Nina Park", "nina@perennial.example"),
        ("sales", {"csms": {}}, "Customer Success", None),
        ("csm", {"csms": {"tom": SENDERS["tom"]}}, "Customer Success", None),
        ("team", {}, "Customer Success", None),
    ],
)
def test_who_signs(night: Night, said: str, change: dict[str, Any], name: str, reply_to: str | None) -> None:
    """Sales falls back to the CSM, the CSM to the company; the team is the company; answers go to who signs."""
    (letter,) = write(night, verdict("hello", recipient(night)), {**HELLO, "from": said}, people(**change))
    assert letter.kept is not None
    assert letter.kept.sender == f"{name} (Example Software)"
    assert letter.kept.reply_to == reply_to
    assert f"From {name}." in letter.kept.text


def test_a_survey_links_to_its_page_without_telling_who_asks(night: Night) -> None:
    """The page learns the kind and an opaque reference, which is the message's id; its own parameters stay."""
    step = {"survey": "nps", "email": "t/ask", "to": ["sponsor"]}
    (letter,) = write(night, verdict("ask", recipient(night), kind="survey"), step)
    assert letter.kept is not None
    url = letter.kept.text.split("<")[1].split(">")[0]
    query = parse_qs(urlsplit(url).query)
    assert query == {"lang": ["en"], "kind": ["nps"], "ref": [letter.event.payload["message_id"]]}
    assert "ada" not in url.lower()
    assert letter.event.payload["touch"] is True
    assert (letter.event.payload["channel"], letter.event.payload["state"]) == ("email", "queued")


@pytest.mark.parametrize("missing", ["survey_url", "booking_url"])
def test_a_page_that_is_not_configured_holds_the_mail(tmp_path: Path, missing: str) -> None:
    """Nobody gets a link that leads nowhere."""
    made = desk(tmp_path, {missing: None})
    step = {"survey": "nps", "email": "t/ask"} if missing == "survey_url" else {"email": "t/book"}
    (letter,) = write(made, verdict("ask", recipient(made)), {**step, "to": ["sponsor"]})
    assert letter.kept is None
    assert letter.event.payload["state"] == "held"
    assert letter.problem
    made.engine.dispose()


@pytest.mark.parametrize(
    ("subject", "template", "change", "words"),
    [
        ("ticket:T-1", "t/ticket", {"tickets": {"T-1": {"ticket_priority": "high"}}}, "It was high."),
        ("contact:C-0", "t/hello", {}, "From Nina Park."),
        ("contract:S-1", "t/hello", {"contracts": {"S-1": {"contract_id": "S-1"}}}, "From Nina Park."),
        (
            "session:W-1/A-0",
            "t/session",
            {"sessions": {"W-1/A-0": {"session_topic": "Reports", "session_url": "https://perennial.example/w"}}},
            "https://perennial.example/w",
        ),
    ],
)
def test_every_grain_has_its_values(
    night: Night, subject: str, template: str, change: dict[str, Any], words: str
) -> None:
    """What a conversation is about can be spoken of."""
    given = verdict("step", recipient(night), subject=subject)
    (letter,) = write(night, given, {"email": template, "to": ["sponsor"]}, people(**change))
    assert letter.kept is not None, letter.problem
    assert words in letter.kept.text
    assert letter.recipient == address(0)


def test_an_in_app_message_has_the_words_and_is_a_touch(night: Night) -> None:
    """The same templates, another channel, another key."""
    given = verdict("hello", recipient(night), kind="inapp")
    (letter,) = write(night, given, {"inapp": "t/hello", "to": ["sponsor"]})
    (mail,) = write(night, given, HELLO)
    assert letter.event.payload["channel"] == "inapp"
    assert letter.event.payload["touch"] is True
    assert letter.event.payload["send_key"] != mail.event.payload["send_key"]
    assert letter.kept is not None
    assert letter.kept.subject == "Hello Acme"


@pytest.mark.parametrize(
    ("owner", "key"), [("csm", "team:nina"), ("sales", "team:tom"), ("support", "team:support"), ("team", "team:team")]
)
def test_a_notice_goes_to_the_owner(night: Night, owner: str, key: str) -> None:
    """To the account's person of that team, else to the team; no contact, no hours, no touch."""
    (letter,) = write(night, verdict("tell", kind="notify"), {"notify": "Please call.", "owner": owner})
    row = letter.event.payload
    assert (row["channel"], row["address_key"], row["contact"], row["touch"]) == ("notify", key, None, False)
    assert row["not_before"] == MIDNIGHT.isoformat()
    assert letter.kept is not None
    assert (letter.kept.subject, letter.kept.text) == ("Acme", "Please call.")


def test_notices_and_updates_are_delivered(night: Night) -> None:
    """From the verdict to the outbox, and the step has ended."""
    tell = write(night, verdict("tell", kind="notify"), {"notify": "Please call."})
    note = write(night, verdict("note", kind="update", enrollment_id="E-1"), {"update": {"nps": "asked"}})
    store(night, *tell, *note)
    assert deliver(night) == {"sent": 2}
    assert outcome(night, 0) == outcome(night, 1) == "sent"


@pytest.mark.parametrize(
    ("step", "letters"),
    [
        (HELLO, 2),
        ({"inapp": "t/hello", "to": ["sponsor"]}, 2),
        ({"meeting": {"agenda": "Goals", "invite": "t/invite"}, "to": ["sponsor"]}, 2),
        ({"notify": "Please call."}, 0),
        ({"task": "Call"}, 0),
    ],
)
def test_a_holdout_is_counted_and_nothing_is_kept(night: Night, step: dict[str, Any], letters: int) -> None:
    """Each message that would have gone is a row, trapped from the start, without words; none of it is sent."""
    given = verdict("hello", recipient(night), recipient(night, 1), verdict="trapped", reason="held out")
    found = write(night, given, step)
    assert [letter.event.payload["state"] for letter in found] == ["trapped"] * letters
    assert all(letter.kept is None for letter in found)
    due = write(night, verdict("hello", recipient(night), recipient(night, 1)), step)
    assert [one.event.payload["send_key"] for one in found] == [one.event.payload["send_key"] for one in due][:letters]
    store(night, *found)
    assert deliver(night) == {}
    assert states(night) == ({"trapped": letters} if letters else {})


def test_a_new_person_gets_a_past_step_under_a_key_of_their_own(night: Night) -> None:
    """The same step to another address is another message; to the same address it is the same one."""
    store(night, *write(night, verdict("hello", recipient(night)), HELLO))
    assert deliver(night) == {"sent": 1}
    again = write(night, verdict("hello", recipient(night), recipient(night, 1)), HELLO)
    store(night, *again)
    assert states(night) == {"queued": 1, "sent": 1}
    assert deliver(night) == {"sent": 1}
    assert len(received(night.settings.mailbox_dir)) == 2


@pytest.mark.parametrize(
    ("deadline", "goes", "until"),
    [
        (None, 2, datetime(2025, 1, 3, 20, tzinfo=UTC)),
        (date(2025, 1, 6), 2, datetime(2025, 1, 7, tzinfo=UTC)),
        (date(2025, 1, 1), 31, datetime(2025, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_deadline_does_not_wait_for_a_blackout_to_end(
    tmp_path: Path, deadline: date | None, goes: int, until: datetime
) -> None:
    """Mail waits for the next open day; one that would miss its deadline goes at once."""
    closed = {"blackouts": [{"from": date(2024, 12, 31), "to": date(2025, 1, 1)}]}
    made = desk(tmp_path, {"calendar": closed})
    given = verdict("hello", recipient(made, zone="Europe/Berlin"), deadline_on=deadline)
    (letter,) = write(made, given, {**HELLO, "deadline": deadline is not None})
    assert datetime.fromisoformat(letter.event.payload["not_before"]).day == goes
    assert datetime.fromisoformat(letter.event.payload["expires"]) == until
    made.engine.dispose()


def test_the_hours_are_those_of_the_accounts_country(tmp_path: Path) -> None:
    """With `holidays: account` nobody is written to on their own New Year's Day."""
    made = desk(tmp_path, {"calendar": {"holidays": "account"}})
    made.clock = type(made.clock)(date(2025, 1, 1), MIDNIGHT + timedelta(days=1), played=True)
    (letter,) = write(made, verdict("hello", recipient(made)), HELLO)
    assert letter.event.payload["not_before"].startswith("2025-01-02T08:00")
    made.engine.dispose()


def test_the_last_look_knows_the_country_too(tmp_path: Path) -> None:
    """What was put off to a holiday over there waits for the day after."""
    made = desk(tmp_path, {"calendar": {"holidays": "account"}})
    contacts = {"C-0": Contact("key", None, None, "Europe/Berlin", None, "DE")}
    windows = {"DE": hours(made.rules.company.calendar, "DE", date(2025, 1, 1))}
    look = Look(contacts, {}, hours(made.rules.company.calendar, "", date(2025, 1, 1)), windows=windows)
    queue(made, 0)
    with read(made.engine) as conn:
        message = get(conn, "M-0")
    assert message is not None
    assert later(look, message, datetime(2025, 1, 1, 9, tzinfo=UTC)) == datetime(2025, 1, 2, 8, tzinfo=UTC)
    assert later(replace(look, windows={}), message, datetime(2025, 1, 1, 9, tzinfo=UTC)).day == 1
    made.engine.dispose()


def test_ids_are_made_of_business_facts(night: Night) -> None:
    """A re-run makes the same messages."""
    one, two = (write(night, verdict("hello", recipient(night)), HELLO)[0] for _ in range(2))
    assert one.event.payload == two.event.payload
    assert one.event.payload["message_id"] == message_id(one.event.payload["send_key"], 1)
