"""Our bytes beside the library's: read by two parsers, every mail says the same."""

from dataclasses import replace
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.errors import RenderError
from tasks.mail.headers import one_line
from tasks.mail.mime import Letter, to_bytes
from tasks.mail.sandbox import clean
from tests.letters_of_mime import FULL, LETTER
from tests.mail_by_library import by_library

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=120)
"""Control characters, lone surrogates, marks of direction, emoji: all there is."""
WORDS = st.text(max_size=800)
PEOPLE = ("From", "To", "Reply-To")
NASTY = ["\u202egnp.exe", "a\x00b\x1b[31m", "\ud800", "a\u2028b\x85c", "👩‍👩‍👧 Ñandú", "=?utf-8?q?evil?=", "x" * 10_000,
    "ü" * 10_000, 'a" <b@x.example>, c', "Evil, Inc", "a\\", "", " ", "(comment)", "Bcc: x@y.example\r\n\r\nbody",
    "نينا بارك", "李 小龙" * 20, "a " * 60, "\u200eAcme Inc.\u200e"]  # fmt: skip


def known(content: bytes) -> EmailMessage:
    """As today's parser reads it, without a defect."""
    read = message_from_bytes(content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    assert not any(part.defects for part in read.walk())
    return read


def told(mail: EmailMessage) -> dict[str, str]:
    """Header → what it says."""
    return {name: " ".join(str(value).split()) for name, value in mail.items()}


def alike(ours: EmailMessage, theirs: EmailMessage, letter: Letter) -> bool:
    """Whether both say the same.

    Two faults of the library are passed over: it lets a name that looks like an encoded word be decoded, and (3.11)
    reads a space between two encoded words of a name.
    """
    spoiled = {*PEOPLE, "Subject"} if "=?" in letter.name + letter.sender + letter.subject else set()
    pairs = ((name, told(ours)[name], told(theirs)[name]) for name in set(ours.keys()) - spoiled)
    return all(a == b or (name in PEOPLE and a.replace(" ", "") == b.replace(" ", "")) for name, a, b in pairs)


def bodies(mail: Message) -> list[bytes]:
    """The parts' contents, CRLF or not."""
    parts = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    return [part.replace(b"\r\n", b"\n") for part in parts if isinstance(part, bytes)]


def plain(value: str) -> str:
    """A header as the parser of old reads it, its encoded words decoded."""
    return " ".join(str(make_header(decode_header(value.replace("\r\n", "")))).split())


def check(letter: Letter) -> None:
    """Both parsers and the library agree; the header set is that of the letter's kind; lines and bytes are fit."""
    content = to_bytes(letter)
    ours, theirs = known(content), known(by_library(letter))
    assert list(ours.keys()) == list(theirs.keys())
    assert alike(ours, theirs, letter)
    assert bodies(ours) == bodies(theirs)
    old = message_from_bytes(content, policy=policy.compat32)
    assert list(old.keys()) == list(ours.keys())
    assert bodies(old) == bodies(ours)
    assert plain(old["Subject"]) == told(ours)["Subject"] == one_line(letter.subject)
    for name, meant in zip(PEOPLE, (letter.sender, letter.name, letter.sender), strict=True):
        (one,) = ours[name].addresses
        shown, address = parseaddr(old[name].replace("\r\n", ""))
        assert (plain(shown), address) == (shown_name(meant), one.addr_spec)
    fit(content)


def shown_name(name: str) -> str:
    """What a reader sees of a name."""
    return " ".join(clean(name).split())[:100].strip()


def fit(content: bytes) -> None:
    """Only CRLF lines, none longer than 998, in 7 bits, without controls."""
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert content.isascii()
    assert not any(byte < 32 and byte != 9 for line in lines for byte in line)


@settings(max_examples=40, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_names_and_subjects_are_as_the_library_has_them(name: str, sender: str, subject: str) -> None:
    """Whatever they are, the same headers come out, and say the same in both parsers."""
    check(replace(FULL, name=name, sender=sender, subject=subject))


@pytest.mark.parametrize("text", NASTY)
def test_nasty_names_and_subjects(text: str) -> None:
    """A hundred characters of a name are shown; a subject is as long as it is."""
    check(replace(FULL, name=text, sender=text, subject=text[:150]))


@settings(max_examples=30, deadline=None)
@given(WORDS, WORDS)
@example("a\r\nb\rc\nd", " \t\n.\n..\n=\n=20\nFrom me\n" + "ü" * 2000)
@example("", "\u2028\x85\x0b\x0c\x00")
def test_bodies_are_as_the_library_has_them(text: str, html: str) -> None:
    """Dots, equals signs, blanks at a line's end, lines without an end."""
    check(replace(FULL, text=text, html=html, calendar=text))


@pytest.mark.parametrize(
    "letter", [LETTER, FULL, replace(LETTER, references=tuple(f"<{n}@a.example>" for n in range(99)))]
)
def test_each_kind_of_mail_is_as_the_library_has_it(letter: Letter) -> None:
    """Short and full, and a thread of a hundred mails."""
    check(letter)


def test_unsubscribe_links_are_neither_folded_nor_encoded() -> None:
    """On one line, as a mailbox provider posts to them."""
    lines = to_bytes(FULL).split(b"\r\n")
    assert b"List-Unsubscribe: <" + b">, <".join(link.encode() for link in FULL.unsubscribe) + b">" in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_only_an_https_link_takes_a_single_click() -> None:
    """RFC 8058 wants HTTPS."""
    by_mail = known(to_bytes(replace(FULL, unsubscribe=("mailto:u+x@r.example",))))
    assert by_mail["List-Unsubscribe"] == "<mailto:u+x@r.example>"
    assert "List-Unsubscribe-Post" not in by_mail


@pytest.mark.parametrize(
    "link", ["https://a.example/\r\nBcc: x@y.example", "https://a.example/>", "https://a.example/ü", ""]
)
def test_a_link_that_ends_its_header_is_refused(link: str) -> None:
    """Nothing that was configured makes a header."""
    with pytest.raises(RenderError, match="List-Unsubscribe"):
        to_bytes(replace(FULL, unsubscribe=(link,)))


def test_a_local_part_that_is_not_ascii_stands_as_it_is() -> None:
    """RFC 6532: one address in UTF-8, everything else in 7 bits."""
    content = to_bytes(replace(FULL, recipient="jörg@bücher.example"))
    mail = message_from_string(content.decode(), policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "jörg@xn--bcher-kva.example"
    assert content.replace("jörg".encode(), b"").isascii()
