"""What config/milestones.yaml says: aha moments, dated by the first day their condition held."""

from typing import Self

from pydantic import Field, model_validator

from models.strict import Strict


class Milestone(Strict):
    """One milestone.

    Attributes:
        since: SQL giving its date when the condition already holds on the first night it is asked.
        counted_from: SQL giving a date; the sheet then has days_to_<milestone>, the time it took.
    """

    milestone: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: str
    since: str | None = None
    counted_from: str | None = None


class Milestones(Strict):
    """The whole file."""

    milestones: tuple[Milestone, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Self:
        """A milestone is declared once."""
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"a milestone is given twice: {', '.join(self.names)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(milestone.milestone for milestone in self.milestones)
