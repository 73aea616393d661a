"""Health: an oracle in plain Python, boundaries of the bands, missing and stale data, contributions."""

import math
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.health import Health
from tests.health_room import all_scored, rules, scored


def oracle(health: Health, row: dict[str, Any]) -> tuple[float | None, str]:
    """Score and band, worked out from the rules' words with no line in common with the compiler."""
    points: dict[str, float | None] = {}
    for part in health.components:
        value = row.get(part.component)
        if value is None or (part.age and (row.get(part.age) is None or row[part.age] >= (part.stale_after or 0))):
            points[part.component] = None
            continue
        knots = list(part.by[0].points if part.by and row["tenure"] < 90 else part.points)
        if part.half_life:
            points[part.component] = 100 * 0.5 ** (max(value, 0) / part.half_life)
        elif value <= knots[0][0]:
            points[part.component] = knots[0][1]
        elif value >= knots[-1][0]:
            points[part.component] = knots[-1][1]
        else:
            left = max(i for i, (x, _) in enumerate(knots) if x <= value)
            (x0, y0), (x1, y1) = knots[left], knots[left + 1]
            points[part.component] = y0 * (x1 - value) / (x1 - x0) + y1 * (value - x0) / (x1 - x0)
    known = {part.component: part.weight for part in health.components if points[part.component] is not None}
    lost = {part.component: part.weight for part in health.components if points[part.component] is None}
    loose = sum(part.weight for part in health.components if part.component in lost and part.missing == "redistribute")
    essential = any(part.missing == "unknown" for part in health.components if part.component in lost)
    if row["status"] != "active" or essential or sum(known.values()) < health.enough:
        return None, "insufficient_data"
    moved = min(loose, sum(known.values()) * health.raise_at_most / 100)
    share = {name: weight * (1 + moved / sum(known.values())) for name, weight in known.items()}
    score = sum(share[name] * (points[name] or 0) for name in share) / 100
    score += (100 - sum(share.values())) * health.neutral / 100
    worst = sum(weight * (points[name] or 0) for name, weight in known.items()) / 100
    worst += sum(lost.values()) * health.missing_at_worst / 100
    if score >= health.bands.green and worst >= health.bands.green - 1e-9:
        return score, "green"
    return score, "yellow" if score >= health.bands.yellow else "red"


values_ = st.one_of(st.none(), st.integers(-20, 120).map(lambda tenth: tenth / 10))
ACCOUNTS = st.fixed_dictionaries(
    {"a": values_, "b": values_, "c": values_, "d": values_, "tenure": st.sampled_from([10, 89, 90, 400]),
     "age": st.one_of(st.none(), st.integers(0, 90)), "status": st.sampled_from(["active", "active", "churned"])}
)  # fmt: skip


BOOKS = st.lists(ACCOUNTS, min_size=30, max_size=60)
FEW = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@FEW
@given(BOOKS)
def test_the_compiled_sql_agrees_with_the_oracle_and_contributions_sum_to_the_score(book: list[dict[str, Any]]) -> None:
    """Score within 1e-6 of the oracle, the band equal away from a limit, and the sum within 1e-9."""
    health = rules(enough=50)
    sheets, rows = all_scored(health, book)
    parts = defaultdict(list)
    for row in rows:
        parts[row["account_id"]].append(row)
    for number, (sheet, row) in enumerate(zip(sheets, book, strict=True)):
        score, band = oracle(health, row)
        _agree(sheet, parts[number], score)
        if score is None or min(abs(score - limit) for limit in (40, 70)) > 1e-6:
            assert sheet["health_band"] == band


def _agree(sheet: dict[str, Any], parts: list[dict[str, Any]], score: float | None) -> None:
    """The score is the oracle's, and its contributions sum to it."""
    if score is None:
        assert sheet["health_score"] is None
        assert all(part["contribution"] is None for part in parts)
        return
    assert float(sheet["health_score"]) == pytest.approx(score, abs=1e-6)
    assert abs(sum(part["contribution"] for part in parts) - sheet["health_score"]) <= Decimal("1e-9")
    assert abs(sum(part["weight"] for part in parts) - 100) <= Decimal("1e-6")


@FEW
@given(BOOKS, st.sampled_from("abcd"))
def test_losing_data_never_makes_an_account_green(book: list[dict[str, Any]], lost: str) -> None:
    """Whatever goes missing, who was not green does not become green by it."""
    health = rules(enough=0)
    before, _ = all_scored(health, book)
    after, _ = all_scored(health, [row | {lost: None} for row in book])
    for was, now in zip(before, after, strict=True):
        assert not (now["health_band"] == "green" and was["health_band"] in ("yellow", "red"))


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (39.999999, "red"), (40, "yellow"), (49, "yellow"), (50, "yellow"), (50.5, "yellow"), (51, "yellow"),
        (69.999999, "yellow"), (70, "green"), (70.000001, "green"), (100, "green"), (0, "red"),
    ],
)  # fmt: skip
def test_bands_are_half_open_and_leave_no_gap(points: float, band: str) -> None:
    """A limit belongs to the band above it, and nothing falls between 50 and 51."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": [[0, 0], [100, 100]]}
        for name in "abcd"
    ]
    sheet, _ = scored(rules(components=parts), a=points)
    assert (float(sheet["health_score"]), sheet["health_band"]) == (points, band)


@pytest.mark.parametrize(
    ("limit", "value", "band"),
    [(50, 50, "green"), (50.5, 50, "yellow"), (50.5, 50.5, "green"), (51, 50.5, "yellow"), (51, 51, "green")],
)
def test_a_limit_may_lie_between_whole_numbers(limit: float, value: float, band: str) -> None:
    """50, 50.5 and 51."""
    parts = [
        {"component": name, "family": "usage", "weight": 25, "value": "a", "points": [[0, 0], [100, 100]]}
        for name in "abcd"
    ]
    sheet, _ = scored(rules(components=parts, bands={"green": limit, "yellow": 10}), a=value)
    assert sheet["health_band"] == band


def test_limits_and_points_may_hang_on_tenure() -> None:
    """The same account, new and old."""
    health = rules(bands={"green": 70, "yellow": 40, "by": [{"when": "tenure < 90", "green": 55, "yellow": 30}]})
    values = {"a": 6.0, "b": 14, "c": 5, "d": 0}
    old, new = scored(health, **values, tenure=90)[0], scored(health, **values, tenure=89)[0]
    assert (float(old["health_score"]), old["health_band"]) == (59, "yellow")
    assert (float(new["health_score"]), new["health_band"]) == (64, "green")


def test_spreading_raises_a_weight_by_at_most_a_fifth() -> None:
    """40 % are missing, so 60 % would become 100: they become 72, and 28 stay at the neutral 50 points."""
    sheet, parts = scored(rules(enough=50), b=0, c=5, d=10)
    found = {part["component"]: (float(part["weight"]), float(part["contribution"]), part["state"]) for part in parts}
    assert found == {
        "a": (28, 14, "missing"), "b": (36, 36, "present"), "c": (24, 24, "present"), "d": (12, 12, "present"),
    }  # fmt: skip
    assert (float(sheet["health_score"]), sheet["health_band"]) == (86, "yellow")
    assert "no green on missing data" in sheet["health_reason"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"b": 0, "c": 5, "d": 5}, "only 60 % of the weight is known; missing: a (no data)"),
        ({"a": 5, "b": 0, "c": 5, "d": 5, "age": 60}, "only 60 % of the weight is known; missing: a (60 days old)"),
        ({"a": 5, "b": 0, "c": 5}, "an essential component is missing: d (no data)"),
        ({"a": 5, "b": 0, "c": 5, "d": 5, "status": "churned"}, "not scored: no customer at present"),
        ({"a": 5, "b": 0, "c": 5, "d": 5, "status": None}, "not scored: no customer at present"),
        ({"a": math.inf, "b": 0, "c": 5, "d": 5}, "only 60 % of the weight is known; missing: a (no data)"),
    ],
)
def test_too_little_data_is_said_with_what_is_missing(values: dict[str, Any], reason: str) -> None:
    """insufficient_data is a band with a reason, never a guess."""
    sheet, _ = scored(rules(), **values)
    assert (sheet["health_band"], sheet["health_reason"], sheet["health_score"]) == ("insufficient_data", reason, None)


def test_every_component_has_a_state() -> None:
    """present, neutral, missing and stale, each with its reason."""
    _, parts = scored(rules(enough=0), a=5, age=61, d=5)
    assert [(part["component"], part["state"], part["reason"]) for part in parts] == [
        ("a", "stale", "61 days old"), ("b", "missing", "no data"), ("c", "neutral", "no data"),
        ("d", "present", "d 5.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(("tickets", "points"), [(0, 60), (2.5, 80), (5, 100), (7, 50), (9, 0), (50, 0)])
def test_zero_tickets_is_ambiguous_not_perfect(tickets: float, points: float) -> None:
    """The U-shape of METRICS: 60 at none, best at a few, nothing at many."""
    _, parts = scored(rules(), a=5, b=0, c=tickets, d=5)
    assert float(parts[2]["points"]) == points
