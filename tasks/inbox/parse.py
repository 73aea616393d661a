"""The bytes of a mail that came in, read with limits: nothing in them can take long, nest deep, or be run."""

import hashlib
import re
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr

from models.excerpt import excerpt
from models.incoming import Incoming
from tasks.inbox.plain import plain
from tasks.inbox.reports import complaint_of, reports_of

LARGEST = 10_000_000
"""Bytes of a mail that is taken whole; of a larger one only the head."""
READ = 512_000
"""Bytes that are parsed: reports and a person's words stand at the beginning."""
LINES = 5_000
DEEPEST = 40  # parts of parts; a mail of people has three levels
_HEADER = 4_000  # characters of a header that are looked at
_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "apparently-to")
_TOKENS = re.compile(r"[bru]\+[a-z2-7]{45}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_IDS = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,253}>")


def parse(content: bytes, *, whole: bool = True) -> Incoming:
    """What the mail says. Whatever it holds, something is given: of what cannot be parsed at least its key.

    Args:
        content: its bytes, or the first of them.
        whole: False when the mail is larger than what was fetched of it.
    """
    deep = _depth(content) > DEEPEST
    head = content[:READ]
    parser = BytesHeaderParser if deep else BytesParser
    mail: Message = parser(policy=policy.compat32).parsebytes(b"\n".join(head.split(b"\n", LINES)[:LINES]))
    headers = _headers(mail)
    recipients = _recipients(mail)
    sender = parseaddr(headers.get("from", ""))
    reports = () if deep else tuple(reports_of(mail, returned=any(one.startswith("b+") for one in recipients)))
    complaint = "" if deep else complaint_of(mail)
    return Incoming(
        key=key_of(headers, content), headers=headers, recipients=recipients,
        answered=_answered(headers),
        sender=sender[1].strip().lower()[:254], name=_decoded(sender[0])[:100],
        subject=_decoded(headers.get("subject", "")), text="" if deep else excerpt(plain(mail)), reports=reports,
        complaint=complaint, inside=_inside(head) if reports or complaint else (), whole=whole and not deep,
    )  # fmt: skip


def _depth(content: bytes) -> int:
    """An upper bound of how deep parts may nest, told without parsing."""
    low = content[:READ].lower()
    return low.count(b"boundary=") + low.count(b"message/rfc822") + low.count(b"message/global")


def _headers(mail: Message) -> dict[str, str]:
    """Name in lower case → its first value, unfolded; the longest are cut."""
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        # Raw: headers in bare UTF-8 are against the rules, and usual.
        text = str(value)[:_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found.setdefault(name.lower()[:80], " ".join(text.split()))
    return found


def _recipients(mail: Message) -> tuple[str, ...]:
    """Signed addresses of ours among those that it came to, as the delivering server noted them first."""
    values = [str(value)[:_HEADER] for name in _TO for value in mail.get_all(name, [])]
    return tuple(dict.fromkeys(found.lower() for value in values for found in _TOKENS.findall(value)))


def _answered(headers: dict[str, str]) -> tuple[str, ...]:
    """Message-IDs that it answers, the nearest first."""
    before = _IDS.findall(headers.get("references", ""))
    return (*_IDS.findall(headers.get("in-reply-to", "")), *reversed(before))


def _inside(content: bytes) -> tuple[str, ...]:
    """Message-IDs and signed addresses anywhere in a report: it quotes the mail it is about."""
    text = content.decode("ascii", "replace")
    return (*(found.lower() for found in _TOKENS.findall(text)), *_IDS.findall(text))


def key_of(headers: dict[str, str], content: bytes) -> str:
    """Its Message-ID; without one a hash of its bytes: a second reading gives the same."""
    given = _IDS.findall(headers.get("message-id", ""))
    return given[0] if given else hashlib.sha256(content).hexdigest()


def _decoded(value: str) -> str:
    """A header in plain words, on one line."""
    try:
        said = str(make_header(decode_header(value[:1_000])))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        said = value
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())[:500]
