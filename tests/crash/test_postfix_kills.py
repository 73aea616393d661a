"""Senders killed while they deliver to a real Postfix; what came is counted behind it."""

from pathlib import Path

import pytest

from tests.crash.postfix import Postfix, missing, postfix
from tests.crash.processes import Senders
from tests.crash.rounds import MESSAGES, Rounds
from tests.crash.site import site
from tests.crash.verdict import judge

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
SEED = 20241231
KILLS = 6
GRACE = 1
"""Seconds for which Postfix may still be at what a dead sender handed over; in production five minutes."""


@pytest.mark.parametrize("readable", [True, False])
def test_senders_killed_in_front_of_postfix_lose_nothing_and_double_nothing_unseen(
    tmp_path: Path, parent: Senders, readable: bool
) -> None:
    """With its log none comes twice; without it every double is one that was marked uncertain."""
    contacts = MESSAGES * 3 * KILLS
    with site(tmp_path, parent, seed=SEED, contacts=contacts, readable=readable, behind=postfix) as place:
        assert isinstance(place.sink, Postfix)
        place.ledger = {"log": str(place.sink.log), "grace": GRACE}
        rounds = Rounds(place, SEED)
        rounds.random(KILLS)
        for point in ("mid_data", "after_250"):
            rounds.each(point)
        place.sink.quiet()
        verdict = judge(place, rounds.kills)
        assert not verdict.broken(readable=readable), verdict
        assert verdict.uncertain > 0
