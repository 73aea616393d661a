"""A lake with a company in it, landed without the checks, so that millions of rows need no hour."""

from datetime import UTC, datetime, time
from pathlib import Path

import pyarrow.parquet as pq

from bench.company import Company
from config.settings import Settings
from models.entities import ENTITIES
from models.landing import Landing
from models.night import run_key
from tasks.lake.paths import landing_path
from tasks.lake.views import REPLACES, stored_columns
from tasks.night import Night
from tasks.opening import Place, night_of, read_rules
from tasks.store.engine import begin, read
from tasks.store.landings import close_landing, open_landing, watermark


def settle(place: Place, company: Company, entities: list[str]) -> None:
    """Land these entities of the company, in one landing each, as a night of long ago would have."""
    for name in entities:
        _land(place, company, name)


def _land(place: Place, company: Company, name: str) -> None:
    """One landing: its file in the lake, its opening and its closing in the log."""
    at = datetime.combine(company.as_of, time(), UTC)
    with begin(place.engine) as conn:
        seq = open_landing(conn, run_key(company.as_of), name, name, company.as_of, at)
    landing = Landing(seq, run_key(company.as_of), name, name, company.as_of)
    path = Path(place.lake.resolve(landing_path(landing)))
    entity = ENTITIES[name]
    keyed = ", md5(coalesce(email, '')) AS address_key" if "address_key" in stored_columns(entity) else ""
    company.write(name, path, f"{keyed}, {seq}::BIGINT AS landing_seq, '{name}' AS source")
    rows = pq.read_metadata(path).num_rows
    closed = Landing(
        seq, landing.run_key, name, name, company.as_of, "ok", rows, rows, total=rows, written=True,
        cursor_max=company.as_of.isoformat() if entity.cursor else None,
    )  # fmt: skip
    with begin(place.engine) as conn:
        close_landing(conn, closed, at)


def open_night(place: Place, settings: Settings, company: Company) -> Night:
    """The company's night, ready to measure."""
    night = night_of(place, read_rules(settings), company.as_of, datetime.combine(company.as_of, time(3), UTC))
    with read(place.engine) as conn:
        night.landing_seq = watermark(conn)
    return night
