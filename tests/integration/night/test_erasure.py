"""Erasing a person, and retention: what goes, what stays, and that nobody is brought back."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from models.address import address_key
from models.suppression import ERASED
from models.tables import message, person_message, suppression
from tests.cli_call import call, told
from tests.night_house import MONDAY, House

NEXT = MONDAY + timedelta(days=1)


def written_to(house: House) -> tuple[str, str, str]:
    """(address, full name, contact) of somebody who got a mail."""
    query = select(person_message.c.recipient, person_message.c.name, message.c.contact).join(
        message, message.c.message_id == person_message.c.message_id
    )
    sent = (message.c.state == "sent", message.c.channel == "email", person_message.c.name.like("% %"))
    source = next((house.layer.parent / "company").rglob("contacts*")).read_text(encoding="utf-8")
    for found in house.rows(query.where(*sent).order_by(message.c.message_id)):
        first, last = found.name.split(" ", 1)
        if source.count(f'"first": "{first}", "last": "{last}"') == 1:
            return found.recipient, found.name, found.contact
    raise AssertionError("everybody has a namesake")


def told_of(house: House, *words: str) -> Iterator[str]:
    """Every place below the installation's folder where one of the words can be read, Parquet unpacked."""
    for path in sorted(one for one in house.var.rglob("*") if one.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += repr(pq.ParquetFile(io.BytesIO(content)).read().to_pylist()).encode()
        if any(word.encode() in content for word in words):
            yield str(path.relative_to(house.var))


def test_a_person_who_is_erased_is_nowhere_any_more(house: House) -> None:
    """Neither address nor name, in no file of ours; what stays is a keyed hash, and counts of what went."""
    address, name, _ = written_to(house)
    assert set(told_of(house, address)) > {"perennial.db"}
    done = told(house, "erase", address, "--yes")
    assert list(told_of(house, address, name)) == []
    assert done["address_key"] == address_key(house.settings.secret, address)
    assert {"contacts", "person_message", "mailbox"} <= set(done["removed"])
    assert [row.payload["counts"] for row in house.events("erased")] == [done["removed"]]


def test_erasing_again_removes_nothing_more(house: House) -> None:
    """It may be repeated, after a crash for example."""
    address, _, _ = written_to(house)
    told(house, "erase", address, "--yes")
    assert told(house, "erase", address, "--yes")["removed"] == {}


def test_nobody_is_written_down_again_who_was_erased(house: House) -> None:
    """The next nights pull the person from the sources again: only the key lands, and no mail goes there."""
    address, name, _ = written_to(house)
    told(house, "erase", address, "--yes")
    touched = next((house.layer.parent / "company").rglob("contacts*"))
    before = touched.read_text(encoding="utf-8")
    try:
        touched.write_text(before.replace(address, address.upper()), encoding="utf-8")
        house.night(NEXT)
    finally:
        touched.write_text(before, encoding="utf-8")
    assert list(told_of(house, address, address.upper(), name)) == []
    key = address_key(house.settings.secret, address)
    assert house.rows(select(message).where(message.c.address_key == key, message.c.as_of == NEXT)) == []
    assert [row.reason for row in house.rows(select(suppression).where(suppression.c.address_key == key))] == [ERASED]


def test_an_erasure_is_not_lifted_like_a_wish(house: House) -> None:
    """The command says why."""
    address, _, _ = written_to(house)
    told(house, "erase", address, "--yes")
    result = call(house, "suppress", address, "--lift")
    assert result.exit_code == 2
    assert "was erased" in result.stderr


def test_erasing_asks_before_it_acts(house: House) -> None:
    """No is the default; nothing has changed then."""
    address, _, _ = written_to(house)
    result = call(house, "erase", address)
    assert result.exit_code != 0
    assert house.events("erased") == []


def test_what_is_personal_and_old_goes_with_the_night(house: House) -> None:
    """Words of ended mails after their period; the ledger itself stays, and the night says how much went."""
    later = MONDAY + timedelta(days=200)
    kept = len(house.rows(select(message)))
    house.night(later)
    old = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC) + timedelta(days=3)
    words = select(person_message.c.message_id).join(message, message.c.message_id == person_message.c.message_id)
    ended = words.where(message.c.state == "sent", message.c.sent_at < old)
    assert house.rows(ended) == []
    assert len(house.rows(select(message))) >= kept
    (event,) = house.events("retained")
    assert event.payload["counts"]["person_message"] > 0
    assert event.payload["periods"]["mails"] == 180
    assert event.payload["counts"]["quarantine"] > 0


@pytest.mark.parametrize(("arguments", "scope"), [((), "all"), (("--class", "marketing"), "class:marketing"),
    (("--play", "renewal"), "play:renewal")])  # fmt: skip
def test_a_wish_goes_as_far_as_it_was_said_and_can_be_lifted(
    house: House, arguments: tuple[str, ...], scope: str
) -> None:
    """Everything, a class or a play; lifted, the address is free there again."""
    assert told(house, "suppress", "jane@example.com", *arguments)["added"] == 1
    assert [row.scope for row in house.rows(select(suppression))] == [scope]
    assert told(house, "suppress", "jane@example.com", *arguments, "--lift")["lifted"] == 1
    assert house.rows(select(suppression)) == []
    assert told(house, "suppress", "jane@example.com", *arguments)["added"] == 1


def test_a_class_or_play_that_is_none_is_told_with_the_nearest(house: House) -> None:
    """Contractual notices cannot be objected to by class."""
    assert "did you mean 'marketing'?" in call(house, "suppress", "a@b.example", "--class", "marketting").stderr
    assert "did you mean 'renewal'?" in call(house, "suppress", "a@b.example", "--play", "renewl").stderr
