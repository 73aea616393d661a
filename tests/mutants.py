"""The engine with one fault each, made by what it is given and what it answers: the model must find every one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from models.case import AccountCase, Answer, Case, Policy
from models.decide import decide
from models.decision import Plan
from models.play import Play
from models.workdays import Workdays
from tests.happenings import Happening, Life
from tests.rehearsal import Decide

DAY = timedelta(days=1)
MUTANTS: dict[str, tuple[Decide, Life]] = {}
"""Its fault in words → the engine, and a short life in which it shows."""


def _mutant(sentence: str, *story: tuple[int, Happening], rest: int = 0, **life: Any) -> Callable[[Decide], Decide]:
    """Put it on the list, with the life in which it shows."""
    calm: dict[str, Any] = {"account": "A", "ends_after": 90, "loud": False, "pace": None, "replies": None}

    def listed(engine: Decide) -> Decide:
        MUTANTS[sentence] = engine, Life(**{**calm, **life}, story=story, rest=rest)
        return engine

    return listed


def _cases(account: AccountCase, change: Callable[[Case], Case]) -> AccountCase:
    """The account with each of its cases changed."""
    return replace(account, cases=tuple(map(change, account.cases)))


def _steps(case: Case, change: Callable[[Any], Any]) -> Case:
    """The case with each step of its play changed; the version's hash stays."""
    play = case.play.model_copy(update={"steps": tuple(map(change, case.play.steps))})
    play.__dict__ |= {"hash": case.play.hash, "by_id": {step.id: step for step in play.steps}}
    return replace(case, play=play)


@_mutant("forgets what it has taken once its owner has done it", (1, ("answer", "reply", True)), rest=2)
def _forgets(account: AccountCase, policy: Policy, night: date) -> Plan:
    def kept(case: Case) -> Case:
        return replace(case, taken={step: one for step, one in case.taken.items() if one.outcome != "done"})

    return decide(_cases(account, kept), policy, night)


@_mutant("counts after: from the day on which the step was taken, not from the one on which it ended", rest=18, pace=8)
def _after_taken(account: AccountCase, policy: Policy, night: date) -> Plan:
    def dated(case: Case) -> Case:
        return replace(
            case, taken={step: replace(one, ended_on=one.ended_on and one.on) for step, one in case.taken.items()}
        )

    return decide(_cases(account, dated), policy, night)


@_mutant("counts a touch once for each of its recipients", (0, ("renew", 20)), rest=2)
def _per_recipient(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(replace(account, touches=account.touches * 2), policy, night)


@_mutant(
    "forgets what was said in the days before",
    (0, ("outage", 10)),
    (0, ("ask", "extra")),
    (0, ("signal", "rescue", True)),
    rest=5,
)
def _no_caps(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(replace(account, touches=(), spoke={}), policy, night)


@_mutant("caps what has a deadline", rest=2, ends_after=32)
def _capped_deadline(account: AccountCase, policy: Policy, night: date) -> Plan:
    plan = decide(account, policy, night)
    full = sum(night - day < 7 * DAY for day in account.touches) >= policy.caps.account_per_7_days
    verdicts = (
        replace(one, verdict="capped", recipients=()) if full and one.deadline_on else one for one in plan.verdicts
    )
    return replace(plan, verdicts=tuple(verdicts))


@_mutant("writes to suppressed addresses", (0, ("suppress", "sponsor")))
def _unsuppressed(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(
        replace(account, recipients=tuple(replace(one, suppressed=False) for one in account.recipients)), policy, night
    )


@_mutant("does not end when the occurrence is over", rest=1)
def _endless(account: AccountCase, policy: Policy, night: date) -> Plan:
    def same(case: Case) -> Case:
        return replace(case, occurrence=case.enrolled.occurrence.split("~")[0]) if case.enrolled else case

    return decide(_cases(account, same), policy, night)


@_mutant("goes on after a stop", (0, ("turn", "stop")))
def _unstopped(account: AccountCase, policy: Policy, night: date) -> Plan:
    def deaf(case: Case) -> Case:
        return replace(case, truth={**case.truth, "exit.stop": False})

    return decide(_cases(account, deaf), policy, night)


@_mutant("lets a step be a day later than it may", (0, ("ask", "extra")), rest=8)
def _later(account: AccountCase, policy: Policy, night: date) -> Plan:
    def looser(step: Any) -> Any:
        return step.model_copy(
            update={"if_late": step.if_late and step.if_late.model_copy(update={"after": step.if_late.after + 1})}
        )

    def loose(case: Case) -> Case:
        rule = case.play.if_late.model_copy(update={"after": case.play.if_late.after + 1})
        changed = _steps(case, looser)
        changed.play.__dict__["if_late"] = rule
        return changed

    return decide(_cases(account, loose), policy, night)


@_mutant("waits a day longer than the time-out", rest=12)
def _patient(account: AccountCase, policy: Policy, night: date) -> Plan:
    def longer(step: Any) -> Any:
        return step.model_copy(
            update={"wait": step.wait and step.wait.model_copy(update={"timeout": step.wait.timeout + 1})}
        )

    return decide(_cases(account, lambda case: _steps(case, longer)), policy, night)


@_mutant(
    "forgets the renamed steps of a new version",
    (1, ("answer", "booking", True)),
    (3, ("edit", "rename", 2, "map")),
    rest=2,
)
def _nameless(account: AccountCase, policy: Policy, night: date) -> Plan:
    plan = decide(account, policy, night)
    return replace(plan, migrations=tuple(replace(one, steps=()) for one in plan.migrations))


@_mutant("forgets in a restart what was done", (10, ("edit", "rename", 5, "restart")), rest=2)
def _carries_nothing(account: AccountCase, policy: Policy, night: date) -> Plan:
    plan = decide(account, policy, night)
    return replace(plan, enroll=tuple(replace(one, carried=()) for one in plan.enroll))


@_mutant("takes the unknown for true", rest=1)
def _credulous(account: AccountCase, policy: Policy, night: date) -> Plan:
    def sure(case: Case) -> Case:
        return replace(case, truth={where: value is not False for where, value in case.truth.items()})

    return decide(_cases(account, sure), policy, night)


@_mutant("trusts stale data", (0, ("age", "anchor:start", 200.0)), rest=2)
def _trusting(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(_cases(account, lambda case: replace(case, stale={})), policy, night)


@_mutant("works on holidays", rest=19)
def _restless(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(account, replace(policy, workdays=Workdays()), night)


@_mutant("forgets the rest after a play of the group", (0, ("again", "praise")), (2, ("again", "praise")))
def _hasty(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(replace(account, past=()), policy, night)


@_mutant("takes any reply for an answer", (2, ("renew", 93)), rest=9, replies=9)
def _flattered(account: AccountCase, policy: Policy, night: date) -> Plan:
    answers = tuple(Answer(one.kind, date.max) for one in account.answers)
    return decide(replace(account, answers=answers), policy, night)


@_mutant("draws the arm anew with each version", (1, ("edit", "later", 15, "restart")), rest=1, account="B")
def _redrawn(account: AccountCase, policy: Policy, night: date) -> Plan:
    plan = decide(account, policy, night)
    return replace(
        plan, enroll=tuple(replace(one, arm="treated") if "~" in one.occurrence else one for one in plan.enroll)
    )


def _monthly(play: Play) -> Play:
    """Thirty days for a month."""
    steps = (
        step.model_copy(update={"month": None, "day": 30 * step.month}) if step.month else step for step in play.steps
    )
    return play.model_copy(update={"steps": tuple(steps)})


@_mutant("takes thirty days for a month")
def _thirty(account: AccountCase, policy: Policy, night: date) -> Plan:
    return decide(
        _cases(account, lambda case: _steps(case, lambda step: _monthly(case.play).step(step.id))), policy, night
    )
