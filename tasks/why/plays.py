"""What an account has to do with every play on that night: the conversations it is in, and why it is in no other."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from models.case import Case, Policy
from models.conversation import Conversation, joined, running
from models.entry import entering
from models.kept_out import kept_out
from models.play import Play
from tasks.cases import every_case
from tasks.decide import decided, policy
from tasks.report.account_parts import iso
from tasks.why.book import Book, Row
from tasks.why.conditions import conditions
from tasks.why.steps import steps
from tasks.why.views import ConditionView, PlayWhy, StepWhy

PLACES = ("audience", "exit.success", "exit.stop")


def plays(book: Book, play: str | None = None, step: str | None = None) -> list[PlayWhy]:
    """Conversations by precedence, then the configured plays that it is not in; of one play, or of one step."""
    desk = _Desk(book, {play} if play else {one.play for one in book.versions.values()}, step)
    return [*desk.conversations(), *desk.outside()]


@dataclass(frozen=True)
class _Desk:
    """One account, and the plays that are asked for."""

    book: Book
    names: Collection[str]
    step: str | None

    @cached_property
    def policy(self) -> Policy:
        """The limits of that night."""
        return policy(self.book.night, {self.book.case.country}, templates=False)

    @cached_property
    def told(self) -> Row:
        """The decisions of the account: those that were stored, else those that the night would have made."""
        stored = self.book.decisions
        return stored if stored is not None else decided(self.book.con, self.book.night, [self.book.case]).dump()

    @cached_property
    def talks(self) -> list[Conversation]:
        """The conversations, as `decide` puts them together."""
        case, as_of = self.book.case, self.book.night.as_of
        known = running(case.cases)
        starting, _ = entering(case, known.values(), self.policy, as_of)
        return joined(known, starting, as_of)

    def conversations(self) -> Iterator[PlayWhy]:
        """Those that run, begin or end."""
        mine = [talk for talk in self.talks if talk.play.play in self.names]
        asked = conditions(self.book, ((talk.play, talk.lead.subject, self._places(talk)) for talk in mine))
        yield from (self._conversation(talk, asked[talk.play.hash, talk.lead.subject]) for talk in mine)

    def outside(self) -> Iterator[PlayWhy]:
        """The subjects of configured plays that are in no conversation."""
        found = [(case, self._why_out(case)) for play in self._configured() for case in self._idle(play)]
        asked = conditions(self.book, ((case.play, case.subject, _entry(case)) for case, _ in found))
        for case, why in found:
            shown = asked[case.play.hash, case.subject]
            yield PlayWhy(case.play.play, case.subject, "out", why, case.play.hash, case.occurrence, conditions=shown)

    def _configured(self) -> list[Play]:
        """The configured plays that are asked for."""
        live = self.book.night.rules.plays
        return [live[name] for name in sorted(live) if name in self.names]

    def _idle(self, play: Play) -> Iterator[Case]:
        """The subjects that have no conversation of the play; as a person's request has it, where there is one."""
        busy = {case.subject for talk in self.talks for case in talk.cases if talk.play.play == play.play}
        asked = {(one.play.play, one.subject): one for one in self.book.case.cases if one.requested}
        for case in every_case(self.book.con, self.book.night, play):
            if case.subject not in busy:
                yield asked.get((play.play, case.subject), case)

    def _why_out(self, case: Case) -> str:
        """Its own reason; or that it has been in it; or what another enrollment or a rest says."""
        play = case.play.play
        ended = self.book.past.get((case.subject, play, case.occurrence or ""))
        if ended is not None:
            return f"it was in it for {case.occurrence} until {ended}: once an occurrence"
        told = (
            one["reason"] for one in self.told["not_enrolled"] if (one["subject"], one["play"]) == (case.subject, play)
        )
        return kept_out(case) or next(told, "it joins another conversation")

    def _places(self, talk: Conversation) -> tuple[str, ...]:
        """The conditions that count for a conversation: its entry while it begins, its exits, its steps'."""
        known, over = talk.play.conditions, {id_ for id_, taken in talk.lead.taken.items() if taken.outcome}
        if self.step:
            return tuple(where for where in known if _step_of(where) == self.step)
        early = talk.enrolled.on is not None
        return tuple(where for where in known if not (where == "audience" and early) and _step_of(where) not in over)

    def _conversation(self, talk: Conversation, asked: Iterable[ConditionView]) -> PlayWhy:
        """One conversation with its steps."""
        own = [one for one in asked if one.where in PLACES]
        of_steps = {step.id: [one for one in asked if one not in own and _step_of(one.where) == step.id]
                    for step in talk.play.steps}  # fmt: skip
        verdicts = [row for row in self.told["verdicts"] if row["enrollment_id"] == talk.id]
        days = self.policy.days_of(self.book.case.country)
        found = steps(talk, verdicts, days, self.book.night.as_of, of_steps)
        state, reason = self._state(talk)
        return PlayWhy(
            talk.play.play, talk.lead.subject, state, reason, talk.play.hash, talk.enrolled.occurrence, talk.id,
            iso(talk.enrolled.on), talk.enrolled.arm, [case.subject for case in talk.members], own, self._chosen(found),
        )  # fmt: skip

    def _state(self, talk: Conversation) -> tuple[str, str]:
        """Whether it runs, begins, moves or ends with that night, and why."""
        for row in self.told["ends"]:
            if row["enrollment_id"] == talk.id:
                return "ends", f"{row['outcome']}: {row['reason']}"
        if any(row["enrollment_id"] == talk.id for row in self.told["migrations"]):
            return "running", "it moves to the play's new version"
        return ("begins", "") if talk.enrolled.on is None else ("running", "")

    def _chosen(self, found: list[StepWhy]) -> list[StepWhy]:
        """All steps, or the one that is asked for."""
        return [one for one in found if self.step in (None, one.step)]


def _entry(case: Case) -> tuple[str, ...]:
    """The conditions that say whether it may begin; the stop where that is what keeps it out."""
    stopped = case.truth.get("exit.stop") is True
    return ("audience", "exit.stop") if stopped else ("audience",)


def _step_of(where: str) -> str:
    """The step that a condition belongs to; empty for those of the play."""
    return "" if where in PLACES else where.split(".", maxsplit=1)[0]
