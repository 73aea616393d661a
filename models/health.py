"""What config/health.yaml says: components, weights, what missing means, bands."""

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.strict import Strict
from models.transform import Recency, Score, Transform

Family = Literal["usage", "commercial", "relationship", "support", "sentiment", "billing"]
Policy = Literal["redistribute", "neutral", "unknown"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

BANDS = ("green", "yellow", "red", "insufficient_data")


class Variant(Transform):
    """Another transform for some accounts, by tenure or segment; the first variant whose `when` holds counts."""

    when: str


class Component(Transform):
    """One component of the score.

    Attributes:
        value: SQL over the fact sheet, giving a number.
        unknown_if: SQL condition under which the value says too little to be used.
        recency: a share of the points that hangs on the days since something, whatever the value.
        age, stale_after: SQL giving the age of the value in days, and the age from which on it is stale: unknown.
        old_after: the age from which on a value that still counts is shown as old.
        missing: what becomes of the weight without a fresh value: spread over the others (`redistribute`),
            `neutral` points, or no score at all (`unknown`).
        without: the reason shown when the value is missing.
        needs: entities without a source of which the component is left out for everybody: nothing is missing of an
            account when nobody keeps such data.
    """

    component: Name
    family: Family
    weight: float = Field(gt=0, le=100)
    value: str
    unknown_if: str | None = None
    recency: Recency | None = None
    age: str | None = None
    stale_after: int | None = Field(default=None, ge=1)
    old_after: int | None = Field(default=None, ge=1)
    missing: Policy = "redistribute"
    without: str = "no data"
    needs: tuple[str, ...] = ()
    by: tuple[Variant, ...] = ()

    @model_validator(mode="after")
    def _aged(self) -> Self:
        """An age needs a limit, and a limit an age."""
        if (self.age is None) != (self.stale_after is None) or (self.age is None and self.old_after):
            raise ValueError("age: and stale_after: belong together")
        return self

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """All of them, the one without a condition last."""
        return (*self.by, self)


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


class Cap(Strict):
    """No band better than this while the condition holds; the score is not touched."""

    when: str
    band: Literal["yellow", "red"]
    because: str


class Floor(Strict):
    """No band worse than this while the condition holds; never green, and never where too little is known."""

    when: str
    band: Literal["yellow"]
    because: str


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
    caps: tuple[Cap, ...] = ()
    floors: tuple[Floor, ...] = ()
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

    def fitting(self, entities: Collection[str]) -> Self:
        """Without the components that need an entity which no source gives; the others' weights still sum to 100."""
        kept = [component for component in self.components if set(component.needs) <= set(entities)]
        if len(kept) in (0, len(self.components)):
            return self
        total = sum(component.weight for component in kept)
        weights = [round(100 * component.weight / total, 6) for component in kept[:-1]]
        weights.append(round(100 - sum(weights), 6))
        fitted = (one.model_copy(update={"weight": weight}) for one, weight in zip(kept, weights, strict=True))
        return self.model_copy(update={"components": tuple(fitted)})

    @property
    def transforms(self) -> dict[str, Transform]:
        """Short hash → transform, of all components."""
        return {each.rule: each for component in self.components for each in component.transforms}
