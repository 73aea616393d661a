"""A corpus of bounces, automatic answers, complaints and answers: each is what its label says, and does no more."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from models.ids import made_of
from models.tables import event, message, suppression, task
from tasks.store import inbound
from tasks.store.engine import open_store, read
from tasks.store.inbound import Received
from tests.inbox_desk import InboxDesk, address, header_id, id_of, inbox_desk, mail
from tests.inbox_samples.delivery import REPORTS, TEXTS, Sample
from tests.inbox_samples.people import COMPLAINTS, MACHINES, REPLIES, STRANGERS, WISHES

SAMPLES = (*REPORTS, *TEXTS, *MACHINES, *REPLIES, *COMPLAINTS, *WISHES, *STRANGERS)
FIRST = 100
NUMBERS = {sample.name: FIRST + number for number, sample in enumerate(SAMPLES)}


def filled(desk: InboxDesk, sample: Sample) -> bytes:
    """The sample as an answer to the message of its number."""
    number = NUMBERS[sample.name]
    known = {
        "to": desk.to("b", number), "bounce": desk.to("b", number), "reply": desk.to("r", number),
        "REPLY": desk.to("r", number).upper(), "unsubscribe": desk.to("u", number), "id": header_id(number),
        "who": address(number), "other": header_id(number).replace("perennial.example", "elsewhere.example"),
    }  # fmt: skip
    text = sample.text
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InboxDesk]:
    """An installation that has read the whole corpus, a message for each mail."""
    folder = tmp_path_factory.mktemp("corpus")
    engine = open_store(f"sqlite:///{folder / 'store.db'}")
    with inbox_desk(engine, folder) as found:
        for sample in SAMPLES:
            found.sent(NUMBERS[sample.name])
        assert sum(found.read(*(filled(found, sample) for sample in SAMPLES)).values()) == len(SAMPLES)
        yield found
    engine.dispose()


@pytest.fixture(scope="module")
def received(desk: InboxDesk) -> dict[str, Received]:
    """Message-ID and message → what was received."""
    kinds = ["reply", "bounce", "delayed", "delivered", "complaint", "unsubscribe", "auto_reply", "unknown"]
    with read(desk.place.engine) as conn:
        return {one.inbound_id: one for one in inbound.of_kinds(conn, kinds)}


@pytest.fixture(scope="module")
def suppressed(desk: InboxDesk) -> dict[str, str]:
    """Address key → scope."""
    with read(desk.place.engine) as conn:
        return dict(conn.execute(select(suppression.c.address_key, suppression.c.scope)).tuples().all())


def key_of(content: bytes) -> str:
    """Its Message-ID."""
    line = next(one for one in content.decode().splitlines() if one.startswith("Message-ID:"))
    return line.partition(":")[2].strip()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: str(one.name))
def test_each_mail_is_what_it_is(
    desk: InboxDesk, received: dict[str, Received], suppressed: dict[str, str], sample: Sample
) -> None:
    """Its kind, what stands against the address, and what came of it."""
    key = key_of(filled(desk, sample))
    ids = [made_of("inbound", key, id_of(NUMBERS[sample.name])), made_of("inbound", key, "")]
    found = next(received[id_] for id_ in ids if id_ in received)
    scope = suppressed.get(desk.key(NUMBERS[sample.name]), "")
    assert (found.kind, scope) == (sample.kind, sample.scope)
    if sample.effect:
        assert found.effect == sample.effect


def test_nobody_else_is_suppressed(desk: InboxDesk, suppressed: dict[str, str]) -> None:
    """The labels name all of them."""
    assert set(suppressed) == {desk.key(NUMBERS[one.name]) for one in SAMPLES if one.scope}


def test_reading_all_of_it_ten_times_more_changes_nothing(desk: InboxDesk) -> None:
    """Not one event."""
    with read(desk.place.engine) as conn:
        before = conn.execute(select(event)).all()
    for _ in range(10):
        assert desk.read(*(filled(desk, sample) for sample in SAMPLES)) == {"again": len(SAMPLES)}
    with read(desk.place.engine) as conn:
        assert conn.execute(select(event)).all() == before


def test_a_thousand_forgeries_do_nothing(tmp_path: Path) -> None:
    """A changed letter, another purpose, another message, a token past its day: no effect of any kind."""
    random = Random(7)
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with inbox_desk(engine, tmp_path) as desk:
        desk.sent(1)
        assert desk.read(*(_forged(desk, random, number) for number in range(1_000))) == {"unknown": 1_000}
        with read(engine) as conn:
            assert conn.execute(select(suppression)).all() == []
            assert conn.execute(select(task)).all() == []
            assert conn.execute(select(message.c.message_id)).scalars().all() == [id_of(1)]
            assert {one.message_id for one in inbound.of_kinds(conn, ["unknown"])} == {None}
    engine.dispose()


def _forged(desk: InboxDesk, random: Random, number: int) -> bytes:
    """A mail to an address that is almost one of ours; every third a bounce of a dead address."""
    prefix = random.choice("bru")
    token = desk.to(random.choice("bru"), random.choice((1, 1, 1, 2))).partition("+")[2]
    place = random.randrange(45)
    changed = random.choice([one for one in "abcdefghijklmnopqrstuvwxyz234567" if one != token[place]])
    to = f"{prefix}+{token[:place]}{changed}{token[place + 1 :]}"
    if number % 3:
        return mail("someone@elsewhere.example", to, "unsubscribe", "x", Message_ID=f"<{number}@elsewhere.example>")
    sample = REPORTS[0].text.replace("{to}", to).replace("{id}", f"<{number}@perennial.example>")
    return sample.replace("{who}", address(1)).replace("<postfix-unknown@", f"<{number}@").encode()
