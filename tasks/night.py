"""What every stage of a night is given."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine

from config.load import Rules
from config.settings import Settings
from models.clock import Clock
from models.night import run_key
from models.play import PlayCondition
from tasks.lake.lake import Lake


@dataclass
class Night:
    """One night: its date, rules and stores.

    Attributes:
        previous: the newest earlier night whose memory is this night's input, if there is one.
        landing_seq: the watermark: landings up to it count.
        conditions: every condition of every live or pinned play, to be judged tonight.
        dry: nothing may reach the outside (`--dry-run`).
    """

    settings: Settings
    rules: Rules
    clock: Clock
    engine: Engine
    lake: Lake
    previous: date | None = None
    landing_seq: int = 0
    conditions: list[PlayCondition] = field(default_factory=list)
    dry: bool = False

    @property
    def as_of(self) -> date:
        """The night's date."""
        return self.clock.as_of

    @property
    def run_key(self) -> str:
        """The night's key."""
        return run_key(self.as_of)

    def path(self, name: str) -> str:
        """Where one of the night's files lies in the lake, e.g. path("memory.parquet")."""
        return f"nights/{self.as_of.isoformat()}/{name}"
