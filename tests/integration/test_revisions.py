"""What waits and is not right any more is written anew by the next night, once, and never when it may be out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.files import Files
from models.clock import Clock
from models.event import Event
from tasks.night import Night
from tasks.people import People
from tasks.revisions import revise
from tasks.store.engine import begin, read
from tasks.store.events import append, append_all
from tasks.store.messages import in_states, move, person
from tests.letter_desk import TEMPLATES, desk, people, play, recipient, store, verdict, write
from tests.mailroom import STATES, address, key_of

STEP = {"id": "hello", "email": "t/hello", "to": ["sponsor"]}
DAY = timedelta(days=1, hours=1)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A night with one letter in the ledger, and its conversation."""
    made = desk(tmp_path)
    at, on = made.clock.now, made.as_of.isoformat()
    said = {"enrollment_id": "E-0", "play": "p", "play_hash": "h", "occurrence": "1", "members": [], "on": on}
    taken = {"enrollment_id": "E-0", "step": "hello", "kind": "email", "planned_on": on, "on": on}
    with begin(made.engine) as conn:
        append_all(conn, [Event("e", "enrolled", "account:A-0", at, "A-0", said),
                          Event("s", "step_taken", "account:A-0", at, "A-0", taken)])  # fmt: skip
    store(made, *write(made, verdict("hello", recipient(made)), STEP))
    yield made
    made.engine.dispose()


def known(night: Night, number: int = 0) -> People:
    """The people of tonight; contact 0 has the address of that number."""
    found = people()
    contacts = {id_: {**row, "address_key": key_of(night, int(id_[2:]))} for id_, row in found.contacts.items()}
    contacts["C-0"] |= {"email": address(number), "address_key": key_of(night, number)}
    return replace(found, contacts=contacts)


def at_night(night: Night, found: People, after: timedelta = DAY) -> int:
    """The next night's look at what waits."""
    later = replace(night, clock=Clock(night.as_of, night.clock.now + after, played=False))
    return revise(later, lambda _: found, {"h": play(STEP)}, {"E-0": "h"})


def rewrite(night: Night, text: str = "Something else.") -> None:
    """Somebody edits the template."""
    rules: Any = night.rules
    changed = TEMPLATES["t/hello"].replace("From {{ sender.name }}.", text)
    rules.files = Files({**rules.files.texts, "templates/emails/t/hello.en.md": changed})


def rows(night: Night) -> list[tuple[str, int, str]]:
    """(state, revision, text) of each message, the oldest first."""
    with read(night.engine) as conn:
        found = sorted(in_states(conn, STATES), key=lambda one: one.changed_seq)
        words = [(one, person(conn, one.message_id)) for one in found]
    return [(one.state, one.revision, kept.text.strip().splitlines()[0] if kept else "") for one, kept in words]


def test_a_changed_text_is_written_anew_after_a_day(night: Night) -> None:
    """Superseded and queued as revision 2, once; within the day it goes as it was written."""
    rewrite(night)
    assert at_night(night, known(night), timedelta(hours=23)) == 0
    assert at_night(night, known(night)) == 1
    assert [row[:2] for row in rows(night)] == [("superseded", 1), ("queued", 2)]
    assert "Something else." in rows(night)[1][2]
    assert at_night(night, known(night)) == 0


def test_another_address_gets_a_send_of_its_own(night: Night) -> None:
    """At once; nothing goes to the old address."""
    assert at_night(night, known(night, 3), timedelta(hours=1)) == 1
    assert [row[:2] for row in rows(night)] == [("superseded", 1), ("queued", 1)]
    with read(night.engine) as conn:
        (queued,) = in_states(conn, ("queued",))
        kept = person(conn, queued.message_id)
    assert kept is not None
    assert kept.recipient == address(3)


@pytest.mark.parametrize("way", ["claimed", "message_transmitting", "held after all"])
def test_what_may_be_out_is_left_alone(night: Night, way: str) -> None:
    """Never two revisions past their claim."""
    with read(night.engine) as conn:
        (one,) = in_states(conn, ("queued",))
    kinds = {"claimed": 1, "message_transmitting": 2, "held after all": 4}[way]
    with begin(night.engine) as conn:
        for kind in ("message_claimed", "message_transmitting", "message_uncertain", "message_held")[:kinds]:
            assert move(conn, one.message_id, expected=set(STATES), kind=kind, effective_at=night.clock.now)
    rewrite(night)
    assert at_night(night, known(night, 3)) == 0
    assert [row[1] for row in rows(night)] == [1]


def test_a_held_one_is_written_anew_when_it_can_be(night: Night) -> None:
    """A value was missing; a day later it is there. One that still cannot be written stays held."""
    with read(night.engine) as conn:
        (one,) = in_states(conn, ("queued",))
    with begin(night.engine) as conn:
        move(conn, one.message_id, expected={"queued"}, kind="message_held", effective_at=night.clock.now)
    nameless = replace(known(night), accounts={"A-0": {**known(night).accounts["A-0"], "name": None}})
    assert at_night(night, nameless) == 0
    assert [row[:2] for row in rows(night)] == [("held", 1)]
    assert at_night(night, known(night)) == 1
    assert [row[:2] for row in rows(night)] == [("superseded", 1), ("queued", 2)]


def test_what_a_csm_was_given_is_left_alone(night: Night) -> None:
    """Nobody hears of it twice: where a task stands in for the mail, the mail does not come as well."""
    rewrite(night)
    payload = {"task_id": "T", "enrollment_id": "E-0", "step": "hello", "title": "write", "on": night.as_of.isoformat()}
    with begin(night.engine) as conn:
        append(conn, Event("t", "task_opened", "account:A-0", night.clock.now, "A-0", payload))
    assert at_night(night, known(night)) == 0
