"""The account's page and `perennial account` say what moved the score: since last night, and since a month ago."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from cli.account_text import account_text
from config.files import Files
from config.load import Rules
from models.event import Event
from models.night import Seal, run_key
from tasks.night import Night
from tasks.publish import publish
from tasks.report.account import account_view
from tasks.report.account_views import ChangeView
from tasks.store import runs
from tasks.store.engine import begin
from tasks.store.events import append
from tests.integration.report.conftest import AS_OF, SAME, opened

LAST, MONTH = AS_OF - timedelta(days=1), AS_OF - timedelta(days=35)
Component = tuple[str, float | None, float, float, float]
"""Name, value, points, weight after spreading, the component's own weight."""
TONIGHT: list[Component] = [("usage", 0.5, 30, 60, 50), ("support", 2, 90, 40, 30), ("sentiment", None, 0, 0, 20)]
NIGHTS: dict[date, list[Component]] = {
    MONTH: [("usage", 1.0, 80, 40, 40), ("support", 2, 90, 40, 40), ("sentiment", 9, 90, 20, 20)],
    LAST: [("usage", 0.5, 30, 50, 50), ("support", 2, 90, 30, 30), ("sentiment", 9, 90, 20, 20)],
    AS_OF: TONIGHT,
}


@pytest.fixture
def night(tmp_path: Path, rules: Rules) -> Iterator[Night]:
    """The newest of three nights: 35 days back, last night, tonight. A-1 was there on all of them."""
    with opened(tmp_path, rules) as found:
        for day, components in NIGHTS.items():
            scored(found, day, {"A-1": components})
        yield replace(found, previous=LAST)


def scored(night: Night, day: date, accounts: dict[str, list[Component]], **more: Any) -> None:
    """A night that has been scored and sealed: its contributions and its sheet."""
    rows = [part(account, *one) for account, components in accounts.items() for one in components]
    night.lake.write(f"nights/{day}/contributions.parquet", pa.Table.from_pylist(rows))
    sheet = [
        {**SAME, "account_id": id_, "name": id_, "health_band": "yellow", "health_band_effective": "yellow",
         "health_score": total(components), "health_trend_30d": -8.5, "health_trend_90d": None,
         "health_oldest_days": 41} | more
        for id_, components in accounts.items()
    ]  # fmt: skip
    night.lake.write(f"nights/{day}/sheet_account.parquet", pa.Table.from_pylist(sheet))
    with begin(night.engine) as conn:
        runs.start_run(conn, run_key(day), day, night.clock.now)
        seal(conn, night, day, night.rules.files.hash)


def seal(conn: Any, night: Night, day: date, config: str) -> None:
    """The seal of that day's night, decided from this configuration; the last one counts."""
    payload = Seal(run_key(day), day, night.clock.now.isoformat(), False, 0, 0, config).payload()
    event = Event(f"sealed:{day}:{config}", "sealed", "run", night.clock.now)
    append(conn, replace(event, payload={"run_key": run_key(day), "seal": payload}))


def part(account: str, name: str, value: float | None, points: float, weight: float, base: float) -> dict[str, Any]:
    """A row of contributions.parquet."""
    return {
        "account_id": account, "component": name, "family": "usage", "value": value, "weight": weight, "base": base,
        "points": None if value is None else points, "contribution": points * weight / 100, "reason": "",
        "state": "missing" if value is None else "present", "age": {"usage": 3, "support": 41}.get(name), "days": None,
        "rule": name,
    }  # fmt: skip


def total(components: list[Component]) -> float:
    """The score."""
    return sum(points * weight / 100 for _, _, points, weight, _ in components)


def told(night: Night, account: str = "A-1") -> list[ChangeView]:
    """What the account's view says of earlier nights."""
    return account_view(night, account).health.changes


def test_last_night_and_a_month_ago(night: Night) -> None:
    """By cause and component; both sum to the difference of the two scores."""
    last, month = told(night)
    assert (last.since, month.since) == (LAST.isoformat(), MONTH.isoformat())
    assert last.components[0].causes == {"missing": -18.0}
    assert {one.component: one.causes for one in last.components[1:]} == {
        "support": {"missing": 9.0}, "usage": {"missing": 3.0},
    }  # fmt: skip
    assert {one.component: set(one.causes) for one in month.components} == {
        "usage": {"weight", "missing", "input"}, "support": {"weight", "missing"}, "sentiment": {"missing"},
    }  # fmt: skip
    for one in (last, month):
        assert one.difference == pytest.approx(total(TONIGHT) - (one.score or 0), abs=1e-9)
        assert sum(one.causes.values()) == pytest.approx(one.difference, abs=1e-9)
        assert sum(moved.points for moved in one.components) == pytest.approx(one.difference, abs=1e-9)


def test_the_rules_of_the_earlier_night_are_asked(night: Night) -> None:
    """A half-life that was edited since is a threshold, though the transform's own points are the same."""
    assert night.rules.health.components[0].recency
    data = yaml.safe_load(night.rules.files["config/health.yaml"])
    data["components"][0]["recency"]["half_life"] = 90
    was = Files({**night.rules.files.texts, "config/health.yaml": yaml.safe_dump(data)})
    night.lake.write_text(f"config/{was.hash}.json", was.dump())
    assert set(told(night)[0].causes) == {"missing"}
    scored(night, AS_OF, {"A-1": [("usage", 0.5, 40, 50, 50), *NIGHTS[LAST][1:]]})
    assert told(night)[0].causes == {"input": 5.0}
    with begin(night.engine) as conn:
        seal(conn, night, LAST, was.hash)
    assert "threshold" in told(night)[0].causes


@pytest.mark.parametrize("broken", ['{"config/health.yaml": "bands: 1"}', '{"config/health.yaml": "a: ]"}', "{}"])
def test_rules_that_cannot_be_read_any_more_hide_nothing(night: Night, broken: str) -> None:
    """What an older version of Perennial has kept is compared by the rules of tonight."""
    night.lake.write_text("config/old.json", broken)
    with begin(night.engine) as conn:
        seal(conn, night, LAST, "old")
    assert told(night)[0].causes == {"missing": -6.0}


def test_a_band_set_by_hand_is_a_cause_without_points(night: Night) -> None:
    """It is named beside what moved the score."""
    scored(night, LAST, {"A-1": NIGHTS[LAST]}, health_band_effective="red")
    last, month = told(night)
    assert (last.overridden, month.overridden) == (True, False)
    assert last.causes == {"missing": -6.0, "override": 0.0}
    assert "set by hand" in account_text(account_view(night, "A-1"))


def test_an_account_that_was_not_there_has_no_difference(night: Night) -> None:
    """Nor one without a score on one of the nights; it is said which."""
    scored(night, AS_OF, {"A-1": TONIGHT, "A-2": TONIGHT})
    assert [(one.score, one.difference, one.components) for one in told(night, "A-2")] == [(None, None, [])] * 2
    assert "no score then" in account_text(account_view(night, "A-2"))
    assert told(night)[0].difference == -6.0


def test_where_nights_have_been_few_one_is_compared_once(night: Night) -> None:
    """The last night may be the one a month ago; the first night has nothing to compare with."""
    assert [one.since for one in told(replace(night, previous=MONTH))] == [MONTH.isoformat()]
    first = replace(night, clock=replace(night.clock, as_of=MONTH), previous=None)
    assert told(first) == []
    assert "since 2025" not in account_text(account_view(first, "A-1")).split("Signals")[0].split("Health\n")[1]


def test_it_is_said_on_the_command_line(night: Night) -> None:
    """Trend, the age of what is oldest, and each component that moved."""
    lines = account_text(account_view(night, "A-1")).splitlines()
    assert "  trend: -8.5 over 30 days" in lines
    assert "  oldest input: support, 41 days old" in lines
    place = lines.index(f"  since {LAST}: -6.0 from 60.0: missing -6.0")
    assert lines[place + 1] == "    sentiment missing -18.0"
    assert json.loads(json.dumps(asdict(account_view(night, "A-1"))))["health"]["changes"][0]["difference"] == -6.0


def test_it_is_said_on_the_page(night: Night) -> None:
    """The same, on the page of the account."""
    page = (publish(night).parent / "accounts" / "A-1.html").read_text()
    moved = page[page.index("What moved the score") : page.index('id="next"')]
    for said in (
        "Since 13 Mar 2025",
        "Since 7 Feb 2025",
        "\u221218.0",
        "missing",
        "41 days</b> (support)",
        "\u22128.5",
    ):
        assert said in moved
