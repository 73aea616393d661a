"""Entry: who begins a play tonight, and who does not although the audience holds, with the reason."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from models.case import AccountCase, Case, Past, Policy
from models.conversation import Conversation, may_enroll, over
from models.decision import NotEnrolled


def entering(
    account: AccountCase, talks: Iterable[Conversation], policy: Policy, as_of: date
) -> tuple[list[Case], list[NotEnrolled]]:
    """The cases that start tonight, and those that another enrollment, an earlier one or a rest keeps out.

    Of plays in one group the higher precedence enters; a person's request is held by the group, not by a rest.
    """
    busy = {_group(policy, talk.play.play): talk.play.play for talk in talks if not over(talk)}
    starting: list[Case] = []
    kept_out: list[NotEnrolled] = []
    for case in sorted(filter(may_enroll, account.cases), key=lambda case: (-case.play.precedence, case.subject)):
        why = _held_by(case, busy) or _rests(case, account.past, policy, as_of)
        if why:
            kept_out.append(NotEnrolled(case.subject, case.account, case.play.play, case.occurrence or "", why))
            continue
        starting.append(case)
        if case.play.group:
            busy[case.play.group] = case.play.play
    return starting, kept_out


def _group(policy: Policy, play: str) -> str:
    """The group of a play; one without is alone in its own."""
    return policy.groups.get(play, f"play {play}")


def _held_by(case: Case, busy: dict[str, str]) -> str:
    """The play of the same group that runs on the account, in words."""
    if not case.play.group or case.play.group not in busy:
        return ""
    if case.play.coterm is not None and busy[case.play.group] == case.play.play:
        return ""  # it may join that very conversation
    return f"{busy[case.play.group]} runs on this account, and the group '{case.play.group}' has one play at a time"


def _rests(case: Case, past: Sequence[Past], policy: Policy, as_of: date) -> str:
    """Why it is too early for another enrollment, in words."""
    if case.requested:
        return ""
    mine = [one.ended_on for one in past if one.play == case.play.play and one.subject == case.subject]
    if case.play.reentry == "never" and mine:
        return f"{case.subject} has been in {case.play.play} before, and enters it once"
    if isinstance(case.play.reentry, int) and mine and as_of < max(mine) + timedelta(days=case.play.reentry):
        return f"its last {case.play.play} ended on {max(mine)}, the next one may begin after {case.play.reentry} days"
    group = _group(policy, case.play.play)
    ended = [one.ended_on for one in past if _group(policy, one.play) == group]
    rest = case.play.cool_down
    if rest is not None and ended and as_of < max(ended) + timedelta(days=rest):
        return f"the account rests for {rest} days after {group.removeprefix('play ')} ended on {max(ended)}"
    return ""
