"""What the mail server took, held against what was asked for and what the database says."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields

from sqlalchemy import Connection, select

from models.tables import event
from tasks.mail.mime import message_id_header
from tasks.store.engine import read
from tasks.store.messages import in_states
from tests.crash.processes import Sink
from tests.crash.site import Site
from tests.mailroom import STATES, address

SETTLED = frozenset({"sent"})
FLAGGED = frozenset({"held", "uncertain"})


@dataclass(frozen=True)
class Arrival:
    """One acceptance of the mail server."""

    recipient: str
    message_id: str
    digest: str


@dataclass
class Verdict:
    """The count of a campaign.

    Attributes:
        lost: messages that did not arrive and are not shown to a person.
        doubled: messages that arrived more than once.
        unseen: doubled ones that were never marked uncertain.
        uncertain: how often a sender died so that nobody could know.
        resolved: how many of these ended sent.
        held: messages that a person has to look at.
        wrong: what else is not as it must be, in words.
    """

    kills: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    uncertain: int = 0
    resolved: int = 0
    unseen: int = 0
    held: int = 0
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Verdict") -> "Verdict":
        """Both together."""
        return Verdict(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    def line(self, *more: str) -> str:
        """The last line: `kills=… messages=… lost=… doubled=… uncertain=… resolved=…`."""
        names = ("kills", "messages", "lost", "doubled", "uncertain", "resolved", *more)
        told = asdict(self)
        return " ".join(f"{name}={told[name]}" for name in names)

    def broken(self, *, readable: bool) -> bool:
        """Whether a promise is broken: with a readable ledger none twice at all, without one none twice unseen."""
        return bool(self.lost or self.unseen or self.wrong or (readable and (self.doubled or self.held)))


def arrivals(sink: Sink) -> list[Arrival]:
    """Everything the mail server took, in its order, doubles included."""
    path = sink.folder / "arrivals"
    return [Arrival(*line.split()) for line in path.read_text().splitlines()] if path.exists() else []


def judge(site: Site, kills: int = 0) -> Verdict:
    """The verdict, made of the mail server's ledger and of what was asked for; each message has one recipient."""
    taken = arrivals(site.sink)
    times = Counter(one.recipient for one in taken)
    asked = {f"M-{number}": address(number) for number in site.numbers}
    with read(site.night.engine) as conn:
        states = {one.message_id: one.state for one in in_states(conn, STATES)}
        unsure = _uncertain(conn)
    flagged = {id_ for id_ in asked if states[id_] in FLAGGED}
    doubled = {id_ for id_, recipient in asked.items() if times[recipient] > 1}
    return Verdict(
        kills, len(asked), doubled=len(doubled), unseen=len(doubled - set(unsure)), held=len(flagged),
        lost=sum(times[recipient] == 0 and id_ not in flagged for id_, recipient in asked.items()),
        uncertain=sum(unsure.values()),
        resolved=sum(count for id_, count in unsure.items() if states[id_] in SETTLED),
        wrong=[*_strange(site, taken, asked), *_untrue(states, times, asked)],
    )  # fmt: skip


def _uncertain(conn: Connection) -> Counter[str]:
    """Message id → how often nobody could know whether it had arrived."""
    query = select(event.c.payload).where(event.c.kind == "message_uncertain")
    return Counter(str(row.payload["message_id"]) for row in conn.execute(query))


def _strange(site: Site, taken: list[Arrival], asked: dict[str, str]) -> Iterator[str]:
    """Mail that nobody asked for, of another Message-ID than it has, or of other bytes the second time."""
    known = {recipient: message_id_header(id_, site.night.settings.mail_from) for id_, recipient in asked.items()}
    copies: dict[str, set[str]] = defaultdict(set)
    for one in taken:
        copies[one.recipient].add(one.digest)
        if known.get(one.recipient) != one.message_id:
            yield f"{one.recipient} was written to as {one.message_id}"
    yield from (f"{recipient} got other bytes the second time" for recipient, kept in copies.items() if len(kept) > 1)


def _untrue(states: Mapping[str, str], times: Counter[str], asked: dict[str, str]) -> Iterator[str]:
    """Where database and mail server tell two stories."""
    for id_, recipient in asked.items():
        state, arrived = states[id_], times[recipient] > 0
        if state not in SETTLED | FLAGGED:
            yield f"{id_} ended {state}"
        elif state in SETTLED and not arrived:
            yield f"{id_} is marked sent and did not arrive"
