"""The lines of a mail's header: names and words may be anything, what comes out is what RFC 5322 and 2047 allow."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from models.errors import RenderError
from tasks.mail.sandbox import clean

WIDE = 76
"""Columns of a line of words; addresses, ids and links are never folded and may be longer."""
MAX_NAME = 100
_WORD_BYTES = 39
"""So many bytes of text make an encoded word that fits behind any header's name."""
_MARKS = re.compile("([\u200e\u200f])")
"""Marks of direction without an effect on what follows: Latin names in Arabic subjects need them."""
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_PLAIN = re.compile(r"[!-;=?-~]+")


@lru_cache(maxsize=10_000)
def valid_address(address: str) -> str:
    """The address as SMTP takes it, its domain in ASCII; test domains are fine.

    A local part that is not ASCII stays: it goes by SMTPUTF8 or not at all, see `needs_utf8`.

    Raises:
        RenderError: this is no address. The address itself is not told: the reason goes to places without names.
    """
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=True, strict=True
        )
    except EmailNotValidError as error:
        raise RenderError("the contact's e-mail address is not valid") from error
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


def needs_utf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 (RFC 6531) can take mail for it."""
    return not address.isascii()


def message_id_header(message_id: str, mail_from: str) -> str:
    """The Message-ID, made of the message's id."""
    return f"<{message_id}@{mail_from.rpartition('@')[2]}>"


def person(header: str, name: str, address: str) -> str:
    """`To: Ada <ada@customer.example>`: a name that may be anything, an address that must be one.

    Raises:
        RenderError: the address is not valid.
    """
    shown, target = _phrase(" ".join(clean(name).split())[:MAX_NAME].strip()), valid_address(address)
    if not shown:
        return f"{header}: {target}"
    gap = " " if len(header) + len(shown) + len(target) + 5 <= WIDE and "\r\n" not in shown else "\r\n "
    return f"{header}: {shown}{gap}<{target}>"


def words(header: str, text: str) -> str:
    """`Subject: …`, folded; what is not plain ASCII as encoded words."""
    line = one_line(text)
    if _must_be_encoded(line):
        return f"{header}: {_encoded(line)}"
    return "\r\n".join(_folded(header, line))


def one_line(text: str) -> str:
    """The words of a text, without what hides or reorders them; marks of direction stay."""
    return " ".join("".join(part if _MARKS.fullmatch(part) else clean(part) for part in _MARKS.split(text)).split())


def whole(header: str, *values: str) -> str:
    """`List-Unsubscribe: <…>, <…>`: links and addresses, never folded and never encoded.

    Raises:
        RenderError: a value has what would end it.
    """
    if not all(map(_PLAIN.fullmatch, values)):
        raise RenderError(f"a value of the header {header} is no link")
    return f"{header}: {', '.join(f'<{value}>' for value in values)}"


def listed(header: str, ids: tuple[str, ...]) -> str:
    """`References: <…>`, a Message-ID a line."""
    return f"{header}: " + "\r\n ".join(ids)


def _phrase(name: str) -> str:
    """A display name: as it is, quoted, or as encoded words."""
    if not name or (_PHRASE.fullmatch(name) and "=?" not in name):
        return name
    if _must_be_encoded(name):
        return _encoded(name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _must_be_encoded(text: str) -> bool:
    """Whether it is not ASCII, or looks like an encoded word and is none."""
    return not text.isascii() or "=?" in text


def _encoded(text: str) -> str:
    """Encoded words of RFC 2047, one a line; email.header.Header takes five times as long."""
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(text.encode()))


def _chunks(raw: bytes) -> Iterator[bytes]:
    """UTF-8 cut between characters."""
    start = 0
    while start < len(raw):
        end = start + _WORD_BYTES
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[start:end]
        start = end


def _folded(header: str, text: str) -> list[str]:
    """Lines of words, cut at spaces; a word stays whole, however long it is."""
    lines = [f"{header}:"]
    for word in text.split(" "):
        if lines == [f"{header}:"] or len(lines[-1]) + len(word) < WIDE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return lines
