"""Races, with real processes: an unsubscribe against the sender, and two senders against one ledger."""

import random
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables import event
from tasks.store.engine import begin, read
from tasks.store.suppressions import suppress
from tests.crash.processes import Senders
from tests.crash.site import Site, site
from tests.crash.verdict import arrivals, judge
from tests.mailroom import MIDNIGHT, address, key_of, states

TRIALS = 120
"""Unsubscribes, each of somebody who may be about to be written to."""
MESSAGES = 160
AHEAD = 12
"""How far before the sender somebody unsubscribes, in messages."""
SEED = 20241231


def unsubscribe(place: Site, number: int) -> None:
    """One commit."""
    with begin(place.night.engine) as conn:
        suppress(conn, [key_of(place.night, number)], "asked for it", MIDNIGHT)


def numbers_of(place: Site, kind: str) -> dict[str, int]:
    """Subject → number of its last event of that kind."""
    query = select(event.c.subject, event.c.event_seq).where(event.c.kind == kind).order_by(event.c.event_seq)
    with read(place.night.engine) as conn:
        return {row.subject: row.event_seq for row in conn.execute(query)}


def test_nothing_is_sent_after_an_unsubscribe_has_committed(tmp_path: Path, parent: Senders, database_url: str) -> None:
    """While a sender is at work people unsubscribe just before their turn, or just after it.

    The log has one order: no transmission begins behind the unsubscribe of its address, and nobody who has not
    unsubscribed is left out.
    """
    moments = random.Random(SEED)
    with site(tmp_path, parent, seed=SEED, contacts=MESSAGES, database_url=database_url) as place:
        place.queue(MESSAGES)
        order = sorted(place.numbers, key=lambda one: f"M-{one}")
        place.start()
        asked: set[int] = set()
        while len(asked) < TRIALS:
            turn = len(arrivals(place.sink)) + moments.randint(0, AHEAD)
            left = [one for one in order[turn:] + order if one not in asked]
            unsubscribe(place, left[0])
            asked.add(left[0])
        assert parent.code() == 0
        place.settle()
        begun, ended = numbers_of(place, "message_transmitting"), numbers_of(place, "suppressed")
        keys = {one: f"address:{key_of(place.night, one)}" for one in asked}
        late = [one for one in asked if begun.get(f"message:M-{one}", 0) > ended[keys[one]]]
        written = {one.recipient for one in arrivals(place.sink)}
        assert late == [], f"seed {SEED}"
        assert written == {address(one) for one in order if f"message:M-{one}" in begun}
        assert {address(one) for one in order if one not in asked} <= written
        assert states(place.night).keys() == {"sent", "suppressed"}


@pytest.mark.parametrize("rounds", [4])
def test_two_senders_against_one_ledger_double_nothing(
    tmp_path: Path, parent: Senders, rival: Senders, database_url: str, rounds: int
) -> None:
    """They begin within moments of each other; on SQLite the second waits, on PostgreSQL both send."""
    moments = random.Random(SEED)
    with site(tmp_path, parent, seed=SEED, contacts=60 * rounds, database_url=database_url) as place:
        for _ in range(rounds):
            place.queue(60)
            parent.start(**place.order())
            parent.ended(moments.uniform(0, 0.3))
            rival.start(**place.order())
            assert (parent.code(), rival.code()) == (0, 0)
        place.settle()
        verdict = judge(place)
        assert (verdict.lost, verdict.doubled, verdict.held, verdict.wrong) == (0, 0, 0, [])


def test_a_sender_that_dies_beside_another_loses_and_doubles_nothing(
    tmp_path: Path, parent: Senders, rival: Senders, database_url: str
) -> None:
    """One of two dies at random; the other goes on, and what the dead one had is taken up."""
    moments = random.Random(SEED)
    with site(tmp_path, parent, seed=SEED, contacts=600, database_url=database_url) as place:
        for _ in range(6):
            place.queue(60)
            pid = parent.start(**place.order())
            parent.ended(moments.uniform(0, 0.2))
            rival.start(**place.order())
            parent.ended(moments.uniform(0, 1.0))
            parent.killed(pid)
            assert rival.code() == 0
        place.settle()
        verdict = judge(place)
        assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, [])
        assert defaultdict(int, states(place.night))["sent"] == 360
