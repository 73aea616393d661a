"""What config/anchors.yaml says: the dates that plays count from."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.fact import Grain
from models.strict import Strict

Kind = Literal["customer", "scheduled", "csm"]
BuiltIn = Literal["request", "entered", "left"]


class Anchor(Strict):
    """One anchor: a date of the fact sheet, or one that is no fact of the subject but of the play.

    Attributes:
        grain: whose fact sheet is read.
        date: the sheet's column that holds the date; it is read again every night.
        occurrence: SQL over the sheet giving the text that makes an enrollment unique; never a date.
        kind: what sets it off: something the customer did, the calendar, or a CSM.
        built_in: instead of date and occurrence: the day somebody asked for the play (request), or on which the
            subject came into its audience (entered) or out of it (left).
    """

    grain: Grain
    date: str | None = None
    occurrence: str | None = None
    kind: Kind = "customer"
    built_in: BuiltIn | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        """A date with its occurrence, or built in."""
        if (self.date is None) != (self.occurrence is None):
            raise ValueError("date: and occurrence: belong together")
        if (self.built_in is None) == (self.date is None):
            raise ValueError("give either date: and occurrence:, or built_in: (request, entered or left)")
        return self


class Anchors(Strict):
    """The whole file."""

    anchors: dict[str, Anchor] = Field(min_length=1)
