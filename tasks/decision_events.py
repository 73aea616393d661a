"""From decisions to events: what a plan says of one account, as the log will tell it.

Ids and keys are made of business facts alone, so that a plan applied twice writes once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.decision import End, Enroll, Migrate, Verdict
from models.event import Event
from models.ids import made_of, task_id
from models.owner import owner_of
from models.play import Play
from models.step import TASKS, TOUCHES, Step
from tasks.gather import LEAD
from tasks.letters import Letter, letters
from tasks.night import Night
from tasks.people import People
from tasks.worklist import owned

WEEK = 7  # days for a task that does not say how many


@dataclass(frozen=True)
class DecisionEvents:
    """Turns decisions into events of tonight.

    Attributes:
        versions: play hash → play.
        pinned: enrollment → hash of the play it follows.
        staff: person → team.
    """

    night: Night
    people: People
    versions: Mapping[str, Play]
    pinned: Mapping[str, str]
    staff: Mapping[str, str | None]

    def enroll(self, item: Enroll) -> Iterator[Event]:
        """Pin the play, say what set it off, enroll; who joins another conversation ends at once as superseded."""
        play, lead = self.versions[item.play_hash], item.lead
        yield Event(f"pin:{play.hash}", "play_pinned", f"play:{play.play}", self.night.clock.now, None,
                    {"hash": play.hash, "play": play.play, "text": play.text})  # fmt: skip
        yield self._event(
            f"trigger:{item.subject}:{item.occurrence}", "triggered", item.subject, item.account,
            trigger=item.trigger, name=play.anchor, occurrence=item.occurrence,
        )  # fmt: skip
        yield self._event(
            f"enroll:{item.enrollment_id}", "enrolled", item.subject, item.account,
            enrollment_id=item.enrollment_id, play=item.play, play_hash=item.play_hash, occurrence=item.occurrence,
            members=[f"{LEAD}{lead}"] if lead else [], arm=item.arm, trigger=item.trigger, baseline=item.baseline,
        )  # fmt: skip
        for one in item.carried:
            if one.choice:
                yield self._choice(item.enrollment_id, one.step, item.account, one.choice)
            yield self._step_end(item.enrollment_id, one.step, item.account, one.outcome, one.reason)
        if lead:
            yield self._event(
                f"enrollment_end:{item.enrollment_id}", "enrollment_ended", item.subject, item.account,
                enrollment_id=item.enrollment_id, outcome="superseded", reason="joined a conversation (co-term)",
            )  # fmt: skip

    def migrate(self, item: Migrate) -> Iterator[Event]:
        """The enrollment goes on in the new version; what that does not have ends superseded."""
        play = self.versions[item.play_hash]
        yield Event(f"pin:{play.hash}", "play_pinned", f"play:{play.play}", self.night.clock.now, None,
                    {"hash": play.hash, "play": play.play, "text": play.text})  # fmt: skip
        for step in item.dropped:
            yield self._step_end(item.enrollment_id, step, item.account, "superseded", "not in the new version")
        yield self._event(
            f"migrate:{item.enrollment_id}:{item.play_hash}:{self.night.as_of}", "enrollment_migrated",
            f"enrollment:{item.enrollment_id}", item.account,
            enrollment_id=item.enrollment_id, play_hash=item.play_hash, steps=dict(item.steps),
        )  # fmt: skip

    def letters(self, verdict: Verdict) -> list[Letter]:
        """What leaves with a due step, or would leave in the arm that is left alone."""
        step = self._step(verdict)
        if verdict.instead or step.channel is None or verdict.verdict not in ("due", "trapped"):
            return []
        return list(letters(self.night, self.people, verdict, self._play(verdict)))

    def verdict(self, verdict: Verdict, mails: Sequence[Letter]) -> Iterator[Event]:
        """A step is taken, or ends; held, capped and waiting ones write nothing and come up again."""
        if verdict.verdict == "due":
            yield from self._due(verdict, mails)
        if verdict.choice:
            yield self._choice(verdict.enrollment_id, verdict.log_step, verdict.account, verdict.choice)
        if verdict.outcome:
            yield self._step_end(
                verdict.enrollment_id, verdict.log_step, verdict.account, verdict.outcome, verdict.reason
            )

    def end(self, end: End) -> Iterator[Event]:
        """The enrollment ends, and with it what was still open."""
        for step in end.open_steps:
            yield self._step_end(end.enrollment_id, step, end.account, end.step_outcome, end.reason)
        yield self._event(
            f"enrollment_end:{end.enrollment_id}", "enrollment_ended", f"enrollment:{end.enrollment_id}", end.account,
            enrollment_id=end.enrollment_id, outcome=end.outcome, reason=end.reason, result=end.result,
        )  # fmt: skip

    def _due(self, verdict: Verdict, mails: Sequence[Letter]) -> Iterator[Event]:
        """The step is taken; with it a task is opened or another play is asked for."""
        yield self._taken(verdict)
        step = self._step(verdict)
        written = step.kind in TOUCHES
        problems = [letter.problem for letter in mails if letter.problem] if written else []
        unwritten = bool(problems) and len(problems) == len(mails)
        if step.kind in TASKS or verdict.instead or unwritten:
            yield self._task(verdict, problems)
        if step.start:
            yield self._request(verdict, step.start)

    def _play(self, verdict: Verdict) -> Play:
        """The version that the verdict's enrollment follows."""
        return self.versions[self.pinned[verdict.enrollment_id]]

    def _step(self, verdict: Verdict) -> Step:
        """The step that the verdict is about."""
        return self._play(verdict).step(verdict.step)

    def _event(self, key: str, kind: str, subject: str, account: str, /, **payload: object) -> Event:
        """An event of tonight."""
        return Event(key, kind, subject, self.night.clock.now, account, {**payload, "on": self.night.as_of.isoformat()})

    def _taken(self, verdict: Verdict) -> Event:
        """The step is taken; it is never taken again."""
        return self._event(
            f"step:{verdict.enrollment_id}:{verdict.log_step}", "step_taken", verdict.subject, verdict.account,
            enrollment_id=verdict.enrollment_id, step=verdict.log_step, by_hand=verdict.by_hand,
            kind="task" if verdict.instead else verdict.kind,
            planned_on=verdict.planned_on.isoformat() if verdict.planned_on else None,
        )  # fmt: skip

    def _choice(self, enrollment: str, step: str, account: str, choice: str) -> Event:
        """The arm that a branch chose."""
        return self._event(
            f"choice:{enrollment}:{step}", "step_chosen", f"enrollment:{enrollment}", account,
            enrollment_id=enrollment, step=step, choice=choice,
        )  # fmt: skip

    def _step_end(self, enrollment: str, step: str, account: str, outcome: str, reason: str) -> Event:
        """The step's one outcome."""
        return self._event(
            f"step_end:{enrollment}:{step}", "step_ended", f"enrollment:{enrollment}", account,
            enrollment_id=enrollment, step=step, outcome=outcome, reason=reason,
        )  # fmt: skip

    def _request(self, verdict: Verdict, play: str) -> Event:
        """The step asks for another play, which begins with the next night."""
        id_ = made_of("request", verdict.enrollment_id, verdict.log_step)
        grain = self.night.rules.plays[play].per if play in self.night.rules.plays else "account"
        subject = f"account:{verdict.account}" if grain == "account" else verdict.subject
        return self._event(
            f"request:{id_}", "play_requested", subject, verdict.account, request_id=id_, play=play, subject=subject,
            by=f"play:{verdict.play}", reason=f"{verdict.play} {verdict.step}",
        )  # fmt: skip

    def _task(self, verdict: Verdict, problems: Sequence[str]) -> Event:
        """Work for a person: the step itself, or in place of a mail that cannot go."""
        step, id_ = self._step(verdict), task_id(verdict.enrollment_id, verdict.log_step)
        team = "csm" if verdict.instead or problems else step.owner
        owner = owner_of(team, self.people.accounts.get(verdict.account, {}), self.staff)
        return self._event(
            f"task:{id_}", "task_opened", verdict.subject, verdict.account, task_id=id_,
            enrollment_id=verdict.enrollment_id, play=verdict.play, step=verdict.log_step, **owned(owner),
            kind=step.kind, title=_title(step, verdict.instead or "; ".join(problems)), details=_details(step),
            due_on=self._due_on(verdict, step),
        )  # fmt: skip

    def _due_on(self, verdict: Verdict, step: Step) -> str:
        """As the step says, else a week, or until the deadline."""
        week: date = self.night.as_of + timedelta(days=step.due_in if step.due_in is not None else WEEK)
        return min(week, verdict.deadline_on or week).isoformat()


def _title(step: Step, reason: str) -> str:
    """What the owner reads."""
    if reason:
        return f"Write to the customer yourself ({step.template}): {reason}"
    if step.meeting:
        about = step.meeting.agenda.strip().splitlines()[0].rstrip(".:")
        return f"Arrange a meeting of {step.meeting.minutes} minutes ({about})"
    return step.task or step.id


def _details(step: Step) -> str | None:
    """What the owner reads beneath: the checklist, and a meeting's agenda."""
    parts = (step.meeting.agenda if step.meeting else None, step.details)
    return "\n\n".join(part.strip() for part in parts if part) or None
