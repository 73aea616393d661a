"""What config/stages.yaml says: the lifecycle in order, and what stands outside it."""

from typing import Self

from pydantic import Field, model_validator

from models.strict import Strict


class Stage(Strict):
    """One stage.

    Attributes:
        when: SQL condition; the first stage whose condition holds is the account's.
        since: SQL giving the date on which the account came to the stage, used when memory knows nothing yet.
    """

    stage: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: str
    since: str | None = None


class Stages(Strict):
    """The whole file: `outside` is asked first, then `stages`, which stand in the order of the lifecycle."""

    outside: tuple[Stage, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        """A stage is declared once."""
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"a stage is given twice: {', '.join(self.names)}")
        return self

    @property
    def ordered(self) -> tuple[Stage, ...]:
        """All stages, as they are asked."""
        return (*self.outside, *self.stages)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all stages, as they are asked."""
        return tuple(stage.stage for stage in self.ordered)
