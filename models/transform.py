"""Transforms: what a component's value is worth, 0 to 100 points."""

import hashlib
import math
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.duration import Share
from models.strict import Strict

Score = Annotated[float, Field(ge=0, le=100)]
Point = tuple[float, Score]


def halved(days: float, half_life: float) -> float:
    """100, halved every `half_life` days."""
    return 100.0 * math.pow(2.0, -max(days, 0) / half_life)


class Recency(Strict):
    """A share of the points that tells how long ago something was: 100, halved every `half_life` days.

    METRICS: recency is 100·exp(-ln2·days/half-life). Where the value itself is unknown, its own share is neutral.
    """

    days: str
    half_life: float = Field(gt=0)
    share: Share = Field(gt=0, lt=1)

    def mixed(self, points: float, days: float) -> float:
        """What a value's points become by the days since."""
        return (1 - self.share) * points + self.share * halved(days, self.half_life)


class Transform(Strict):
    """Value → 0…100 points: straight lines between `points`, or halved every `half_life` (days).

    Outside the points the first and the last one hold. METRICS: continuous inside, bands only at display.
    """

    points: tuple[Point, ...] = ()
    half_life: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one(self) -> Self:
        """Exactly one of the two, the points rising."""
        if bool(self.points) == (self.half_life is not None):
            raise ValueError("give either points: (two or more [value, points]) or half_life:")
        values = [value for value, _ in self.points]
        if self.points and (len(values) < 2 or values != sorted(set(values))):
            raise ValueError("points: needs two or more pairs, their values rising")
        return self

    @property
    def rule(self) -> str:
        """A short hash of the transform, by which two nights know whether they used the same."""
        return hashlib.sha256(f"{self.points} {self.half_life}".encode()).hexdigest()[:8]

    def points_at(self, value: float) -> float:
        """What a value is worth."""
        if self.half_life is not None:
            return halved(value, self.half_life)
        if value <= self.points[0][0]:
            return self.points[0][1]
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if value < x1:
                return y0 + (value - x0) * (y1 - y0) / (x1 - x0)
        return self.points[-1][1]
