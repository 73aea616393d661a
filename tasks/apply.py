"""Apply a plan: events, tasks and queued messages, each once however often it is applied."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.decision import End, Enroll, Plan, Verdict
from models.event import Event
from models.ids import task_id
from models.landing import Landing
from models.play import Play
from models.step import Step
from tasks.cancel import cancel
from tasks.failpoint import failpoint
from tasks.gather import LEAD
from tasks.letters import Letter, letters
from tasks.night import Night
from tasks.people import People, people
from tasks.store.engine import begin
from tasks.store.events import append_all
from tasks.store.messages import keep_person
from tasks.unsent import hand_over

BATCH = 500  # accounts a transaction


@dataclass(frozen=True)
class _Parts:
    """What a plan says of one account."""

    enroll: list[Enroll]
    verdicts: list[Verdict]
    ends: list[End]


def apply(
    night: Night, plan: Plan, landings: list[Landing], versions: Mapping[str, Play], hashes: Mapping[str, str]
) -> None:
    """Write the plan's events in transactions of at most 500 accounts; what is there already stays as it is.

    Args:
        night: gives the clock and the stores.
        plan: what was decided, or what an approval released of it.
        landings: those up to the night's watermark.
        versions: play hash → play.
        hashes: enrollment → hash of the play it follows (running ones; new ones say it themselves).
    """
    hand_over(night, landings)
    known = people(night, landings, (verdict.account for verdict in plan.verdicts if verdict.verdict == "due"))
    pinned = {**hashes, **{item.enrollment_id: item.play_hash for item in plan.enroll}}
    writer = _Writer(night, known, versions, pinned)
    for batch in _batches(plan):
        written = [writer.account(parts) for parts in batch]
        with begin(night.engine) as conn:
            append_all(conn, (event for events, _ in written for event in events))
            keep_person(conn, *(kept for _, found in written for letter in found if (kept := letter.kept)))
            cancel(conn, night, [end.enrollment_id for parts in batch for end in parts.ends])
        failpoint("applied_batch")


def _batches(plan: Plan) -> Iterator[list[_Parts]]:
    """The plan, account by account, in batches."""
    accounts: dict[str, _Parts] = defaultdict(lambda: _Parts([], [], []))
    for enroll in plan.enroll:
        accounts[enroll.account].enroll.append(enroll)
    for verdict in plan.verdicts:
        accounts[verdict.account].verdicts.append(verdict)
    for end in plan.ends:
        accounts[end.account].ends.append(end)
    parts = [accounts[account] for account in sorted(accounts)]
    yield from (parts[start : start + BATCH] for start in range(0, len(parts), BATCH))


@dataclass(frozen=True)
class _Writer:
    """Turns decisions into events; ids and keys are made of business facts alone."""

    night: Night
    people: People
    versions: Mapping[str, Play]
    pinned: Mapping[str, str]

    def account(self, parts: _Parts) -> tuple[list[Event], list[Letter]]:
        """All events of one account, in their order, and its letters."""
        events = [event for enroll in parts.enroll for event in self._enroll(enroll)]
        mails: list[Letter] = []
        for verdict in parts.verdicts:
            found = self._letters(verdict)
            mails += found
            events += [letter.event for letter in found]
            events += self._verdict(verdict, found)
        return events + [event for end in parts.ends for event in self._end(end)], mails

    def _event(self, key: str, kind: str, subject: str, account: str, /, **payload: object) -> Event:
        """An event of tonight."""
        return Event(key, kind, subject, self.night.clock.now, account, {**payload, "on": self.night.as_of.isoformat()})

    def _enroll(self, item: Enroll) -> Iterator[Event]:
        """Pin the play, enroll; who joins another conversation ends at once as superseded."""
        play = self.versions[item.play_hash]
        yield Event(f"pin:{play.hash}", "play_pinned", f"play:{play.play}", self.night.clock.now, None,
                    {"hash": play.hash, "play": play.play, "text": play.text})  # fmt: skip
        members = [f"{LEAD}{item.lead}"] if item.lead else []
        yield self._event(
            f"enroll:{item.enrollment_id}", "enrolled", item.subject, item.account,
            enrollment_id=item.enrollment_id, play=item.play, play_hash=item.play_hash, occurrence=item.occurrence,
            members=members, arm=item.arm,
        )  # fmt: skip
        if item.lead:
            yield self._event(
                f"enrollment_end:{item.enrollment_id}", "enrollment_ended", item.subject, item.account,
                enrollment_id=item.enrollment_id, outcome="superseded", reason="joined a conversation (co-term)",
            )  # fmt: skip

    def _letters(self, verdict: Verdict) -> list[Letter]:
        """The letters of a due mail."""
        if verdict.verdict != "due" or not verdict.recipients:
            return []
        return list(letters(self.night, self.people, verdict, self.versions[self.pinned[verdict.enrollment_id]]))

    def _verdict(self, verdict: Verdict, mails: Sequence[Letter]) -> Iterator[Event]:
        """A step is taken, or ends; held, capped and waiting ones write nothing and come up again."""
        if verdict.verdict == "due":
            yield self._taken(verdict)
            problems = [letter.problem for letter in mails if letter.problem]
            if verdict.kind != "email" or verdict.instead or (problems and len(problems) == len(mails)):
                yield self._task(verdict, problems)
        elif verdict.outcome:
            yield self._step_end(verdict.enrollment_id, verdict.step, verdict.account, verdict.outcome, verdict.reason)

    def _taken(self, verdict: Verdict) -> Event:
        """The step is taken; it is never taken again."""
        return self._event(
            f"step:{verdict.enrollment_id}:{verdict.step}", "step_taken", verdict.subject, verdict.account,
            enrollment_id=verdict.enrollment_id, step=verdict.step, kind="task" if verdict.instead else verdict.kind,
            planned_on=verdict.planned_on.isoformat() if verdict.planned_on else None, by_hand=verdict.by_hand,
        )  # fmt: skip

    def _step_end(self, enrollment: str, step: str, account: str, outcome: str, reason: str) -> Event:
        """The step's one outcome."""
        return self._event(
            f"step_end:{enrollment}:{step}", "step_ended", f"enrollment:{enrollment}", account,
            enrollment_id=enrollment, step=step, outcome=outcome, reason=reason,
        )  # fmt: skip

    def _task(self, verdict: Verdict, problems: Sequence[str]) -> Event:
        """Work for the CSM: the step itself, or in place of a mail that cannot go."""
        play = self.versions[self.pinned[verdict.enrollment_id]]
        id_ = task_id(verdict.enrollment_id, verdict.step)
        account = self.people.accounts.get(verdict.account, {})
        return self._event(
            f"task:{id_}", "task_opened", verdict.subject, verdict.account, task_id=id_,
            enrollment_id=verdict.enrollment_id, csm=account.get("csm_id"), play=verdict.play, step=verdict.step,
            title=_title(play.step(verdict.step), verdict.instead or "; ".join(problems)), due_on=self._due_on(verdict),
        )  # fmt: skip

    def _due_on(self, verdict: Verdict) -> str:
        """A week, or until the deadline."""
        week: date = self.night.as_of + timedelta(days=7)
        return min(week, verdict.deadline_on or week).isoformat()

    def _end(self, end: End) -> Iterator[Event]:
        """The enrollment ends, and with it what was still open."""
        for step in end.open_steps:
            yield self._step_end(end.enrollment_id, step, end.account, end.step_outcome, end.reason)
        yield self._event(
            f"enrollment_end:{end.enrollment_id}", "enrollment_ended", f"enrollment:{end.enrollment_id}", end.account,
            enrollment_id=end.enrollment_id, outcome=end.outcome, reason=end.reason,
        )  # fmt: skip


def _title(step: Step, reason: str) -> str:
    """What the CSM reads."""
    if reason:
        return f"Write to the customer yourself ({step.email}): {reason}"
    if step.meeting:
        return f"Arrange a meeting of {step.meeting.minutes} minutes ({step.meeting.agenda})"
    return step.task or step.id
