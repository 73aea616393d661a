"""Why a subject does not begin a play: there are words exactly where it does not begin."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Case, Enrolled
from models.conversation import may_enroll
from models.kept_out import kept_out
from models.play import Play

PLAY = Play.model_validate(
    {
        "play": "renewal", "per": "contract", "audience": "x", "anchor": "term_end", "min_term": "6 months",
        "exit": {"stop": "gone"}, "steps": [{"id": "one", "day": 1, "task": "Call"}],
    }
)  # fmt: skip
FREE = PLAY.model_copy(update={"min_term": None})
TRUTH = st.sampled_from([True, False, None])


CASES = st.builds(
    Case,
    subject=st.just("contract:K"),
    account=st.just("A-1"),
    play=st.sampled_from([PLAY, FREE]),
    occurrence=st.sampled_from([None, "K/1"]),
    anchors=st.just({"term_end": date(2025, 6, 30)}),
    truth=st.fixed_dictionaries({"audience": TRUTH, "exit.stop": TRUTH}),
    stale=st.sampled_from([{}, {"audience": 48.0}]),
    term_months=st.sampled_from([None, 3, 12]),
    enrolled=st.sampled_from([None, Enrolled("E", "K/1")]),
    requested=st.booleans(),
    gone=st.sampled_from(["", "merged into A-2"]),
    on_leaving=st.booleans(),
)


@given(CASES)
def test_there_are_words_exactly_where_nothing_begins(case: Case) -> None:
    """The rule that decides and the one that tells do not part."""
    assert (kept_out(case) == "") is may_enroll(case)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"truth": {"audience": False}}, "it is not in the audience"),
        ({"truth": {}}, "it is not known whether it is in the audience"),
        (
            {"truth": {"audience": True}, "on_leaving": True},
            "it is still in the audience, which it has to leave",
        ),
        ({"stale": {"audience": 30.0}}, "what the audience reads is stale for 30 h: nobody begins on that"),
        ({"occurrence": None}, "there is no term end to count from"),
        ({"truth": {"audience": True, "exit.stop": True}}, "exit.stop holds: gone"),
        ({"term_months": 3}, "its term has 3 months, 6 are needed"),
    ],
)
def test_the_words_name_the_reason(changes: dict[str, object], said: str) -> None:
    """The first one that counts."""
    given_ = {"occurrence": "K/1", "truth": {"audience": True}, "term_months": 12} | changes
    assert kept_out(Case("contract:K", "A-1", PLAY, anchors={}, **given_)) == said  # type: ignore[arg-type]
