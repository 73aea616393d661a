"""The ledger of a real night as people look at it."""

from sqlalchemy import select

from models.tables import message
from tests.cli_call import call, told
from tests.night_house import House


def test_the_list_has_the_nights_messages_and_nobodys_name(done: House) -> None:
    """By state and by account; the count is the database's."""
    sent = done.rows(select(message).where(message.c.state == "sent", message.c.channel == "email"))
    assert sent
    listed = told(done, "mail", "--state", "sent", "--limit", "10000")["messages"]
    assert {row.message_id for row in sent} <= {one["message_id"] for one in listed}
    mine = told(done, "mail", "--account", sent[0].account, "--limit", "10000")["messages"]
    assert {one["account"] for one in mine} == {sent[0].account}
    text = call(done, "mail").stdout
    assert "@" not in text
    assert sent[0].account in call(done, "mail", "--limit", "10000").stdout
    assert "did you mean" in call(done, "mail", "--account", f"{sent[0].account}x").stderr


def test_a_mail_is_shown_as_it_lies_in_the_mailbox(done: House) -> None:
    """Byte by byte."""
    one = done.rows(select(message.c.message_id).where(message.c.state == "sent", message.c.channel == "email"))[0]
    shown = call(done, "mail", "show", one.message_id)
    assert shown.exit_code == 0
    kept = {path.read_bytes() for path in (done.var / "mailbox/new").iterdir()}
    assert shown.stdout_bytes in kept
    assert "is sent" in shown.stderr
    assert "transmitting" in shown.stderr


def test_what_was_sent_is_not_taken_back(house: House) -> None:
    """The words say so, exit 2, and the log has nothing new."""
    one = house.rows(select(message.c.message_id).where(message.c.state == "sent", message.c.channel == "email"))[0]
    before = len(house.events("message_canceled", "message_superseded", "message_requeued"))
    for words in (("release",), ("cancel", "--reason", "late"), ("resend",)):
        assert call(house, "mail", words[0], one.message_id, *words[1:]).exit_code == 2
    assert len(house.events("message_canceled", "message_superseded", "message_requeued")) == before
