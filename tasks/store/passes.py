"""What the last pass over the inbox found: for people who look after it, no part of the log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from models.tables import meta
from tasks.store.insert import insert

_NAME = "inbox_pass"


@dataclass(frozen=True)
class Pass:
    """One pass, by the wall clock (aware UTC).

    Attributes:
        at: when it ended; read_at: when one last ended well.
        counts: kind → number of mails.
        waiting_since: when the oldest mail came that it left unread.
        trouble: why it could not read, empty if it could.
    """

    at: datetime
    read_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    waiting_since: datetime | None = None
    trouble: str = ""


def remember(conn: Connection, done: Pass) -> None:
    """Keep the pass in place of the one before."""
    told = {
        "at": done.at.isoformat(), "counts": dict(done.counts), "trouble": done.trouble,
        "read_at": done.read_at.isoformat() if done.read_at else None,
        "waiting_since": done.waiting_since.isoformat() if done.waiting_since else None,
    }  # fmt: skip
    write = insert(meta, conn.dialect.name)
    row = {"name": _NAME, "value": json.dumps(told, sort_keys=True)}
    conn.execute(write.on_conflict_do_update(index_elements=["name"], set_={"value": row["value"]}), row)


def last(conn: Connection) -> Pass | None:
    """The newest pass, None before the first."""
    said = conn.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar()
    if said is None:
        return None
    told = json.loads(said)
    at = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("read_at", "waiting_since")}
    return Pass(datetime.fromisoformat(told["at"]), counts=told["counts"], trouble=told["trouble"], **at)
