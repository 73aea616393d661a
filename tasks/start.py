"""A play that a person starts: shown step by step as the next night would take it up, and asked for."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from models.case import AccountCase, Case, Policy
from models.clock import Clock
from models.conversation import Conversation, conversations
from models.entry import entering
from models.errors import UsageError
from models.event import Event
from models.ids import made_of
from models.play import Play
from tasks.cases import account_cases, workspace
from tasks.decide import policy
from tasks.gather import gather
from tasks.lake.lake import Lake
from tasks.moment import moment
from tasks.night import Night
from tasks.people import people
from tasks.start_steps import StartStep, StepWords
from tasks.startable import require_startable, subject_of
from tasks.store import landings
from tasks.store.engine import begin, read
from tasks.store.events import append
from tasks.versions import versions

REQUESTS = "history_requests.parquet"


@dataclass(frozen=True)
class Request:
    """What a person asks for.

    Attributes:
        by: who asks: a login or an id.
        subject: the contract, contact, ticket or session that is meant, by id; not needed where the account has one.
    """

    play: str
    account: str
    by: str
    subject: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Start:
    """A start, shown or asked for.

    Attributes:
        audience: what the play's condition says of the subject; a person overrides it.
        waits: why it would not begin with the next night, e.g. another play of its group runs.
        asked: False when it is only shown, or when the same had been asked for today before.
    """

    request_id: str
    play: str
    title: str
    account: str
    subject: str
    audience: bool | None
    condition: str
    waits: str
    steps: tuple[StartStep, ...]
    asked: bool = False


def show(night: Night, wanted: Request) -> Start:
    """What the request would begin, on the night's seal with today's history; nothing is changed.

    Raises:
        UsageError: no such play or subject; it runs already, is stopped, or its own `exit.stop` holds.
    """
    with read(night.engine) as conn:
        today = moment(conn, datetime.now(UTC))
        play = require_startable(conn, night, wanted.play)
        subject = subject_of(conn, night, play, wanted.account, wanted.subject)
    id_ = made_of("request", play.play, subject, today.as_of)
    with _desk(night, today, (id_, play.play, subject)) as desk:
        return desk.start(id_, play, wanted.account, subject)


def ask(night: Night, wanted: Request) -> Start:
    """Ask for it; the next night enrolls. The same asked for twice on a day is one request.

    Raises:
        UsageError: as `show`.
    """
    shown = show(night, wanted)
    with begin(night.engine) as conn:
        clock = moment(conn, datetime.now(UTC))
        payload = {
            "request_id": shown.request_id, "play": shown.play, "subject": shown.subject, "account": shown.account,
            "by": wanted.by, "reason": wanted.reason, "on": clock.as_of.isoformat(),
        }  # fmt: skip
        key = f"request:{shown.play}:{shown.subject}:{clock.as_of}"
        event = Event(key, "play_requested", shown.subject, clock.now, shown.account, payload)
        return replace(shown, asked=append(conn, event) is not None)


@contextmanager
def _desk(night: Night, today: Clock, asked: tuple[str, str, str]) -> Iterator["_Desk"]:
    """The night with what happened since, and with the request, in temporary space above its own files."""
    with tempfile.TemporaryDirectory(prefix="perennial-start-") as folder:
        above = replace(night, lake=Lake(folder, under=night.lake.url))
        gather(above)
        path = above.path(REQUESTS)
        known = above.lake.read(path)
        mine = dict(zip(("request_id", "play", "subject", "on"), (*asked, today.as_of), strict=True))
        above.lake.write(path, pa.concat_tables([known, pa.Table.from_pylist([mine], schema=known.schema)]))
        yield _Desk(above, today.as_of)


@dataclass(frozen=True)
class _Desk:
    """Shows a request on a night that has it."""

    night: Night
    today: date

    def start(self, id_: str, wanted: Play, account: str, subject: str) -> Start:
        """The request with its steps.

        Raises:
            UsageError: the subject is not there, or must not begin.
        """
        with read(self.night.engine) as conn:
            landed = landings.landed(conn, self.night.landing_seq)
            alive = versions(conn, self.night.rules.plays)
        with workspace(self.night, landed) as con:
            (whole,) = account_cases(con, self.night, alive, only=[account])
        case = next((one for one in whole.cases if one.subject == subject and one.occurrence == id_), None)
        if case is None:
            raise UsageError(f"the newest night knows no {subject} of account '{account}'")
        first, rules = self.today + timedelta(days=1), policy(self.night, [whole.country])
        words = StepWords(_talk(case), whole, rules, people(self.night, landed, [account]), first)
        return Start(
            request_id=id_, play=wanted.play, title=wanted.title, account=account, subject=subject,
            audience=case.truth.get("audience"), condition=wanted.audience, waits=_waits(case, whole, rules, first),
            steps=words.steps(),
        )  # fmt: skip


def _talk(case: Case) -> Conversation:
    """The conversation that would begin.

    Raises:
        UsageError: its exit.stop holds, or the contract's term is too short: nobody overrides that.
    """
    play = case.play
    if case.truth.get("exit.stop") is True:
        raise UsageError(f"'{play.play}' does not begin for {case.subject}: its exit.stop holds ({play.exit.stop})")
    talks = conversations([case])
    if not talks:
        term = f"has {case.term_months} months" if case.term_months is not None else "is not known"
        raise UsageError(
            f"'{play.play}' does not begin for {case.subject}: its term {term}, the play needs {play.min_term} months"
        )
    return talks[0]


def _waits(case: Case, whole: AccountCase, rules: Policy, first: date) -> str:
    """What would hold the request back, if anything would."""
    talks = [talk for talk in conversations(whole.cases) if not talk.new]
    _, kept_out = entering(replace(whole, cases=(case,)), talks, rules, first)
    return "; ".join(one.reason for one in kept_out)
