"""What config/health.yaml says: components, weights, what missing means, bands."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.strict import Strict

Family = Literal["usage", "commercial", "relationship", "support", "sentiment", "billing"]
Policy = Literal["redistribute", "neutral", "unknown"]
Score = Annotated[float, Field(ge=0, le=100)]
Point = tuple[float, Score]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

BANDS = ("green", "yellow", "red", "insufficient_data")


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


class Variant(Transform):
    """Another transform for some accounts, by tenure or segment; the first variant whose `when` holds counts."""

    when: str


class Component(Transform):
    """One component of the score.

    Attributes:
        value: SQL over the fact sheet, giving a number.
        unknown_if: SQL condition under which the value says too little to be used.
        age, stale_after: column with the age of the value in days, and the age from which on it is stale.
        missing: what becomes of the weight without a fresh value: spread over the others (`redistribute`),
            `neutral` points, or no score at all (`unknown`).
        without: the reason shown when the value is missing.
    """

    component: Name
    family: Family
    weight: float = Field(gt=0, le=100)
    value: str
    unknown_if: str | None = None
    age: Name | None = None
    stale_after: int | None = Field(default=None, ge=1)
    missing: Policy = "redistribute"
    without: str = "no data"
    by: tuple[Variant, ...] = ()

    @model_validator(mode="after")
    def _aged(self) -> Self:
        """An age needs a limit, and a limit an age."""
        if (self.age is None) != (self.stale_after is None):
            raise ValueError("age: and stale_after: belong together")
        return self


class Limits(Strict):
    """Half-open bands: red [0, yellow), yellow [yellow, green), green [green, 100]."""

    green: float = Field(gt=0, le=100)
    yellow: float = Field(gt=0, le=100)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        """Green lies above yellow."""
        if self.yellow >= self.green:
            raise ValueError(f"yellow: {self.yellow:g} must be below green: {self.green:g}")
        return self


class LimitsVariant(Limits):
    """Other limits for some accounts; the first whose `when` holds counts."""

    when: str


class Bands(Limits):
    """The limits, and those by tenure or segment."""

    by: tuple[LimitsVariant, ...] = ()


class Health(Strict):
    """The whole file.

    Attributes:
        applies, otherwise: condition for accounts that are scored at all; the others are insufficient_data, with
            the reason `otherwise`.
        enough: percent of the weight that must be present and fresh.
        neutral: points of a component with the policy `neutral`, and of weight that cannot be spread.
        raise_at_most: percent by which spreading may raise a component's weight.
        missing_at_worst: points that everything missing gets when green is asked for: with 0, no account
            can be green that its missing values might have kept from it.
    """

    applies: str = "true"
    otherwise: str = "not scored: no customer at present"
    enough: float = Field(default=70, ge=0, le=100)
    neutral: Score = 50
    raise_at_most: float = Field(default=20, ge=0)
    missing_at_worst: Score = 0
    bands: Bands
    components: tuple[Component, ...] = Field(min_length=4, max_length=6)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Names are unique and weights sum to 100."""
        names = [component.component for component in self.components]
        if len(set(names)) < len(names):
            raise ValueError(f"a component is given twice: {', '.join(names)}")
        total = sum(component.weight for component in self.components)
        if abs(total - 100) > 1e-9:
            raise ValueError(f"the weights sum to {total:g}, not to 100")
        return self
