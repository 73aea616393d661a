"""A desk for tests of sources: files on a disk, nights that pull and land them, and what the lake shows afterwards."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from config.settings import Settings
from models.clock import Clock
from models.errors import SourceFailed
from models.landing import Landing
from models.source import SourceSpec
from models.suite import Suite
from tasks.lake.lake import Lake
from tasks.lake.views import entity_views
from tasks.land import fail, land
from tasks.night import Night
from tasks.pull import pull
from tasks.store.engine import open_store, read
from tasks.store.landings import landed, watermark

ACCOUNTS_SQL = "SELECT id AS account_id, name, seats FROM raw"
USAGE_SQL = "SELECT id AS usage_id, account AS account_id, day, feature, users, count FROM raw"
CONTACTS_SQL = "SELECT id AS contact_id, account AS account_id, first AS first_name, mail AS email FROM raw"


@dataclass
class Desk:
    """Sources, suites and mappings as they are told, and one installation that pulls them night after night."""

    folder: Path
    lake_url: str = ""
    files: dict[str, str] = field(default_factory=dict)
    sources: dict[str, SourceSpec] = field(default_factory=dict)
    suites: dict[str, Suite] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the installation's stores."""
        self.settings = Settings(var=self.folder / "var")
        self.engine = open_store(self.settings.database)
        self.lake = Lake(self.lake_url or self.settings.lake)

    def put(self, name: str, text: str | bytes) -> Path:
        """Write a source's file."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def source(self, name: str, sql: str, **told: Any) -> SourceSpec:
        """Declare a source, reading `<name>.csv` unless told otherwise."""
        told = {"entity": name, "adapter": "files", "path": str(self.folder / f"{name}.csv"), **told}
        self.sources[name] = SourceSpec(name=name, **told)
        self.files[f"config/sources/{name}.sql"] = sql
        return self.sources[name]

    def suite(self, name: str, **told: Any) -> None:
        """Declare a suite and have the source of that name go through it."""
        self.suites[name] = Suite.model_validate({"suite": name, **told})
        self.sources[name] = self.sources[name].model_copy(update={"suite": name})

    def night(self, as_of: str) -> Night:
        """A night of that date."""
        clock = Clock.at(date.fromisoformat(as_of), datetime.now(UTC))
        rules = cast("Any", SimpleNamespace(files=self.files, sources=self.sources, suites=self.suites))
        return Night(self.settings, rules, clock, self.engine, self.lake)

    def land(self, name: str, as_of: str) -> Landing:
        """Pull and land a source, as the nightly does."""
        night, spec = self.night(as_of), self.sources[name]
        try:
            return land(night, spec, pull(night, spec))
        except SourceFailed as error:
            return fail(night, spec, error)

    def landings(self) -> list[Landing]:
        """What may be read from the lake."""
        with read(self.engine) as conn:
            return landed(conn, watermark(conn))

    def see(self, query: str, as_of: str = "2030-01-01") -> list[tuple[Any, ...]]:
        """Rows of a query over the entities as of a day, person columns included."""
        with self.lake.duckdb() as con:
            entity_views(con, self.lake, self.landings(), date.fromisoformat(as_of), person=True)
            return con.execute(query).fetchall()

    def findings(self, landing: Landing) -> list[dict[str, Any]]:
        """What was found wrong with a landing's rows, values included."""
        path = f"person/findings/{landing.source}/{landing.seq:010d}.parquet"
        found: list[dict[str, Any]] = self.lake.read(path).to_pylist()
        return found


def counts(landing: Landing) -> tuple[str | None, int, int, int]:
    """Status, pulled, good, quarantined; pulled is always good and quarantined together."""
    assert landing.pulled == landing.good + landing.quarantined
    return landing.status, landing.pulled, landing.good, landing.quarantined
