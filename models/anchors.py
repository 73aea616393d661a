"""What config/anchors.yaml says: the dates that plays count from."""

from typing import Literal

from pydantic import Field

from models.strict import Strict


class Anchor(Strict):
    """One anchor.

    Attributes:
        grain: whose fact sheet is read.
        date: the sheet's column that holds the date; it is read again every night.
        occurrence: SQL over the sheet giving the text that makes an enrollment unique; never a date.
    """

    grain: Literal["account", "contract", "contact"]
    date: str
    occurrence: str


class Anchors(Strict):
    """The whole file."""

    anchors: dict[str, Anchor] = Field(min_length=1)
