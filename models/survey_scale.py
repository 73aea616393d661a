"""The scales on which surveys are answered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def numbers(self) -> range:
        """Every answer there is."""
        return range(self.low, self.high + 1)

    @property
    def name(self) -> str:
        """As the entity feedback has it: `0-10`."""
        return f"{self.low}-{self.high}"

    def number(self, said: str) -> int | None:
        """The number somebody wrote; None if it is none of this scale."""
        plain = said.strip()
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 3):
            return None
        return int(plain) if int(plain) in self.numbers else None


SCALES: dict[str, Scale] = {"nps": Scale(0, 10), "csat": Scale(1, 5), "ces": Scale(1, 7)}
"""Survey → scale: NPS as Reichheld has it, CSAT of which the top two boxes count, CES 2.0, of which 7 is easy."""
