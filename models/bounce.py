"""What a delivery report means for the address: dead, in trouble for now, or none of its business."""

import re
from typing import Literal

from models.incoming import Report

Verdict = Literal["dead", "counted", "policy", "failed", "delayed", "delivered"]
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_OF_SENDER = ("5.1.7", "5.1.8")
"""These blame the sender's address, though they begin like a dead one."""
_POLICY = re.compile(
    r"\b(spam|policy|policies|blocked|blocklist|blacklist|black list|rbl|dnsbl|reputation|spf|dkim|dmarc"
    r"|not authori[sz]ed|unauthenticated|denied by|sender (address )?(rejected|denied|verify|verification)"
    r"|content (rejected|refused)|virus|greylist|rate limit|too many|unsolicited)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(no such (user|recipient|mailbox|person|address)|(user|recipient|mailbox|account|address|member)( \S+)? "
    r"(is |was |are )?(unknown|not found|does ?n[o']t exist|invalid|not exist)"
    r"|unknown (user|recipient|local|mailbox|account)"
    r"|no mailbox( here)?|doesn't have (a|an) \S+ account|mailbox unavailable|unrouteable address"
    r"|not a valid (mailbox|user)"
    r"|could(n't| not) be found|does not exist)",
    re.IGNORECASE,
)
_BASIC = re.compile(r"(?<!\d)5[05][0134](?!\d)")


def judged(report: Report) -> tuple[Verdict, str]:
    """(what it means, the code that says so).

    `dead`: a failure 5.1.x of the address itself. `counted`: 5.2.x or 4.4.7, dead after several. `policy`: 5.7.x, or
    words of a filter, whatever code stands beside them: our business, not the address's. `failed`: any other failure.
    """
    code = code_of(report)
    if report.action == "delayed":
        return "delayed", code
    if report.action != "failed":
        return "delivered", code
    return _failure(report, code), code


def code_of(report: Report) -> str:
    """The enhanced code: the report's own, or a more specific one from the other server's words; empty for none.

    A code of class 5.7 anywhere wins. Without any code, `user unknown` in words and a 55x make 5.1.1.
    """
    told = [report.status, *CODE.findall(report.words)]
    codes = [code for code in told if CODE.fullmatch(code)]
    policy = next((code for code in codes if code.startswith("5.7.")), "")
    specific = next((code for code in codes if not code.endswith(".0.0")), "")
    if policy or specific:
        return policy or specific
    if report.action == "failed" and _UNKNOWN.search(report.words) and _BASIC.search(report.words):
        return "5.1.1"
    return codes[0] if codes else ""


def _failure(report: Report, code: str) -> Verdict:
    """Of a failure."""
    if code.startswith("5.7.") or code in _OF_SENDER or _POLICY.search(report.words):
        return "policy"
    if code.startswith("5.1."):
        return "dead"
    return "counted" if code.startswith("5.2.") or code == "4.4.7" else "failed"
