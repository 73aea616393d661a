"""What a mail that came back does, on both databases: an answer, a wish, a bounce; once, and no more than that."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.tables import event, message, task
from tasks.store import inbound
from tasks.store.engine import begin, read
from tasks.store.messages import get, person
from tasks.store.rebuild import rebuild
from tasks.store.suppressions import scopes_of
from tests.inbox_desk import InboxDesk, address, header_id, id_of, inbox_desk, mail


@pytest.fixture
def desk(store: Engine, tmp_path: Path) -> Iterator[InboxDesk]:
    """An installation that has sent message 1."""
    with inbox_desk(store, tmp_path) as found:
        found.sent(1)
        yield found


def answer(desk: InboxDesk, number: int = 1, **headers: str) -> bytes:
    """A person's answer."""
    name = f'"Jane Doe" <{address(number)}>'
    said = "Yes, gladly.\n\nOn Monday Nina wrote:\n> Shall we meet?\n"
    return mail(
        name, desk.to("r", number), "Re: Your contract", said, Message_ID=f"<{number}@customer.example>", **headers
    )


def scopes(desk: InboxDesk, number: int = 1) -> set[str]:
    """What stands against contact n."""
    with read(desk.place.engine) as conn:
        return scopes_of(conn, desk.key(number))


def tasks(desk: InboxDesk) -> list[str]:
    """Kinds of the tasks there are."""
    with read(desk.place.engine) as conn:
        return sorted(conn.execute(select(task.c.kind)).scalars())


def forwards(desk: InboxDesk) -> list[str]:
    """Ids of the messages that hand something on."""
    with read(desk.place.engine) as conn:
        return list(conn.execute(select(message.c.message_id).where(message.c.channel == "forward")).scalars())


def test_an_answer_is_recorded_with_its_account_and_handed_on_to_the_csm(desk: InboxDesk) -> None:
    """The log has ids, the person area the words, the ledger a message to the CSM."""
    assert desk.read(answer(desk)) == {"reply": 1}

    with read(desk.place.engine) as conn:
        (found,) = inbound.of_message(conn, id_of(1))
        words = inbound.words_of(conn, found.inbound_id)
        (id_,) = forwards(desk)
        row, letter = get(conn, id_), person(conn, id_)
    assert (found.kind, found.account, found.contact, found.effect) == ("reply", "A-1", "C-1", "forwarded")
    assert words is not None
    assert words.text == "Yes, gladly."
    assert row is not None
    assert (row.state, row.enrollment_id, row.touch) == ("queued", None, False)
    assert letter is not None
    assert (letter.recipient, letter.reply_to) == ("nina@vendor.example", address(1))
    assert letter.sender == "Jane Doe (Customer 1)"


def test_what_was_read_twice_does_nothing_the_second_time(desk: InboxDesk) -> None:
    """A crash between effect and mark: the mail is there again, and nothing else is."""
    assert desk.read(answer(desk)) == {"reply": 1}
    with read(desk.place.engine) as conn:
        before = conn.execute(select(event)).all()
    for _ in range(10):
        assert desk.read(answer(desk)) == {"again": 1}
    with read(desk.place.engine) as conn:
        assert conn.execute(select(event)).all() == before


def test_an_answer_without_the_signed_address_is_known_by_what_it_answers(desk: InboxDesk) -> None:
    """A colleague answers from his own address; the mail names ours."""
    said = mail("boss@customer-1.example", "sales@perennial.example", "Re: hello", "No.", In_Reply_To=header_id(1))
    assert desk.read(said) == {"reply": 1}
    with read(desk.place.engine) as conn:
        (found,) = inbound.of_message(conn, id_of(1))
    assert (found.account, found.contact) == ("A-1", None)


def test_nothing_that_we_wrote_ourselves_is_handed_on(desk: InboxDesk) -> None:
    """A CSM's copy, and our own domain's mail, would go in circles."""
    ours = mail("nina@vendor.example", desk.to("r", 1), "Re: x", "As I said.")
    own = mail("success@perennial.example", desk.to("r", 1), "Re: x", "As I said.", Message_ID="<2@perennial.example>")
    assert desk.read(ours, own) == {"unknown": 2}
    assert forwards(desk) == []


@pytest.mark.parametrize(
    ("klass", "scope", "asked"),
    [
        ("marketing", {"class:marketing"}, []),
        ("service", {"class:service"}, []),
        ("contractual", set(), ["unsubscribe"]),
    ],
)
def test_unsubscribing_by_mail_is_like_one_click(
    desk: InboxDesk, klass: str, scope: set[str], asked: list[str]
) -> None:
    """The class of the mail; a contract's notices are the CSM's to talk about."""
    desk.sent(2, klass=klass)
    assert desk.read(mail("any@where.example", desk.to("u", 2), "unsubscribe", "")) == {"unsubscribe": 1}
    assert scopes(desk, 2) == scope
    assert tasks(desk) == asked


def test_a_subject_that_says_unsubscribe_is_an_answer_and_a_question(desk: InboxDesk) -> None:
    """Nobody guesses what is meant: the CSM reads it, and nothing is suppressed."""
    assert desk.read(mail(address(1), desk.to("r", 1), "Abmelden", "")) == {"reply": 1}
    assert scopes(desk) == set()
    assert tasks(desk) == ["unsubscribe"]
    assert len(forwards(desk)) == 1


def test_what_came_back_is_rebuilt_equal(desk: InboxDesk) -> None:
    """All of it is in the log."""
    desk.read(answer(desk), mail("any@where.example", desk.to("u", 1), "unsubscribe", ""))
    with begin(desk.place.engine) as conn:
        before = [sorted(map(repr, conn.execute(select(table)))) for table in (message, task)]
        rebuild(conn)
        assert [sorted(map(repr, conn.execute(select(table)))) for table in (message, task)] == before


def test_the_mail_to_the_csm_carries_the_answer_as_it_came(desk: InboxDesk) -> None:
    """Its Reply-To is the customer; it says that a machine sent it, so that no machine answers."""
    from tasks.mail.forward import forwarded

    desk.read(answer(desk))
    with read(desk.place.engine) as conn:
        (id_,) = forwards(desk)
        row, letter = get(conn, id_), person(conn, id_)
        assert row is not None
        assert letter is not None
        content = forwarded(conn, row, letter, "success@perennial.example", row.queued_at)  # type: ignore[arg-type]
        again = forwarded(conn, row, letter, "success@perennial.example", row.queued_at)  # type: ignore[arg-type]
    found = message_from_bytes(content, policy=policy.default)
    (attached,) = found.iter_attachments()
    assert content == again
    assert found["Reply-To"] == f'"Jane Doe (Customer 1)" <{address(1)}>'
    assert found["Auto-Submitted"] == "auto-generated"
    assert attached.get_content_type() == "message/rfc822"
    assert attached.get_content()["Message-ID"] == "<1@customer.example>"
