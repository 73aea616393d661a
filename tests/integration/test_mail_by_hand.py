"""Mail as a person handles it: listed, shown as it went, released, canceled, written anew; never a second live row."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from cli.main import app
from models.event import Event
from models.tables import message
from tasks.mail.handling import Deed
from tasks.night import Night
from tasks.store.engine import begin, read
from tasks.store.events import append
from tasks.store.messages import keep_bytes, move, person
from tasks.store.rebuild import rebuild
from tests.mailroom import NINE, land_contacts, queue, room

ID = str(UUID(int=7))
BYTES = b"Message-ID: <x@y.example>\r\nSubject: Hi\r\n\r\nHello \xc3\xa4\r\n.\r\n"
WAYS = {
    "queued": (), "held": ("held",), "refused": ("claimed", "transmitting", "refused"), "expired": ("expired",),
    "canceled": ("canceled",), "sent": ("claimed", "transmitting", "sent"), "suppressed": ("suppressed",),
    "uncertain": ("claimed", "transmitting", "uncertain", "held"), "deferred": ("claimed", "transmitting", "deferred"),
}  # fmt: skip


def brought(folder: Path, state: str, **changes: Any) -> Night:
    """An installation whose one message has come to that state; `uncertain` is held by now."""
    night = room(folder)
    land_contacts(night, 1)
    queue(night, 0, message_id=ID, **changes)
    with begin(night.engine) as conn:
        for after in WAYS[state]:
            every = {"queued", "claimed", "transmitting", "uncertain"}
            told = {"reason": f"it came to {after}", "not_before": NINE.isoformat(), "reply": "250"}
            assert move(conn, ID, expected=every, kind=f"message_{after}", effective_at=NINE, payload=told)
    return night


def call(night: Night, *words: object) -> Result:
    """One command of this installation."""
    return CliRunner().invoke(app, ["--var", str(night.settings.var), "mail", *map(str, words)])


def rows(night: Night) -> list[tuple[int, str]]:
    """(revision, state) of all messages; the tables are what the log says they are."""
    with read(night.engine) as conn:
        found = [(row.revision, row.state) for row in conn.execute(select(message).order_by(message.c.revision))]
        live = select(func.count()).where(message.c.state != "superseded").select_from(message)
        assert conn.execute(live).scalar() == 1
    return found


def test_the_list_names_nobody(tmp_path: Path) -> None:
    """States, plays and reasons; no name, no address, no words."""
    night = brought(tmp_path, "held")
    text = call(night).stdout
    assert all(word in text for word in (ID[:8], "held", "it came to held", "renewal", "A-0"))
    assert not any(word in text for word in ("Contact 0", "@", "Hello"))
    assert "No such messages." in call(night, "--state", "sent").stdout
    assert len(json.loads(call(night, "--state", "HELD", "--json").stdout)["messages"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--state", "hold"), "there is no message state 'hold'; did you mean 'held'?"),
        (("show", "00000000-0000-0000-0000-000000000008"), f"did you mean '{ID}'?"),
        (("release", ID), "is sent; only held ones can be released"),
        (("cancel", ID, "--reason", "late"), "is sent; only what waits can be canceled"),
        (("resend", ID), "is sent; only refused, expired, canceled ones and held ones can be sent anew"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_nearest(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Exit 2, in words, and nothing has changed."""
    night = brought(tmp_path, "sent")
    result = call(night, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert rows(night) == [(1, "sent")]


def test_show_gives_exactly_the_bytes_that_went(tmp_path: Path) -> None:
    """To stdout and nothing else there; what happened goes to stderr."""
    night = brought(tmp_path, "sent")
    with begin(night.engine) as conn:
        keep_bytes(conn, ID, BYTES)
    shown = call(night, "show", ID[:6])
    assert shown.exit_code == 0, shown.output
    assert shown.stdout_bytes == BYTES
    assert "transmitting" in shown.stderr
    assert call(night, "show", ID, "--headers").stdout_bytes == BYTES[: BYTES.index(b"\r\n\r\n") + 2]
    told = json.loads(call(night, "show", ID, "--json").stdout)
    assert told["raw"].encode() == BYTES
    assert next(one["kind"] for one in told["events"]) == "message_queued"


def test_show_gives_the_frozen_words_before(tmp_path: Path) -> None:
    """Whom it goes to and what it says."""
    text = call(brought(tmp_path, "queued"), "show", ID).stdout
    assert all(word in text for word in ("Subject: Your contract", "Hello 0", "contact.0@customer-0.example", "queued"))


def test_a_held_message_is_released_with_who_and_why(tmp_path: Path) -> None:
    """It is due at once."""
    night = brought(tmp_path, "held", expires="2099-01-01T00:00:00+00:00")
    result = call(night, "release", ID, "--by", "nina", "--reason", "it is right")
    assert result.exit_code == 0, result.output
    assert "released by nina: it is right" in result.stdout
    assert rows(night) == [(1, "queued")]


@pytest.mark.parametrize(("state", "changes", "said"), [
    ("uncertain", {"expires": "2099-01-01T00:00:00+00:00"}, "may have arrived already"),
    ("held", {}, "the time of message 00000000 passed on"),
])  # fmt: skip
def test_what_may_have_arrived_or_is_late_is_not_released(
    tmp_path: Path, state: str, changes: dict[str, str], said: str
) -> None:
    """And what helps is said."""
    result = call(brought(tmp_path, state, **changes), "release", ID)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "perennial mail resend" in result.stderr


@pytest.mark.parametrize("state", ["queued", "held", "deferred", "uncertain"])
def test_what_waits_can_be_canceled(tmp_path: Path, state: str) -> None:
    """Once."""
    night = brought(tmp_path, state)
    assert call(night, "cancel", ID, "--reason", "by phone").exit_code == 0
    assert rows(night) == [(1, "canceled")]
    assert call(night, "cancel", ID, "--reason", "by phone").exit_code == 2


@pytest.mark.parametrize("state", ["refused", "expired", "canceled", "held"])
def test_written_anew_it_is_the_next_revision(tmp_path: Path, state: str) -> None:
    """The same words, another id, one live row; the log rebuilds it."""
    night = brought(tmp_path, state)
    result = call(night, "resend", ID, "--reason", "their server is back", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["revision"], told["state"]) == (2, "queued")
    assert rows(night) == [(1, "superseded"), (2, "queued")]
    with read(night.engine) as conn:
        before, after = person(conn, ID), person(conn, told["message_id"])
    assert before is not None
    assert after is not None
    assert (before.subject, before.text, before.recipient) == (after.subject, after.text, after.recipient)
    with begin(night.engine) as conn:
        rebuild(conn)
    assert rows(night) == [(1, "superseded"), (2, "queued")]
    assert call(night, "resend", ID).exit_code == 2


def test_what_may_have_arrived_goes_anew_only_even_if_twice(tmp_path: Path) -> None:
    """A person says so."""
    night = brought(tmp_path, "uncertain")
    refused = call(night, "resend", ID)
    assert refused.exit_code == 2
    assert "--even-if-twice" in refused.stderr
    assert rows(night) == [(1, "held")]
    assert call(night, "resend", ID, "--even-if-twice").exit_code == 0
    assert rows(night) == [(1, "superseded"), (2, "queued")]


@pytest.mark.parametrize(("changes", "said"), [
    ({"deadline": True}, "the deadline of message 00000000 passed"), ({"ended": True}, "has ended"),
])  # fmt: skip
def test_what_is_over_is_not_written_anew(tmp_path: Path, changes: dict[str, bool], said: str) -> None:
    """A deadline that has passed, a conversation that has ended."""
    ended = changes.pop("ended", False)
    night = brought(tmp_path, "expired", **changes)
    if ended:
        enrolled = {"enrollment_id": "E-0", "play": "renewal", "occurrence": "1", "on": "2024-12-01"}
        with begin(night.engine) as conn:
            append(conn, Event("e", "enrolled", "contract:1", NINE, "A-0", enrolled))
            over = {"enrollment_id": "E-0", "outcome": "stopped", "on": "2024-12-30"}
            append(conn, Event("o", "enrollment_ended", "enrollment:E-0", NINE, "A-0", over))
    result = call(night, "resend", ID)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_deed_is_by_somebody_for_a_reason() -> None:
    """As it stands in the log."""
    assert Deed("nina", "", NINE).told("released") == "released by nina"
    assert Deed("nina", "by phone", NINE).told("canceled") == "canceled by nina: by phone"
