"""How far from its anchor a step stands: days, weeks or months, before or after.

One rule for months: the same day of the month, or that month's last day where it has none. January 31 and one month
is February 28 (29 in a leap year); February 29 and twelve months is February 28. It is always counted from the anchor
itself, never from the step before, so that a plan of months does not creep.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True)
class Offset:
    """A number of days and of months; negative is before."""

    days: int = 0
    months: int = 0

    def of(self, anchor: date) -> date:
        """The date that far from the anchor."""
        day = anchor + timedelta(days=self.days)
        return day + relativedelta(months=self.months) if self.months else day

    @property
    def text(self) -> str:
        """In words, e.g. `day -120` or `month 3`."""
        return f"month {self.months}" if self.months else f"day {self.days}"
