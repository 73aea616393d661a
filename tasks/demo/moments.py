"""When things happen in the synthetic company: while the customer was one, in working hours, before the demo's date."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from tasks.demo.customers import Customer

YEAR = 365
SECOND = "%Y-%m-%d %H:%M:%S"
STAMP = "%Y-%m-%dT%H:%M:%S"


def alive(customer: Customer, as_of: date) -> tuple[int, int]:
    """First and last day of a customer's last year with us, as days before as_of."""
    return min(YEAR, (as_of - customer.start).days), (as_of - customer.ended).days if customer.ended else 0


def moment(rng: np.random.Generator, as_of: date, first: int, last: int) -> datetime:
    """Some second of some working hour between the two days."""
    day = as_of - timedelta(days=int(rng.integers(last, max(first, last + 1))) + 1)
    return datetime.combine(day, time(7), UTC) + timedelta(seconds=int(rng.integers(0, 11 * 3600)))


def moments(rng: np.random.Generator, as_of: date, span: tuple[int, int], a_month: float) -> list[datetime]:
    """About that many moments a month in the span (days before as_of, first and last), oldest first."""
    first, last = span
    number = int(rng.poisson(a_month * max(0, first - last) / 30))
    return sorted(moment(rng, as_of, first, last) for _ in range(number))
