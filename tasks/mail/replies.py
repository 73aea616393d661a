"""What a server's reply means: for the message, for the address, and for us."""

import re
from dataclasses import dataclass
from typing import Literal

Problem = Literal["sender", "recipient", "message"]
"""What a command that was refused was about: MAIL, RCPT, or DATA and its content."""
_NEEDS_US = frozenset({530, 534, 535, 538})
"""The server wants another login, or encryption."""
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_OUR_ADDRESS = frozenset({"5.1.7", "5.1.8"})
"""The two of 5.1.x that are about the sender's address."""


@dataclass(frozen=True)
class Answer:
    """What became of one transmission.

    Attributes:
        state: uncertain means that the message may have arrived, and nobody can know (RFC 1047).
        reply: the server's code and enhanced code, or what happened; never an address.
        broken: the connection cannot be used any more.
        unknown: the server does not know the recipient's address, and never will.
        halts: why nothing more may go before a person has looked; empty if it may.
    """

    state: Literal["sent", "deferred", "refused", "uncertain"]
    reply: str
    broken: bool = False
    unknown: bool = False
    halts: str = ""


def verdict(code: int, message: str | bytes, about: Problem, *, broken: bool) -> Answer:
    """The answer that a reply other than 2xx gives before the message was taken, or instead of taking it.

    4xx is later, 5xx never. What is refused of the sender is our own trouble: the message is tried again, and nothing
    more goes before a person has looked. A policy's refusal (5.7.x) stops us too, but never bars the address.
    """
    reply, status = said(code, message), enhanced(message)
    if code // 100 != 5:
        return Answer("deferred", f"sender refused: {reply}" if about == "sender" else reply, broken)
    if about == "sender" or code in _NEEDS_US or status in _OUR_ADDRESS:
        return Answer(
            "deferred", f"sender refused: {reply}", broken, halts=f"the mail server refuses the sender: {reply}"
        )
    if status.startswith("5.7."):
        return Answer("refused", reply, broken, halts=f"the mail server refuses mail by its policy: {reply}")
    return Answer("refused", reply, broken, unknown=status.startswith("5.1."))


def said(code: int, message: str | bytes) -> str:
    """Only the codes of a reply: its words may repeat an address."""
    return f"{code_of(code)} {enhanced(message)}".strip()


def enhanced(message: str | bytes) -> str:
    """The enhanced status code that a reply begins with (RFC 3463), e.g. 5.1.1; empty if it has none."""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    found = _ENHANCED.match(text)
    return found[0] if found else ""


def code_of(code: int) -> str:
    """The code as text; what is none says so."""
    return str(code) if 100 <= code <= 599 else "no SMTP reply"
