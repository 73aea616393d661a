"""Seal a night: what it was decided from, in one event; a re-run reads it and decides the same."""

import hashlib
from importlib.metadata import version

from models.event import Event
from models.fact import GRAINS
from models.night import Seal
from tasks.audiences import AUDIENCES
from tasks.gather import HISTORY
from tasks.night import Night
from tasks.store.engine import begin
from tasks.store.events import append, last_seq

SEALED_FILES = {
    "facts": (*(f"sheet_{grain}.parquet" for grain in GRAINS), "contributions.parquet"),
    "memory": ("memory.parquet", AUDIENCES),
    "truth": (*(f"truth_{grain}.parquet" for grain in GRAINS), "conditions.json"),
    "history": (*(f"history_{name}.parquet" for name in HISTORY), "history.json"),
}  # fmt: skip
ENGINES = ("duckdb", "sqlglot", "pandas", "pyarrow", "great-expectations", "jinja2")


def seal(night: Night) -> Seal:
    """Write the seal; the configuration's files are kept in the lake by their hash."""
    files = night.rules.files
    config = f"config/{files.hash}.json"
    if not night.lake.exists(config):
        night.lake.write_text(config, files.dump())
    with begin(night.engine) as conn:
        made = Seal(
            run_key=night.run_key, as_of=night.as_of, clock=night.clock.now.isoformat(), played=night.clock.played,
            landing_seq=night.landing_seq, event_seq=last_seq(conn), config_hash=files.hash,
            hashes={name: _hash(night, paths) for name, paths in SEALED_FILES.items()},
            versions={name: version(name) for name in ENGINES},
        )  # fmt: skip
        payload = {"run_key": night.run_key, "seal": made.payload()}
        append(
            conn, Event(f"sealed:{night.run_key}", "sealed", f"run:{night.run_key}", night.clock.now, payload=payload)
        )
    return made


def _hash(night: Night, names: tuple[str, ...]) -> str:
    """SHA-256 over the night's files of that group."""
    digest = hashlib.sha256()
    for name in names:
        path = night.path(name)
        if night.lake.exists(path):
            digest.update(name.encode() + night.lake.read_bytes(path))
    return digest.hexdigest()
