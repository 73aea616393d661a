"""A mail that came in, as far as deciding about it needs: headers, words, reports; read by others, judged elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Report:
    """What one delivery report says of one recipient.

    Attributes:
        action: failed, delayed, delivered, relayed or expanded (RFC 3464).
        status: the enhanced code, e.g. 5.1.1; empty where none is told.
        words: the other server's own words.
        recipients: whom it is about, as it was written to and as it was delivered to; lower case.
    """

    action: str
    status: str = ""
    words: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """A mail that came in. Personal data: it lives in memory, and its words go to the person area alone.

    Attributes:
        key: its Message-ID, or a hash of its bytes: what makes a second reading the same.
        headers: name in lower case → the first value of that name.
        recipients: addresses it came to, those that the delivering server noted first.
        answered: Message-IDs that it says it answers, the nearest first.
        sender: the address that it says it is from, lower case; name: the name beside it.
        text: what the person wrote, quoted text cut off.
        reports: what delivery reports in it say.
        complaint: the type of feedback in it (RFC 5965), e.g. abuse; empty if it is none.
        inside: Message-IDs and addresses of the mail that a report returns.
        whole: False where it was too large or too deep, and only its head was read.
    """

    key: str
    headers: Mapping[str, str] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    sender: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    reports: tuple[Report, ...] = ()
    complaint: str = ""
    inside: tuple[str, ...] = ()
    whole: bool = True
