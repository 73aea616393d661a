"""A renewal taken by hand: the next step of a conversation now, through the same `decide` and ledger as at night."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from duckdb import DuckDBPyConnection

from models.case import AccountCase, Taken
from models.company import Caps
from models.conversation import FAR, Conversation, conversations, over
from models.decide import ByHand
from models.decision import Plan, Verdict
from models.errors import UsageError
from models.landing import Landing
from models.play import Play
from models.schedule import next_step, taken_in
from tasks.apply import apply
from tasks.cases import account_cases, workspace
from tasks.decide import decided, policy
from tasks.deliver import deliver
from tasks.gather import gather
from tasks.lake.lake import Lake
from tasks.letters import Letter, letters
from tasks.lookup import account_of
from tasks.night import Night
from tasks.people import people
from tasks.store import landings as landing_store
from tasks.store.engine import read
from tasks.versions import hashes, versions

RENEWAL = "renewal"
NEVER = 10**9
UNCAPPED = Caps(account_per_day=NEVER, account_per_7_days=NEVER, address_per_day=NEVER)


@dataclass(frozen=True)
class ByHandStep:
    """What pressing the button would do, or has done.

    Attributes:
        taken: step → Taken of what was taken by hand for this date before; then no other can be taken.
        plan: enrollment and verdict of the one step; None when nothing is left to take.
        letters: the mails it sends, or would send if it were not capped.
    """

    account: str
    subject: str
    taken: dict[str, Taken]
    plan: Plan | None = None
    letters: tuple[Letter, ...] = ()
    title: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """The step's verdict."""
        return self.plan.verdicts[0] if self.plan and self.plan.verdicts else None

    @property
    def goes(self) -> bool:
        """Whether the step may be taken."""
        return self.verdict is not None and self.verdict.verdict == "due" and not self.taken


@dataclass(frozen=True)
class _Desk:
    """A sealed night with today's history laid over it."""

    night: Night
    landed: list[Landing]
    alive: dict[str, Play]


def show(night: Night, account: str, contract: str | None = None) -> ByHandStep:
    """The next untaken step of the account's renewal conversation, on the night's seal; nothing is changed.

    Raises:
        UsageError: the account, the contract or a renewal conversation is not there.
    """
    with _desk(night) as desk:
        return _chosen(desk, account, contract, press=False)


def take(night: Night, account: str, contract: str | None = None) -> ByHandStep:
    """Take that step: enroll if needed, apply, send. The caller holds the night's lock.

    Raises:
        UsageError: as `show`.
    """
    with _desk(night) as desk:
        step = _chosen(desk, account, contract, press=True)
        if step.goes and step.plan:
            with read(night.engine) as conn:
                known = hashes(conn)
            apply(desk.night, step.plan, desk.landed, desk.alive, known)
    if step.goes:
        deliver(_now(night))
    return step


@contextmanager
def _desk(night: Night) -> Iterator[_Desk]:
    """Gather what happened since the seal into temporary space above the night's own files."""
    with tempfile.TemporaryDirectory(prefix="perennial-hand-") as folder:
        above = replace(_now(night), lake=Lake(folder, under=night.lake.url))
        gather(above)
        with read(night.engine) as conn:
            landed = landing_store.landed(conn, night.landing_seq)
            alive = versions(conn, night.rules.plays)
        yield _Desk(above, landed, alive)


def _now(night: Night) -> Night:
    """The night with the clock of this moment; a night that is played through stays at the start of its day."""
    return replace(night, clock=night.clock.moved(datetime.now(UTC)))


def _chosen(desk: _Desk, account: str, contract: str | None, *, press: bool) -> ByHandStep:
    """The conversation and its next step, decided; pressed where one was taken already, only that."""
    id_ = account_of(desk.night, account)
    with workspace(desk.night, desk.landed) as con:
        return _step(con, desk, id_, contract, press=press)


def _step(con: DuckDBPyConnection, desk: _Desk, account: str, contract: str | None, *, press: bool) -> ByHandStep:
    """The step, from the workspace of the night."""
    night = desk.night
    (case,) = account_cases(con, night, desk.alive, only=[account])
    talk = _conversation(case, contract.removeprefix("contract:") if contract else None)
    pressed = {id_: taken for id_, taken in taken_in(talk).items() if taken.by_hand and taken.on == night.as_of}
    shown = ByHandStep(account, talk.lead.subject, pressed)
    step = next_step(talk, policy(night).workdays, night.as_of)
    if step is None or (press and pressed):
        return shown
    deed = ByHand(talk.enrolled.enrollment_id, step.id)
    plan = whole = decided(con, night, [case], deed)
    if any(verdict.verdict == "capped" for verdict in plan.verdicts):  # what it would say is worth reading all the same
        whole = decided(con, night, [case], deed, UNCAPPED)
    due = [verdict for verdict in whole.verdicts if verdict.verdict == "due"]
    mails = tuple(letter for verdict in due for letter in _letters(desk, verdict, talk))
    return replace(shown, plan=plan, letters=mails, title=step.task or (step.meeting.agenda if step.meeting else ""))


def _letters(desk: _Desk, verdict: Verdict, talk: Conversation) -> list[Letter]:
    """The rendered mails of the step."""
    known = people(desk.night, desk.landed, [verdict.account])
    return list(letters(desk.night, known, verdict, talk.play)) if verdict.recipients else []


def _conversation(case: AccountCase, contract: str | None) -> Conversation:
    """The account's renewal conversation: the one with that contract, else the one with the earliest deadline."""
    talks = [talk for talk in conversations(case.cases) if talk.play.play == RENEWAL and not over(talk)]
    if contract:
        talks = [
            talk for talk in talks if f"contract:{contract}" in {one.subject for one in (talk.lead, *talk.members)}
        ]
    if not talks:
        about = f"contract '{contract}'" if contract else f"account '{case.account}'"
        raise UsageError(
            f"there is no renewal conversation about {about}: no active contract of it has a term that is long enough"
        )
    return min(talks, key=_deadline)


def _deadline(talk: Conversation) -> tuple[date, str]:
    """Earliest opt-out deadline first."""
    return talk.anchor(talk.play.anchor) or FAR, talk.lead.subject
