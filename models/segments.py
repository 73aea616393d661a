"""What config/segments.yaml and config/touch.yaml say: size, segment, focus, touch model; the first match wins."""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from models.strict import Strict

Model = Literal["high", "low", "tech"]
MODELS: tuple[str, ...] = get_args(Model)


class SizeRule(Strict):
    """One account size."""

    size: str
    when: str


class SegmentRule(Strict):
    """One segment: company type by size; `when` may read `size`."""

    segment: str
    when: str


class FocusRule(Strict):
    """What the account looks for; `when` may read `size` and `segment`."""

    focus: Literal["price", "quality_and_brand", "service", "partnership"]
    when: str


class TouchRule(Strict):
    """One touch model; `when` may read size, segment and focus."""

    touch: Model
    when: str


class Segments(Strict):
    """The whole of segments.yaml, each list in order of precedence."""

    sizes: tuple[SizeRule, ...] = Field(min_length=1)
    segments: tuple[SegmentRule, ...] = Field(min_length=1)
    focus: tuple[FocusRule, ...] = Field(min_length=1)

    @property
    def size_names(self) -> tuple[str, ...]:
        """Names of the sizes, each once, in order."""
        return tuple(dict.fromkeys(rule.size for rule in self.sizes))


class Touch(Strict):
    """The whole of touch.yaml, in order of precedence."""

    touch: tuple[TouchRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        """Nobody is left without a touch model."""
        if self.touch[-1].when.strip().lower() != "true":
            raise ValueError("the last rule must be `when: 'true'`, so that each account has a touch model")
        return self
