"""The sheets that the shipped rules make: what a person sets, trends, caps, late feeds, and what other grains carry."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.play import PlayCondition
from tests.fact_room import AS_OF, Book, Row, account, book

BUSY: list[Row] = [
    {"day": AS_OF - timedelta(days=back), "count": 9, "users": 4, "feature": f"f{back % 3}"} for back in range(1, 92)
]
GOOD: dict[str, list[Row]] = {
    "contracts": [{}],
    "usage": BUSY,
    "contacts": [{"role": role} for role in ("sponsor", "champion", "executive")],
    "tickets": [{"opened_at": "2025-06-01", "closed_at": "2025-06-02", "satisfaction": 5}],
    "feedback": [{"kind": "nps", "score": 10, "answered_at": "2025-06-01"}],
    "invoices": [{"issued_on": "2025-06-01", "due_on": "2025-07-01", "amount_minor": 1, "currency": "USD"}],
}
"""A customer with whom all is well."""


def set_to(name: str, value: str, until: str | None = None) -> dict[str, list[Row]]:
    """An override."""
    return {
        "events": [{"effective_at": "2025-06-01", "kind": "overridden", "name": name, "value": value, "until": until}]
    }


def felt(pulse: int, day: str) -> dict[str, list[Row]]:
    """All well, and the CSM's own feeling."""
    return GOOD | {"notes": [{"written_at": day, "kind": "pulse", "pulse": pulse}]}


SMALL = {"contracts": [{"mrr_minor": 1000}]}
YOUNG = {"contracts": [{"start_on": "2025-06-01"}]}
THREE = [{"day": f"2025-06-{day}"} for day in (11, 12, 13)]
LOST = [{"kind": "renewal", "closed_on": "2025-06-01", "won": False}]
LAST = [{"day": "2025-06-29", "count": 3}]
SCORES: dict[str, tuple[dict[int, int | None], int | None, int | None]] = {
    "one week": ({1: 700}, None, None),
    "all weeks": ({week: 600 + week for week in range(1, 15)}, 5, 13),
    "a month": ({5: 500}, 5, None),
    "the week before it": ({4: None, 5: None, 6: 512}, 6, None),
    "too old": ({5: None, 7: 512}, None, None),
    "a quarter": ({2: None, 13: 444}, None, 13),
}
"""Scores of earlier weeks, in tenths of points; the week that is 30 days back, and the one that is 90."""

CASES: dict[str, dict[str, list[Row]]] = {
    "touch": SMALL | set_to("touch", "high"),
    "slip": {"contracts": [{"mrr_minor": 100_000}]} | set_to("touch", "hihg"),
    "segment": SMALL | set_to("segment", "enterprise"),
    "stage": SMALL | set_to("stage", "onboarding"),
    "band": GOOD | set_to("health", "red", "2025-06-30"),
    "over": GOOD | set_to("health", "red", "2025-06-29"),
    "not yet": YOUNG | {"usage": THREE},
    "valued": YOUNG | {"usage": [*THREE, {"day": "2025-06-20"}]},
    "happy": GOOD,
    "no renewal": GOOD | {"contracts": [{"auto_renew": False}]},
    "lost": GOOD | {"opportunities": LOST},
    "notice": GOOD | {"accounts": [{"crm_status": "Notice"}]},
    "young": GOOD | {"usage": LAST, "contracts": [{"start_on": "2025-05-01"}]},
    "old": GOOD | {"usage": LAST},
    "glad": felt(5, "2025-06-20"),
    "sad": felt(1, "2025-06-20"),
    "90 days": felt(5, "2025-04-01"),
    "105 days": felt(5, "2025-03-17"),
    "120 days": felt(5, "2025-03-02"),
    **dict.fromkeys(SCORES, GOOD),
}
ASKED = (PlayCondition("h.audience", "ticket", "ticket_satisfaction >= 4 and features_ever > 1"),)


def remembered(scores: dict[int, int | None]) -> Row:
    """What the nights of earlier weeks have left."""
    newest = min(scores)
    slots = [scores.get(week) for week in range(newest, 15)]
    value = "".join("...." if one is None else f"{one:04}" for one in slots)
    monday = AS_OF - timedelta(days=AS_OF.weekday() + 7 * newest)
    return {"name": "health_scores", "value": value, "since": monday, "entry": 1, "backfilled": False}


@pytest.fixture(scope="module")
def night() -> Book:
    """All cases in one night."""
    return book(CASES, {name: remembered(scores) for name, (scores, *_) in SCORES.items()}, conditions=ASKED)


@pytest.mark.parametrize(
    ("name", "column", "stands", "computed"),
    [
        ("touch", "touch", "high", "tech"),
        ("slip", "touch", "low", "low"),
        ("segment", "segment", "enterprise", "small_business"),
        ("segment", "touch", "high", "high"),
        ("stage", "stage", "onboarding", "beyond_year_one"),
    ],
)
def test_what_a_person_sets_stands_and_what_was_computed_is_kept(
    night: Book, name: str, column: str, stands: str, computed: str
) -> None:
    """What is no such thing sets nothing; a rule that reads it reads what stands."""
    found = night.sheet(name)
    assert (found[column], found[f"{column}_computed"]) == (stands, computed)


def test_a_band_set_by_hand_leaves_the_computed_one_and_the_score(night: Book) -> None:
    """Conditions read the effective one; it ends with its day."""
    found = night.sheet("band")
    assert (found["health_band"], found["health_band_effective"]) == ("green", "red")
    assert found["health_score"] == night.sheet("happy")["health_score"] > 70
    assert night.sheet("over")["health_band_effective"] == "green"


def test_days_to_first_value_count_from_the_contract(night: Book) -> None:
    """And are none while the customer has not got there."""
    assert [night.sheet(name)["days_to_first_value"] for name in ("not yet", "valued")] == [None, 10]


@pytest.mark.parametrize("name", SCORES)
def test_trends_compare_with_the_week_that_lies_so_far_back(night: Book, name: str) -> None:
    """A week without a score gives way to the one before it; older ones say nothing."""
    scores, *weeks = SCORES[name]
    found = night.sheet(name)
    score = round(found["health_score"], 1)
    expected = [None if week is None else score - Decimal(scores[week] or 0) / 10 for week in weeks]
    assert [found["health_trend_30d"], found["health_trend_90d"]] == expected


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("no renewal", "no contract renews by itself"),
        ("lost", "notice served: a renewal was lost"),
        ("notice", "notice served"),
    ],
)
def test_whoever_is_about_to_leave_is_yellow_at_best(night: Book, name: str, because: str) -> None:
    """Caps hold the band, not the score, and say so."""
    assert night.sheet("happy")["health_band"] == "green"
    found = night.sheet(name)
    assert (found["health_band"], found["health_reason"].split("; ", 1)[1]) == ("yellow", f"held at yellow: {because}")
    assert found["health_score"] >= 70


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("glad", 8.5, "relationship 8.50"),
        ("sad", 4.5, "relationship 4.50"),
        ("90 days", 8.5, "relationship 8.50, 90 days old"),
        ("105 days", 7.5, "relationship 7.50, 105 days old"),
        ("120 days", 6.5, "relationship 6.50"),
    ],
)
def test_the_csms_feeling_is_old_at_90_days_and_nothing_at_120(
    night: Book, name: str, value: float, reason: str
) -> None:
    """In between it fades; the people we know count all the same."""
    found = night.part(name, "relationship")
    assert (float(found["value"]), found["reason"], found["state"]) == (value, reason, "present")


def test_nobody_has_a_usual_week_in_the_first_quarter(night: Book) -> None:
    """It is taken to be as usual; later, few events say nothing, and only the days since the last use count."""
    young, old = (night.part(name, "usage") for name in ("young", "old"))
    assert (young["state"], float(young["value"]), round(float(young["points"]), 2)) == ("present", 1, 88.38)
    assert (old["state"], old["value"], round(float(old["points"]), 2)) == ("present", None, 73.38)
    assert old["reason"] == "usage by its days since alone, 1"


def test_the_oldest_input_is_told(night: Book) -> None:
    """Of all that counts."""
    assert [night.sheet(name)["health_oldest_days"] for name in ("happy", "90 days")] == [29, 90]


def test_other_grains_carry_what_is_read_of_their_account(night: Book) -> None:
    """A contract's sheet all of it; of tickets, which are many, what tonight's conditions read and who it is about."""
    (ticket,), (contract,) = night.rows("sheet_ticket", "happy"), night.rows("sheet_contract", "happy")
    assert (ticket["features_ever"], ticket["name"], ticket["health_band"]) == (3, "Acme", "green")
    assert "features_unused" not in ticket
    assert contract["features_unused"] == 0


def test_a_late_feed_punishes_nobody() -> None:
    """The clock of usage stops with the feed: trend and recency are those of its last whole night."""
    last = AS_OF - timedelta(days=10)
    usage = [row for row in BUSY if row["day"] < last]
    then, now = (account(day, known, usage=usage) for day, known in ((last, None), (AS_OF, {"usage": last})))
    same = ("usage_trend", "usage_28d", "usage_days_28d", "days_since_usage", "features_28d", "seat_use")
    assert [now[name] for name in same] == [then[name] for name in same]
    assert (now["days_since_usage"], account(usage=usage)["days_since_usage"]) == (1, 11)


@pytest.mark.parametrize(("usage", "tickets", "state"), [(58, 29, "present"), (59, 30, "stale")])
def test_what_has_not_been_heard_of_for_too_long_is_unknown(usage: int, tickets: int, state: str) -> None:
    """60 days of usage, 30 of support: how late a feed is counts for whether a value is known, not for its worth."""
    late = [row | {"day": row["day"] - timedelta(days=usage)} for row in BUSY]
    known = {"usage": AS_OF - timedelta(days=usage), "tickets": AS_OF - timedelta(days=tickets)}
    found = book({"late": GOOD | {"usage": late}}, known=known)
    states: dict[str, Any] = {name: found.part("late", name)["state"] for name in ("usage", "support")}
    assert states == {"usage": state, "support": state}
    assert found.part("late", "usage")["age"] == usage + 1
