"""Mails as bytes: a fixed set of headers, one recipient, the same bytes every time."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RenderError
from tasks.mail.headers import needs_utf8
from tasks.mail.mime import Letter, message_id_header, to_bytes, valid_address
from tasks.mail.sandbox import clean
from tests.letters_of_mime import LETTER

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "MIME-Version",
    "Content-Type",
]  # fmt: skip


def parsed(letter: Letter) -> EmailMessage:
    """The letter as a mail program reads it."""
    read = message_from_bytes(to_bytes(letter), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_headers_are_ours_and_no_others() -> None:
    """Who, whom, when, why, and that no person wrote it."""
    mail = parsed(LETTER)
    assert list(mail.keys()) == HEADERS
    assert mail["To"].addresses[0].addr_spec == "ada@customer.example"
    assert mail["To"].addresses[0].display_name == "Ada Löw, PhD"
    assert mail["From"].addresses[0].addr_spec == "success@perennial.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "nina@perennial.example"
    assert mail["Message-ID"] == "<0b8e@perennial.example>" == message_id_header("0b8e", LETTER.mail_from)
    assert mail["Date"].datetime == LETTER.date
    assert mail["List-Id"] == "<renewal.perennial.example>"


def test_both_bodies_arrive_as_they_were() -> None:
    """Text first, HTML last: a mail program shows the last it can."""
    mail = parsed(LETTER)
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html


def test_the_same_letter_gives_the_same_bytes() -> None:
    """A retry sends what was sent before, boundary included; every line is short and 7-bit."""
    first = to_bytes(LETTER)
    assert first == to_bytes(replace(LETTER))
    assert first.isascii()
    assert max(len(line) for line in first.split(b"\r\n")) <= 998
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_without_a_csm_answers_go_to_the_sender() -> None:
    """No Reply-To rather than an empty one."""
    assert "Reply-To" not in parsed(replace(LETTER, reply_to=""))


@given(st.text(max_size=120), st.text(max_size=150))
def test_no_name_and_no_subject_makes_a_header(name: str, subject: str) -> None:
    """Whatever people and accounts are called, the headers stay the same, and there is one recipient."""
    letter = replace(LETTER, name=name, sender=name, subject=subject)
    mail = parsed(letter)
    assert list(mail.keys()) == HEADERS
    assert [one.addr_spec for one in mail["To"].addresses] == ["ada@customer.example"]
    assert str(mail["Subject"]).split() == clean(subject).split()


@pytest.mark.parametrize(
    "name",
    ["Evil, Inc <b@x.example>", "x\r\nBcc: evil@x.example", 'a" <b@x.example>', "\u202egnp.exe", "a\x00b", "\ud800"],
)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    """Controls and direction overrides are gone; the rest is quoted."""
    shown = parsed(replace(LETTER, name=name))["To"].addresses
    assert len(shown) == 1
    assert shown[0].addr_spec == "ada@customer.example"
    assert shown[0].display_name == " ".join(clean(name).split())


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@", "@b.example", "a@b", "a b@c.example", "a@b.example, c@d.example", "Evil <a@b.example>",
        "b@x.example>\r\nRCPT TO:<evil@x.example", "a@b.example\n", "a\x00@b.example", "a@b..example",
        "a" * 65 + "@b.example", "a@-b.example", "a@[127.0.0.1]", '"a b"@c.example',
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_smtp(address: str) -> None:
    """And the reason does not repeat it."""
    with pytest.raises(RenderError) as error:
        valid_address(address)
    assert len(address) < 2 or address not in str(error.value)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("A.b+tag@Customer.EXAMPLE", "A.b+tag@customer.example"), ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"), ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ],
)  # fmt: skip
def test_addresses_go_as_smtp_takes_them(address: str, sent: str) -> None:
    """Domains in ASCII, local parts untouched; one that is not ASCII needs a server that takes it."""
    assert valid_address(address) == sent
    assert needs_utf8(sent) is (not sent.isascii())
