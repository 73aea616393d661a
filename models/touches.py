"""Caps: how often a customer is written to, over all plays; and one message a day for an address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from models.case import AccountCase, Policy
from models.company import Caps
from models.conversation import Conversation
from models.decision import Plan, Verdict
from models.step import TOUCHES

WEEK = timedelta(days=7)


def capped(
    verdicts: Sequence[Verdict], talks: Sequence[Conversation], account: AccountCase, policy: Policy, as_of: date
) -> list[Verdict]:
    """The verdicts, with the touches beyond the account's caps `capped`; they come up again.

    Steps with a deadline count but are never capped; then the higher precedence speaks first, and what another
    conversation would say on the same day, or too soon after a higher one, is `held`. A touch is a due mail, message in
    the product or survey, counted once whatever its recipients. What a person does by hand is capped too.
    """
    precedence = {talk.enrolled.enrollment_id: talk.play.precedence for talk in talks}
    today = sum(day == as_of for day in account.touches)
    week = sum(as_of - WEEK < day <= as_of for day in account.touches)
    order = sorted(range(len(verdicts)), key=lambda index: (*_turn(verdicts[index], precedence), index))
    settled = list(verdicts)
    speaks: Verdict | None = None
    for index in order:
        verdict = verdicts[index]
        if not is_touch(verdict):
            continue
        if verdict.deadline_on is None and (why := _not_now(verdict, speaks, account, policy, as_of)):
            settled[index] = replace(verdict, verdict="held", reason=why, recipients=())
            continue
        caps = policy.caps
        if verdict.deadline_on is None and (today >= caps.account_per_day or week >= caps.account_per_7_days):
            settled[index] = replace(verdict, verdict="capped", reason=_why(today, week, caps), recipients=())
            continue
        today, week, speaks = today + 1, week + 1, speaks or verdict
    return settled


def _not_now(verdict: Verdict, speaks: Verdict | None, account: AccountCase, policy: Policy, as_of: date) -> str:
    """Why another conversation comes first, in words; a person's own act asks nobody."""
    if verdict.by_hand:
        return ""
    if speaks is not None and speaks.enrollment_id != verdict.enrollment_id:
        return f"{speaks.play} speaks tonight: one conversation with a customer at a time"
    mine, gap = policy.precedence.get(verdict.play, 0), policy.caps.primary_days
    for play, day in sorted(account.spoke.items()):
        if play != verdict.play and policy.precedence.get(play, 0) > mine and 0 < (as_of - day).days < gap:
            return f"{play} spoke on {day} and has precedence: others wait {gap} days"
    return ""


def is_touch(verdict: Verdict) -> bool:
    """Whether the step reaches the customer tonight."""
    return verdict.verdict == "due" and verdict.kind in TOUCHES and bool(verdict.recipients)


def _turn(verdict: Verdict, precedence: dict[str, int]) -> tuple[object, ...]:
    """Deadlines first, then precedence, then age; what is equal so far goes in the order of its play's file."""
    return verdict.deadline_on is None, -precedence[verdict.enrollment_id], verdict.planned_on or date.max


def _why(today: int, week: int, caps: Caps) -> str:
    """Which cap it was."""
    if today >= caps.account_per_day:
        return f"the account has had {today} of {caps.account_per_day} messages today"
    return f"the account has had {week} of {caps.account_per_7_days} messages in 7 days"


def limit_addresses(plan: Plan, sent_today: dict[str, int], caps: Caps) -> Plan:
    """The plan with each address at no more than its messages a day, over all accounts: the one global step."""
    used, place = dict(sent_today), dict[str, int]()
    settled = dict(enumerate(plan.verdicts))
    for index, verdict in settled.items():
        place.setdefault(verdict.enrollment_id, index)
    for index in sorted(settled, key=lambda index: (*_place(settled[index], place), index)):
        if is_touch(settled[index]):
            settled[index] = _limited(settled[index], used, caps)
    return replace(plan, verdicts=tuple(settled[index] for index in range(len(settled))))


def _place(verdict: Verdict, place: dict[str, int]) -> tuple[object, ...]:
    """Deadlines first, then conversation by conversation, each by age."""
    return verdict.deadline_on is None, place[verdict.enrollment_id], verdict.planned_on or date.max


def _limited(verdict: Verdict, used: dict[str, int], caps: Caps) -> Verdict:
    """The verdict without the recipients who had theirs, which its reason says; capped when none is left."""
    kept = []
    for recipient in verdict.recipients:
        if verdict.deadline_on is None and used.get(recipient.address_key, 0) >= caps.address_per_day:
            continue
        used[recipient.address_key] = used.get(recipient.address_key, 0) + 1
        kept.append(recipient)
    left_out = len(verdict.recipients) - len(kept)
    if kept and left_out:
        words = f"{left_out} of its addresses had a message today and {'gets' if left_out == 1 else 'get'} none"
        return replace(verdict, recipients=tuple(kept), reason=f"{verdict.reason}; {words}")
    if kept:
        return verdict
    return replace(verdict, verdict="capped", recipients=(), reason="each of its addresses has had its message today")
