"""Opening what a command works on: rules, database, lake; and the night of a date in them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from config.files import Files, read_files
from config.load import Rules, load_rules
from config.settings import Settings
from models.clock import Clock
from models.errors import UsageError
from models.night import Seal, run_key
from models.tables import event
from tasks.lake.lake import Lake
from tasks.night import Night
from tasks.store import runs
from tasks.store.copy import copy_events
from tasks.store.engine import open_store, read
from tasks.store.meta import remember_address_key


@dataclass(frozen=True)
class Place:
    """Where a command works."""

    settings: Settings
    engine: Engine
    lake: Lake
    dry: bool = False
    cut: bool = False
    """It stands just before the seal of a night."""


@contextmanager
def open_place(settings: Settings, *, create: bool = True) -> Iterator[Place]:
    """The installation's own database and lake.

    Raises:
        UsageError: there is nothing at `--var` yet and `create` is false, or the address key is another one.
    """
    if not create and not settings.database_url and not (settings.var / "perennial.db").exists():
        raise UsageError(f"there is no night in {settings.var} yet; run `perennial nightly` or `perennial demo` first")
    settings.var.mkdir(parents=True, exist_ok=True)
    engine = open_store(settings.database)
    try:
        remember_address_key(engine, settings.secret)
        yield Place(settings, engine, Lake(settings.lake))
    finally:
        engine.dispose()


@contextmanager
def open_dry(settings: Settings, sealed: date | None = None, *, before: bool = False) -> Iterator[Place]:
    """A place that writes nowhere but to temporary space: the events copied, the lake read from below.

    If the night of the date `sealed` has been sealed, it stands where it stood at the seal, or just `before` it.
    """
    folder = Path(tempfile.mkdtemp(prefix="perennial-dry-"))
    engine = open_store(f"sqlite:///{folder / 'perennial.db'}")
    try:
        cut = False
        if settings.database_url or (settings.var / "perennial.db").exists():
            source = open_store(settings.database, create=False)
            last = _sealed_at(source, sealed) if sealed else None
            cut = bool(last and before)
            copy_events(source, engine, last - 1 if last and before else last)
            source.dispose()
        under = settings.lake if settings.lake_url or (settings.var / "lake").exists() else None
        yield Place(settings.aside(folder), engine, Lake(str(folder / "lake"), under), dry=True, cut=cut)
    finally:
        engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def _sealed_at(source: Engine, as_of: date) -> int | None:
    """The number of the event that sealed the night; None if it has not been sealed."""
    with read(source) as conn:
        return conn.execute(select(event.c.event_seq).where(event.c.key == f"sealed:{run_key(as_of)}")).scalar()


def read_rules(settings: Settings) -> Rules:
    """The configuration as it lies on the disk, wholly checked.

    Raises:
        ConfigError: the first thing that is wrong.
    """
    from tasks.check import check, missing_address  # noqa: PLC0415 — parses all SQL; only a new night needs it

    files = read_files(settings.config)
    for problem in check(files):
        raise problem
    missing = missing_address(files, settings)
    if missing:
        raise missing
    return load_rules(files)


def night_of(place: Place, rules: Rules, as_of: date, wall: datetime | None = None) -> Night:
    """A new night of that date."""
    with read(place.engine) as conn:
        previous = runs.previous_scored(conn, as_of)
    clock = Clock.at(as_of, wall or datetime.now(UTC))
    return Night(place.settings, rules, clock, place.engine, place.lake, previous=previous, dry=place.dry)


def sealed_night(place: Place, as_of: date) -> Night:
    """The night of that date as it was sealed: its rules, clock and watermark.

    Raises:
        UsageError: that night has not been sealed.
    """
    with read(place.engine) as conn:
        found = runs.get(conn, run_key(as_of))
        previous = runs.previous_scored(conn, as_of)
    if found is None or not found.seal:
        raise UsageError(f"the night of {as_of} has not been sealed; run `perennial nightly --as-of {as_of}` first")
    seal = Seal.of(found.seal)
    rules = load_rules(Files.parse(place.lake.read_text(f"config/{seal.config_hash}.json")))
    clock = Clock(as_of, datetime.fromisoformat(seal.clock), seal.played)
    return Night(place.settings, rules, clock, place.engine, place.lake, previous, seal.landing_seq, dry=place.dry)


def latest_night(place: Place) -> Night:
    """The newest sealed night.

    Raises:
        UsageError: there is none.
    """
    with read(place.engine) as conn:
        found = runs.newest_sealed(conn)
    if found is None:
        raise UsageError("no night has been sealed yet; run `perennial nightly` first")
    return sealed_night(place, found)
