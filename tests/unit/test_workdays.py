"""Working days, sending windows and the night's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.clock import Clock
from models.workdays import Shift, Window, Workdays

CHRISTMAS = frozenset({date(2025, 12, 25), date(2025, 12, 26)})
ZONES = sorted(available_timezones())
NINE_TO_FIVE = Window(time(9), time(17), Workdays())


@pytest.mark.parametrize(
    ("day", "shift", "expected"),
    [
        ("2025-12-25", "none", "2025-12-25"),
        ("2025-12-25", "next_working_day", "2025-12-29"),
        ("2025-12-28", "previous_working_day", "2025-12-24"),
        ("2025-12-24", "next_working_day", "2025-12-24"),
    ],
)
def test_a_day_off_is_shifted_to_the_next_that_is_none(day: str, shift: Shift, expected: str) -> None:
    """Weekends and holidays alike."""
    assert Workdays(holidays=CHRISTMAS).shifted(date.fromisoformat(day), shift) == date.fromisoformat(expected)


def test_a_calendar_without_working_days_shifts_nothing() -> None:
    """Rather the day itself than never."""
    day = date(2025, 6, 30)
    assert Workdays(frozenset()).shifted(day, "next_working_day") == day


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.frozensets(st.integers(0, 6), min_size=1))
def test_a_shifted_day_is_the_nearest_open_one(day: date, weekdays: frozenset[int]) -> None:
    """Open, on the right side, and none between."""
    days = Workdays(weekdays)
    after, before = days.shifted(day, "next_working_day"), days.shifted(day, "previous_working_day")
    assert days.is_open(after)
    assert days.is_open(before)
    between = [before + timedelta(days=1 + n) for n in range((after - before).days - 1)]
    assert not any(map(days.is_open, between))


@given(st.integers(0, 3_000_000), st.sampled_from(ZONES))
def test_mail_goes_in_the_hours_of_the_place(minutes: int, zone: str) -> None:
    """In every zone: not before now, on a working day, within the hours, and within four days."""
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = NINE_TO_FIVE.next_open(now, zone)
    local = found.astimezone(ZoneInfo(zone))
    assert now <= found <= now + timedelta(days=4)
    assert local.weekday() < 5
    assert time(9) <= local.time() < time(17)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-06-27T16:59:59", "2025-06-27T16:59:59"),
        ("2025-06-27T17:00:00", "2025-06-30T09:00:00"),
        ("2025-06-27T08:59:59", "2025-06-27T09:00:00"),
        ("2025-06-28T12:00:00", "2025-06-30T09:00:00"),
    ],
)
def test_the_window_is_half_open(now: str, expected: str) -> None:
    """At five it is closed."""
    found = NINE_TO_FIVE.next_open(datetime.fromisoformat(now).replace(tzinfo=UTC), "UTC")
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_played_day_is_passed_in_one_go() -> None:
    """The clock of another day stands at its start and lets everything of that day be sent."""
    wall = datetime(2026, 1, 5, 14, tzinfo=UTC)
    clock = Clock.at(date(2025, 6, 30), wall)
    assert (clock.now, clock.until) == (datetime(2025, 6, 30, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC))
    assert clock.moved(wall) == clock


def test_a_night_of_today_goes_by_the_wall_also_tomorrow() -> None:
    """Approved or resumed a day later it is no played day: its mail goes to the real server, at the real time."""
    evening, next_morning = datetime(2025, 6, 30, 22, tzinfo=UTC), datetime(2025, 7, 1, 8, tzinfo=UTC)
    clock = Clock.at(date(2025, 6, 30), evening)
    assert (clock.now, clock.until, clock.played) == (evening, evening, False)
    assert clock.moved(next_morning) == Clock(date(2025, 6, 30), next_morning, played=False)
