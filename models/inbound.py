"""What a mail that came in is, and which message of ours it belongs to. Forged and foreign mail is `unknown`."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.auto_reply import automatic
from models.bounce import Verdict, judged
from models.incoming import Incoming
from models.return_paths import returned

Kind = Literal["reply", "bounce", "delayed", "delivered", "complaint", "unsubscribe", "auto_reply", "unknown"]
Path = Literal["unsubscribe", "reply", "bounce", "inside", "answered"]
ABUSE = ("abuse", "fraud", "virus", "other")
"""Types of feedback that are complaints; `not-spam` is the contrary."""
_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@([^<>\s@]{1,253})>", re.IGNORECASE)
_REPORT = ("bounce", "inside")
_ANSWER = ("reply", "answered")
_HARDEST: tuple[Verdict, ...] = ("policy", "dead", "counted", "failed", "delayed", "delivered")
"""What counts of reports that differ: a filter's words make every other one doubtful."""
_KINDS: dict[Verdict, Kind] = {"delayed": "delayed", "delivered": "delivered"}


@dataclass(frozen=True)
class Way:
    """One way on which a mail says that it belongs to a message of ours: a signed address, or a Message-ID."""

    path: Path
    message_id: str


@dataclass(frozen=True)
class Classified:
    """What it is.

    Attributes:
        message_id: of our message.
        why: in words or a code, without personal data.
        verdict: what a delivery report means for the address.
    """

    kind: Kind
    message_id: str | None = None
    why: str = ""
    verdict: str = ""


def ways(mail: Incoming, keys: Sequence[bytes], domain: str, today: date) -> list[Way]:
    """All ways, those of addresses first; a signature that is none leads nowhere.

    Args:
        mail: as it was read.
        keys: of links and return addresses.
        domain: that of our Message-IDs.
        today: tokens past their day lead nowhere.
    """
    found = [*_by_address(mail.recipients, keys, today, inside=False)]
    if mail.reports or mail.complaint:
        found += _by_address(mail.inside, keys, today, inside=True)
        found += [Way("inside", id_) for id_ in _ids(mail.inside, domain)]
    return list(dict.fromkeys([*found, *(Way("answered", id_) for id_ in _ids(mail.answered, domain))]))


def classify(mail: Incoming, found: Sequence[Way], reached: Collection[str], *, own: bool = False) -> Classified:
    """What the mail is.

    Args:
        mail: as it was read.
        found: its ways.
        reached: the messages among those that we have really sent; a report or an answer counts for no other.
        own: whether it comes from ourselves.
    """
    known = [way for way in found if way.message_id in reached]
    wish = _first(known, ("unsubscribe",))
    if wish and not mail.reports and not mail.complaint:
        return Classified("unsubscribe", wish)
    if mail.complaint:
        return _complaint(mail, _first(known, (*_REPORT, "reply", "unsubscribe")))
    if mail.reports:
        return _report(mail, _first(known, _REPORT))
    return _answer(mail, known, own=own)


def _complaint(mail: Incoming, message_id: str | None) -> Classified:
    """Feedback of a mailbox provider."""
    if message_id is None:
        return Classified("unknown", why="a complaint about no mail of ours")
    kind: Kind = "complaint" if mail.complaint in ABUSE else "unknown"
    return Classified(kind, message_id, mail.complaint)


def _report(mail: Incoming, message_id: str | None) -> Classified:
    """A delivery report; the hardest of what it says counts."""
    if message_id is None:
        return Classified("unknown", why="a delivery report about no mail of ours")
    told = dict(map(judged, reversed(mail.reports)))
    verdict = next(one for one in _HARDEST if one in told)
    return Classified(_KINDS.get(verdict, "bounce"), message_id, told[verdict], verdict)


def _answer(mail: Incoming, known: Sequence[Way], *, own: bool) -> Classified:
    """An answer of a person or a machine. Only machines answer to the return path (RFC 3834)."""
    answered, returned_to = _first(known, _ANSWER), _first(known, ("bounce",))
    message_id = answered or returned_to
    if message_id is None:
        return Classified("unknown", why="it belongs to no mail of ours")
    if own:
        return Classified("unknown", message_id, "it comes from ourselves")
    if machine := automatic(mail.headers, mail.subject) or ("" if answered else "it came to the return path"):
        return Classified("auto_reply", message_id, machine)
    return Classified("reply", message_id)


def _first(found: Sequence[Way], paths: Collection[str]) -> str | None:
    return next((way.message_id for way in found if way.path in paths), None)


def _by_address(addresses: Sequence[str], keys: Sequence[bytes], today: date, *, inside: bool) -> Iterator[Way]:
    """The signed addresses among these; one inside a report tells only which mail it is."""
    for address in addresses:
        purpose = returned(keys, address, today)
        if purpose and purpose[0] in ("unsubscribe", "reply", "bounce"):
            yield Way("inside" if inside else purpose[0], purpose[1])


def _ids(texts: Sequence[str], domain: str) -> Iterator[str]:
    """The ids in Message-IDs of ours."""
    for text in texts:
        yield from (id_.lower() for id_, theirs in _ID.findall(text) if theirs.lower() == domain.lower())
