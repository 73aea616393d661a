"""A lake with a company in it, landed without the checks, so that millions of rows need no hour."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from bench.company import Company
from config.settings import Settings
from models.entities import ENTITIES
from models.landing import Landing
from models.night import run_key
from tasks.lake.paths import landing_path
from tasks.lake.views import stored_columns
from tasks.night import Night
from tasks.opening import Place, night_of, read_rules
from tasks.store.engine import begin, read
from tasks.store.landings import close_landing, open_landing, watermark

LONG_AGO = timedelta(days=365)


def settle(place: Place, company: Company, entities: list[str]) -> None:
    """Land these entities of the company, in one landing each, as a night of long ago would have."""
    for name in entities:
        _land(place, company, name)


def _land(place: Place, company: Company, name: str) -> None:
    """One landing: its file in the lake, its opening and its closing in the log."""
    day = company.as_of - LONG_AGO
    at = datetime.combine(day, time(), UTC)
    with begin(place.engine) as conn:
        seq = open_landing(conn, run_key(day), name, name, day, at)
    opened = Landing(seq, run_key(day), name, name, day)
    path = Path(place.lake.resolve(landing_path(opened)))
    entity = ENTITIES[name]
    keyed = ", md5(coalesce(email, '')) AS address_key" if "address_key" in stored_columns(entity) else ""
    company.write(name, path, f"{keyed}, {seq}::BIGINT AS landing_seq, '{name}' AS source")
    rows = pq.read_metadata(path).num_rows
    newest = (company.as_of - timedelta(days=1 + company.skip)).isoformat() if entity.cursor else None
    closed = replace(opened, status="ok", pulled=rows, good=rows, total=rows, cursor_max=newest, written=True)
    with begin(place.engine) as conn:
        close_landing(conn, closed, at)


def open_night(place: Place, settings: Settings, company: Company) -> Night:
    """The company's night, ready to measure."""
    night = night_of(place, read_rules(settings), company.as_of, datetime.combine(company.as_of, time(3), UTC))
    with read(place.engine) as conn:
        night.landing_seq = watermark(conn)
    return night
