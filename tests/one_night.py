"""One night of one account through `decide`."""

from dataclasses import replace
from datetime import date, timedelta

from models.case import AccountCase, Case, Enrolled, Policy, Recipient
from models.company import Caps
from models.decide import decide
from models.decision import Plan, Verdict
from models.ids import enrollment_id
from models.play import Play
from models.workdays import Workdays

MONDAY = date(2025, 6, 30)
SPONSOR = Recipient("P-1", "sponsor", "key-1")
CHAMPION = Recipient("P-2", "champion", "key-2")
EVERY_DAY = Policy(Caps(), Workdays(frozenset(range(7))), classes={"m/contract": "contractual", "m/offer": "marketing"})
ONBOARDING = Play.model_validate(
    {
        "play": "onboarding", "per": "account", "audience": "x", "anchor": "start", "precedence": 20,
        "exit": {"success": "y", "stop": "z"},
        "steps": [
            {"id": "one", "day": 1, "email": "m/one", "to": ["sponsor"]},
            {"id": "seven", "day": 7, "email": "m/seven", "to": ["sponsor"]},
            {"id": "call", "day": 8, "task": "Call"},
            {"id": "after-call", "after": "call", "email": "m/after", "to": ["sponsor"]},
        ],
    }
)  # fmt: skip


def case(play: Play = ONBOARDING, days: int = 1, **changes: object) -> Case:
    """An enrolled case whose anchor lies `days` before MONDAY."""
    own = Enrolled(enrollment_id(play.play, "account:A-1", "1"), "1")
    fresh = Case(
        "account:A-1", "A-1", play, "1", {"start": MONDAY - timedelta(days=days)}, {"audience": True}, enrolled=own
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def night(
    *cases: Case, policy: Policy = EVERY_DAY, people: tuple[Recipient, ...] = (SPONSOR, CHAMPION), **account: object
) -> Plan:
    """The plan of MONDAY for one account."""
    return decide(AccountCase("A-1", cases, people, **account), policy, MONDAY)  # type: ignore[arg-type]


def told(plan: Plan) -> dict[str, str]:
    """Step → verdict."""
    return {verdict.step: verdict.verdict for verdict in plan.verdicts}


def only(plan: Plan) -> Verdict:
    """The plan's one verdict."""
    (verdict,) = plan.verdicts
    return verdict
