"""Reading a mail with limits: bombs, broken mails and odd alphabets give something, and nothing runs."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.inbox.parse import DEEPEST, LINES, parse


def nested(depth: int, *, closed: bool = True) -> bytes:
    """Parts within parts."""
    opens = "".join(f'Content-Type: multipart/mixed; boundary="b{one}"\n\n--b{one}\n' for one in range(depth))
    closes = "".join(f"\n--b{one}--\n" for one in reversed(range(depth))) if closed else ""
    return f"From: a@b.example\nMessage-ID: <1@b.example>\n{opens}Content-Type: text/plain\n\nHello\n{closes}".encode()


def forwarded(depth: int) -> bytes:
    """A mail in a mail in a mail."""
    head = "Content-Type: message/rfc822\n\nFrom: a@b.example\n"
    return f"From: a@b.example\nMessage-ID: <1@b.example>\n{head * depth}\n\nHello\n".encode()


@pytest.mark.parametrize(
    "bomb",
    [
        nested(DEEPEST + 1), nested(30_000), nested(100_000, closed=False), forwarded(DEEPEST + 1), forwarded(20_000),
        nested(DEEPEST // 2) + b"\n" * 9_000_000 + nested(DEEPEST),
    ],
    ids=["deep", "deeper", "open", "forwarded", "forwarded often", "long and deep"],
)  # fmt: skip
def test_a_bomb_is_judged_by_its_head(bomb: bytes) -> None:
    """Its parts are not opened beyond what people send."""
    found = parse(bomb)
    assert (found.key, found.sender) == ("<1@b.example>", "a@b.example")
    assert found.reports == ()


def test_three_levels_are_read() -> None:
    """What people send."""
    assert (parse(nested(3)).text, parse(nested(3)).whole) == ("Hello", True)
    assert not parse(nested(DEEPEST + 1)).whole


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00" * 1_000, b"\n" * 1_000_000, b"From: " + b"a," * 200_000 + b"\n\nx", b"x: y\n" * 200_000,
        b"Subject: =?x?q?=00=FF?=\n\nHello", b"Content-Type: text/plain; charset=martian\n\nHello",
        b"Content-Type: multipart/mixed; boundary=\n\nHello", b"Content-Type: message/delivery-status\n\nHello",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n--b--",
        b"Content-Transfer-Encoding: base64\n\n" + b"!" * 100_000, b"To: " + b"r+a@" * 200_000 + b"\n\nx",
        b"References: " + b"<a@b>" * 100_000 + b"\n\nx", b"Subject: " + b"=?utf-8?b?" * 50_000 + b"\n\nx",
    ],
    ids=range(14),
)  # fmt: skip
def test_a_broken_mail_gives_something(content: bytes) -> None:
    """At least a key, the same each time."""
    assert parse(content).key == parse(content).key != ""


@given(st.binary(max_size=3_000))
def test_no_bytes_stop_the_reader(content: bytes) -> None:
    """Whatever somebody sends."""
    found = parse(content)
    assert found == parse(content)
    assert "\n" not in found.subject + found.name + found.sender


@given(st.text(max_size=300), st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=80))
def test_words_and_subjects_come_through(text: str, subject: str) -> None:
    """In every alphabet."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content(f"{text}\n", cte="base64")
    assert parse(mail.as_bytes()).subject.replace(" ", "") == subject


def test_of_html_only_the_words_are_taken() -> None:
    """No script, no style, nothing that is fetched."""
    page = "<html><head><title>t</title><style>p{}</style></head><body><script>run()</script><p>Yes,<br>gladly.</p>"
    mail = EmailMessage()
    mail.set_content(f'{page}<img src="https://track.example/x.gif"></body></html>', subtype="html")
    assert parse(mail.as_bytes()).text == "Yes,\ngladly."


def test_the_lines_that_are_read_have_an_end() -> None:
    """What stands behind them is not seen; the mail is whole all the same."""
    mail = b"From: a@b.example\n\n" + b"x\n" * LINES + b"the end\n"
    assert "the end" not in parse(mail).text
