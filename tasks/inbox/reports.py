"""Delivery reports (RFC 3464), bounces of servers that write their own, and complaints (RFC 5965)."""

import logging
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from flufl.bounce import all_failures

from models.incoming import Report
from tasks.inbox.plain import plain

_log = logging.getLogger(__name__)
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK = "message/feedback-report"
_WORDS = 2_000  # characters of a server's own words
_COPIES = (
    "--- below this line is a copy", "this is a copy of the message", "------ this is a copy", "original message",
    "received: from", "return-path:", "--- original message", "message-id:",
)  # fmt: skip


def reports_of(mail: Message, *, returned: bool) -> Iterator[Report]:
    """What the mail says of each recipient.

    Args:
        mail: parsed.
        returned: it came to a return path of ours: then formats of single servers are tried, too.
    """
    blocks = [block for part in mail.walk() if part.get_content_type() in _STATUS for block in _blocks(part)]
    found = [_report(block) for block in blocks if block["Action"]]
    yield from found or (_by_format(mail) if returned or _says_so(mail) else ())


def complaint_of(mail: Message) -> str:
    """The type of the feedback in it, lower case; empty if there is none."""
    for part in mail.walk():
        if part.get_content_type() == _FEEDBACK:
            told = [block for block in _blocks(part) if block["Feedback-Type"]]
            return str(told[0]["Feedback-Type"]).strip().lower()[:40] if told else "other"
    return ""


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a part of fields, however the parser has split them."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else []:
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str):
                yield from (HeaderParser().parsestr(text) for text in rest.split("\n\n") if ":" in text)
    if isinstance(payload, str):
        yield from (HeaderParser().parsestr(text) for text in payload.split("\n\n") if ":" in text)


def _report(block: Message) -> Report:
    """One recipient's fields."""
    names = ("Original-Recipient", "Final-Recipient", "X-Actual-Recipient")
    told = (str(block[name] or "") for name in names)
    recipients = tuple(dict.fromkeys(one.rpartition(";")[2].strip(" <>\t").lower() for one in told if one))
    status = str(block["Status"] or "").split("(")[0].strip()
    words = " ".join(str(block["Diagnostic-Code"] or "").split())[:_WORDS]
    return Report(str(block["Action"]).split("(")[0].strip().lower(), status, words, recipients)


def _says_so(mail: Message) -> bool:
    """Whether it names itself a failure: then it is looked at, wherever it came to."""
    sender = str(mail["From"] or "").lower()
    return "x-failed-recipients" in mail or "mailer-daemon" in sender or "postmaster" in sender


def _by_format(mail: Message) -> Iterator[Report]:
    """Bounces of qmail, Exim and others that tell in text, found by flufl.bounce; the codes are read by us."""
    try:
        temporary, permanent = all_failures(mail)
    except Exception:  # noqa: BLE001 — what it cannot read is no bounce; a mail must not stop the others
        _log.info("a mail was no bounce that flufl.bounce could read")
        return
    words = _told(mail)
    for action, addresses in (("failed", permanent), ("delayed", temporary - permanent)):
        for address in sorted(addresses):
            yield Report(action, "", words, (address.decode("ascii", "replace").lower(),))


def _told(mail: Message) -> str:
    """What the server says, without the mail that it returns."""
    text = plain(mail)
    low = text.lower()
    end = min((place for mark in _COPIES if (place := low.find(mark)) > 0), default=len(text))
    return " ".join(text[:end].split())[:_WORDS]
