"""Land: checked rows become part of the lake, whole or not at all, and the event log says so."""

from dataclasses import replace
from datetime import UTC, date
from itertools import chain
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from models.entities import ENTITIES
from models.errors import ConfigError, PerennialError, SourceFailed, SourceHeld
from models.landing import Landing
from models.record import Record
from models.source import SourceSpec, Status
from models.suppression import ERASED
from models.tables import enrollment, message
from tasks.failpoint import failpoint
from tasks.lake.files import GOOD, count_replaced, good_rows, write_findings, write_rows, write_seen
from tasks.lake.paths import landing_path
from tasks.lake.seen import FILLED, seen
from tasks.lake.views import REPLACES, entity_views
from tasks.night import Night
from tasks.pull import RULES, Pulled, mapping_of, rules_of
from tasks.quality.gates import HISTORY, is_stale
from tasks.quality.validate import Checked, Rulebook, validate
from tasks.store.engine import begin, read
from tasks.store.events import events_since, last_seq
from tasks.store.landings import (
    close_landing,
    landed,
    newest,
    newest_cursor,
    of_run,
    open_landing,
    totals,
    watermark,
)
from tasks.store.suppressions import suppressed_because

OURS = "perennial"
"""The source that our own events land as."""
OF_RUNS = {"run", "sealed", "planned", "approved", "landing", "play"}
"""First words of the kinds that tell of runs, not of customers."""
EXPORTED = "perennial.event_seq"
EXPORT = pa.schema(
    [("event_seq", pa.int64()), ("effective_at", pa.timestamp("us"))]
    + [(name, pa.string()) for name in ("kind", "account_id", "subject", "play", "step", "outcome", "name", "value")]
    + [("until", pa.date32())]
)


def land(night: Night, spec: SourceSpec, pulled: Pulled) -> Landing:
    """Map, check and write a pull; what cannot land ends held or failed, and leaves the lake as it was."""
    if pulled.landing:
        return pulled.landing
    opened = open_one(night, spec.name, spec.entity)
    try:
        closed = _landed(night, spec, pulled, opened)
    except SourceHeld as error:
        closed = replace(opened, status="held", total=_count(pulled), error=str(error))
    except (SourceFailed, ConfigError) as error:
        closed = replace(opened, status="failed", total=_count(pulled), error=str(error))
    failpoint("landing_written")
    return close_one(night, closed)


def fail(night: Night, spec: SourceSpec, error: PerennialError) -> Landing:
    """Record that the source could not be pulled."""
    opened = open_one(night, spec.name, spec.entity)
    return close_one(night, replace(opened, status="failed", error=str(error)))


def export_events(night: Night) -> Landing:
    """Land what the event log holds of customers since the last export: what we did is a fact as well."""
    with read(night.engine) as conn:
        done = [one for one in of_run(conn, night.run_key) if one.source == OURS]
        last = newest(conn, OURS)
        low = int(night.lake.footer(landing_path(last))[EXPORTED]) if last else 0
        high = last_seq(conn)
        events = [] if done else _exportable(conn, low, high)
    if done:
        return done[-1]
    opened = open_one(night, OURS, "events")
    if not events:
        return close_one(night, replace(opened, status="unchanged"))
    rows = pa.Table.from_pylist(events, EXPORT)
    write_rows(
        night.lake, rows, opened, ENTITIES["events"], night.settings.secret, {REPLACES: "0", EXPORTED: str(high)}
    )
    count = rows.num_rows
    return close_one(night, replace(opened, status="ok", pulled=count, good=count, total=count, written=True))


def _exportable(conn: Connection, low: int, high: int) -> list[dict[str, Any]]:
    """The events of customers numbered above low, at most high; the first night of many accounts has many."""
    records = (one for one in events_since(conn, low, high) if one.kind.split("_")[0] not in OF_RUNS)
    first = next(records, None)
    if first is None:
        return []
    plays, channels = _plays(conn), _channels(conn, low)
    return [_exported(one, plays, channels) for one in chain((first,), records)]


def _plays(conn: Connection) -> dict[str, str]:
    """Enrollment → play: most events name the enrollment only."""
    return {row.enrollment_id: row.play for row in conn.execute(select(enrollment.c.enrollment_id, enrollment.c.play))}


def _channels(conn: Connection, low: int) -> dict[str, str]:
    """Message → channel, of those that are no e-mails and have moved since: a notice to our own people is no touch."""
    moved = (message.c.changed_seq > low, message.c.channel != "email")
    return {
        row.message_id: row.channel
        for row in conn.execute(select(message.c.message_id, message.c.channel).where(*moved))
    }


def _exported(record: Record, plays: dict[str, str], channels: dict[str, str]) -> dict[str, Any]:
    """An event as a row of the entity `events`."""
    payload = record.payload
    return {
        "event_seq": record.seq,
        "effective_at": record.effective_at.astimezone(UTC).replace(tzinfo=None),
        "kind": record.kind,
        "account_id": record.account or payload.get("account"),
        "subject": record.subject,
        "play": payload.get("play") or plays.get(payload.get("enrollment_id", "")),
        "step": payload.get("step"),
        "outcome": payload.get("outcome") or payload.get("reason"),
        "name": channels.get(payload.get("message_id", "")),
        **(_override(payload) if record.kind == "overridden" else {}),
    }


def _override(payload: dict[str, Any]) -> dict[str, Any]:
    """What a person set by hand, and for how long; a null value lifts it."""
    until = payload.get("until")
    day = date.fromisoformat(until[:10]) if until else None
    return {"name": payload.get("name"), "value": payload.get("value"), "until": day}


def open_one(night: Night, source: str, entity: str) -> Landing:
    """An open landing."""
    with begin(night.engine) as conn:
        seq = open_landing(conn, night.run_key, source, entity, night.as_of, night.clock.now)
    return Landing(seq, night.run_key, source, entity, night.as_of)


def close_one(night: Night, closed: Landing) -> Landing:
    """Close a landing: from here on its files are read."""
    with begin(night.engine) as conn:
        close_landing(conn, closed, night.clock.now)
    return closed


def _landed(night: Night, spec: SourceSpec, pulled: Pulled, opened: Landing) -> Landing:
    """Check the rows and write the files; the landing as it is to be closed."""
    with read(night.engine) as conn:
        landings = landed(conn, watermark(conn))
        history, cursor = totals(conn, spec.name, HISTORY), newest_cursor(conn, spec.name)
    before = seen(night.lake, spec, landings)
    suite = night.rules.suites.get(spec.suite or "")
    if spec.suite and suite is None:
        raise ConfigError(f"there is no suite '{spec.suite}'", file="config/sources.yaml", key=f"{spec.name}.suite")
    book = Rulebook(mapping_of(night, spec), suite, rules_of(night, spec), before, history)
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, landings, night.as_of, merged=False, only=suite.words if suite else ())
        checked = validate(con, spec, pulled.parts, night.as_of, book, complete=pulled.complete)
        if not checked.pulled:
            status: Status = "stale" if is_stale(spec, night.as_of, cursor) else "unchanged"
            return replace(opened, status=status, total=checked.total, cursor_max=cursor)
        closed = _counted(con, night, spec, checked, replace(opened, cursor_max=cursor))
        earlier = [one for one in landings if one.source == spec.name and one.entity == spec.entity]
        _write(con, night, closed, checked, {RULES: book.rules, FILLED: ",".join(checked.filled)}, earlier)
    return closed


def _counted(con: DuckDBPyConnection, night: Night, spec: SourceSpec, checked: Checked, opened: Landing) -> Landing:
    """The landing with its counts, its newest time and its status."""
    cursor = ENTITIES[spec.entity].cursor
    newest, warned = con.execute(
        f"SELECT CAST(max({cursor or 'NULL::DATE'}) AS VARCHAR), "  # noqa: S608 (names are ours)
        f"count(*) FILTER (WHERE __row IN (SELECT \"row\" FROM findings WHERE severity = 'warn')) FROM {GOOD}"
    ).fetchall()[0]
    cursor_max = max(filter(None, (newest, opened.cursor_max)), default=None)
    return replace(
        opened,
        status="stale" if is_stale(spec, night.as_of, cursor_max) else "ok",
        pulled=checked.pulled,
        good=checked.pulled - checked.quarantined,
        quarantined=checked.quarantined,
        warned=warned,
        total=checked.total,
        cursor_max=cursor_max,
        written=True,
    )


def _write(
    con: DuckDBPyConnection,
    night: Night,
    landing: Landing,
    checked: Checked,
    footer: dict[str, str],
    earlier: list[Landing],
) -> None:
    """All files of a landing; its rows last."""
    entity, lake = checked.batch.entity, night.lake
    write_seen(con, lake, landing, "new_rows" if checked.batch.spec.cursor else "whole", footer)
    write_findings(con, lake, landing)
    rows = good_rows(con, entity)
    if rows.num_rows != landing.good:
        raise SourceFailed(f"{landing.good} good rows were counted and {rows.num_rows} found: nothing was landed")
    replaced = {REPLACES: str(count_replaced(con, lake, entity, earlier))}
    write_rows(lake, rows, landing, entity, night.settings.secret, replaced, _erased(night))


def _erased(night: Night) -> set[str]:
    """Keys of the addresses that were erased."""
    with read(night.engine) as conn:
        return suppressed_because(conn, ERASED)


def _count(pulled: Pulled) -> int:
    """Raw rows of a pull."""
    return sum(part.rows.num_rows for part in pulled.parts)
