"""What the product of the synthetic company logs: who used which feature how much, day by day, for a year."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tasks.demo.billing import contract_id
from tasks.demo.customers import Customer
from tasks.demo.names import FEATURES

YEAR = 365
KNOWN = {"starter": 4, "team": 6, "enterprise": 8}
SHARES = np.array([0.34, 0.22, 0.14, 0.1, 0.08, 0.05, 0.04, 0.03])
SCHEMA = pa.schema({
    "event_id": pa.string(), "account": pa.string(), "contract": pa.string(), "day": pa.date32(),
    "feature": pa.string(),
    "people": pa.int32(), "events": pa.int64(), "seconds": pa.int64(), "failures": pa.int32(),
})  # fmt: skip
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def usage_table(rng: np.random.Generator, customers: list[Customer], as_of: date) -> pa.Table:
    """One row (SCHEMA) a customer and day of use, sorted by both."""
    return pa.concat_tables([_usage(rng, customer, as_of) for customer in customers])


def _usage(rng: np.random.Generator, customer: Customer, as_of: date) -> pa.Table:
    """A customer's year, of which only the days with any usage are kept."""
    days = _days(customer, as_of)
    level = _level(customer, days, as_of)
    kept = rng.random(len(days)) < np.where(_weekday(days) < 5, 0.92, 0.12) * np.minimum(1, level * 2)
    days, level = days[kept], level[kept]
    width = KNOWN[customer.plan] if customer.mood != "declining" else KNOWN[customer.plan] // 2
    feature = rng.choice(width, size=len(days), p=SHARES[:width] / SHARES[:width].sum())
    people = np.clip(rng.binomial(customer.seats, np.clip(level * 0.6, 0, 0.95)), 1, customer.seats)
    events = people * rng.integers(3, 14, len(days))
    return _table(customer, as_of, days, feature, people, events, rng)


def _table(
    customer: Customer, as_of: date, days: Ints, feature: Ints, people: Ints, events: Ints, rng: np.random.Generator
) -> pa.Table:  # fmt: skip
    """The arrays as a table; `days` count backwards from as_of."""
    dates = [as_of - timedelta(days=int(day)) for day in days]
    failing = 0.12 if customer.mood == "unhappy" else 0.01
    columns = {
        "event_id": [f"{customer.account_id}-{day:%Y%m%d}" for day in dates],
        "account": [customer.account_id] * len(dates),
        "contract": [contract_id(customer)] * len(dates),
        "day": dates,
        "feature": [FEATURES[int(number)] for number in feature],
        "people": people,
        "events": events,
        "seconds": events * rng.integers(20, 90, len(dates)),
        "failures": rng.binomial(events, failing),
    }
    return pa.table(columns, schema=SCHEMA)


def _days(customer: Customer, as_of: date) -> Ints:
    """How many days before as_of each day of use lies, oldest first."""
    first = min(YEAR, (as_of - customer.start).days)
    last = (as_of - customer.ended).days if customer.ended else 0
    return np.arange(first, last, -1)


def _weekday(days: Ints) -> Ints:
    """0 is Monday; the demo's as_of is one, and for other dates a shifted weekend does no harm."""
    return (-days) % 7


def _level(customer: Customer, days: Ints, as_of: date) -> Floats:
    """How much of its seats a customer uses, 0 to 1.2: a ramp in the first weeks, then as its mood goes."""
    age = (as_of - customer.start).days - days
    ramp = np.clip(0.25 + age / 45, 0, 1)
    if customer.mood == "growing":
        return ramp * (1.1 - 0.5 * days / YEAR)
    if customer.mood == "declining":
        return ramp * np.clip(0.05 + days / 90, 0, 0.9)
    if customer.mood == "quiet":
        return np.where(days <= 40, 0.0, ramp * 0.6)
    return ramp * {"unhappy": 0.35, "churned": 0.4, "trial": 0.7}.get(customer.mood, 0.8)
