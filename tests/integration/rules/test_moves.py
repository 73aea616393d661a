"""What an absorbed account had moves to the one that is left, past enrollments too, along a chain of merges."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import Settings
from models.case import AccountCase, Case, Past, Policy
from models.clock import Clock, midnight
from models.company import Caps
from models.decide import decide
from models.event import Event
from models.play import Play
from models.tables import enrollment, task
from models.workdays import Workdays
from tasks.lake.lake import Lake
from tasks.moves import moves
from tasks.night import Night
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append_all
from tasks.store.landings import watermark
from tasks.store.rebuild import rebuild
from tests.fact_room import shipped
from tests.year_history import land_rows, table_of

DAY = date(2025, 6, 30)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A night whose database has enrollments and tasks of three accounts."""
    engine = open_store(f"sqlite:///{tmp_path}/moves.db")
    made = Night(Settings(), shipped(), Clock.at(DAY, midnight(DAY)), engine, Lake(str(tmp_path)))
    told = {"play": "p", "play_hash": "h", "members": [], "on": "2025-06-01"}
    at, events = made.clock.now, []
    for id_, subject, account in (("1", "account:A", "A"), ("2", "contract:S", "A"), ("3", "account:B", "B")):
        payload = {"enrollment_id": id_, "occurrence": id_, **told}
        opened = {"task_id": id_, "enrollment_id": id_, "account": account, "csm": "nina", "on": "2025-06-01"}
        events += [Event(f"e{id_}", "enrolled", subject, at, account, payload)]
        events += [Event(f"t{id_}", "task_opened", subject, at, account, opened)]
    ended = {"enrollment_id": "1", "outcome": "finished", "reason": "r", "on": "2025-06-20"}
    events += [Event("x", "enrollment_ended", "enrollment:1", at, "A", ended)]
    events += [Event("d", "task_done", "task:1", at, "A", {"task_id": "1", "by": "nina"})]
    with begin(engine) as conn:
        append_all(conn, events)
    yield made
    engine.dispose()


def merged(night: Night, days: int, **pairs: str) -> int:
    """The events of the night so many days later, once these merges are known as of the day before."""
    as_of = DAY + timedelta(days=days)
    later = replace(night, clock=Clock.at(as_of, midnight(as_of)))
    on = as_of - timedelta(days=1)
    rows: list[dict[str, object]] = [
        {"account_id": one, "into_id": into, "merged_on": on} for one, into in pairs.items()
    ]
    land_rows(later, "merges", table_of("merges", rows))
    with read(night.engine) as conn:
        later.landing_seq = watermark(conn)
    return moves(later)


def stand(night: Night) -> dict[str, tuple[str, str, str]]:
    """Enrollment → its subject, its account, and that of its task."""
    with read(night.engine) as conn:
        query = select(enrollment.c.enrollment_id, enrollment.c.subject, enrollment.c.account, task.c.account)
        rows = conn.execute(query.join(task, task.c.enrollment_id == enrollment.c.enrollment_id)).all()
    return {id_: (subject, account, theirs) for id_, subject, account, theirs in rows}


C = {"1": ("account:C", "C", "C"), "2": ("contract:S", "C", "C"), "3": ("account:C", "C", "C")}


def test_all_that_was_an_accounts_is_the_others(night: Night) -> None:
    """Running or past, done or open; a contract stays the contract it is; once, and then along the chain."""
    assert moves(night) == 0
    assert merged(night, 1, A="B") == 4
    assert stand(night) == {"1": ("account:B", "B", "B"), "2": ("contract:S", "B", "B"), "3": ("account:B", "B", "B")}
    assert merged(night, 2) == 0
    assert merged(night, 3, B="C") == 6
    assert stand(night) == C
    with begin(night.engine) as conn:
        rebuild(conn)
    assert stand(night) == C


@pytest.mark.parametrize(
    ("play", "begins"),
    [({}, True), ({"cool_down": "9 days"}, True), ({"cool_down": "11 days"}, False), ({"reentry": "never"}, False)],
)
def test_what_the_absorbed_account_had_counts_for_rest_and_reentry(
    night: Night, play: dict[str, str], begins: bool
) -> None:
    """Its past is the other's."""
    merged(night, 1, A="B")
    with read(night.engine) as conn:
        ended = conn.execute(select(enrollment).where(enrollment.c.ended_on.is_not(None))).all()
    past = tuple(Past(row.subject, row.play, row.ended_on) for row in ended if row.account == "B")
    made = Play.model_validate(
        {"play": "p", "per": "account", "audience": "a", "anchor": "s", "steps": [{"id": "s", "day": 0, "task": "t"}]}
        | play
    )
    case = Case("account:B", "B", made, "new", {"s": DAY}, {"audience": True})
    plan = decide(AccountCase("B", (case,), past=past), Policy(Caps(), Workdays()), DAY)
    assert bool(plan.enroll) is begins
