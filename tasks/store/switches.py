"""Kill switches: everything (`*`), a play, or a template is stopped until it is resumed."""

from datetime import datetime

from sqlalchemy import Connection, select

from models.event import Event
from models.tables import switch
from tasks.store.events import append, last_seq

EVERYTHING = "*"
MAIL = "mail"
"""Everything that leaves by SMTP: the sender stops it by itself when the server refuses us, not a recipient."""


def stop(conn: Connection, name: str, at: datetime, reason: str = "") -> bool:
    """Stop it, effective before the next claim; False when it is stopped already."""
    return not is_stopped(conn, name) and _append(conn, "stopped", name, at, reason)


def resume(conn: Connection, name: str, at: datetime) -> bool:
    """Let it go on; False when it is not stopped."""
    return is_stopped(conn, name) and _append(conn, "resumed", name, at)


def is_stopped(conn: Connection, *names: str) -> bool:
    """Whether one of the switches is off; a claim asks for `*`, the play and the template."""
    return conn.execute(select(switch.c.name).where(switch.c.name.in_(names)).limit(1)).first() is not None


def stopped(conn: Connection) -> dict[str, datetime]:
    """Name → since when it is stopped, wall clock."""
    return {row.name: row.stopped_at for row in conn.execute(select(switch).order_by(switch.c.name))}


def why_stopped(conn: Connection, *names: str) -> str:
    """Why the first of these switches is off; empty if none is or nobody said."""
    return conn.execute(select(switch.c.reason).where(switch.c.name.in_(names)).limit(1)).scalar() or ""


def reasons(conn: Connection) -> dict[str, str]:
    """Name → why it is stopped, of those of which somebody said so."""
    rows = conn.execute(select(switch.c.name, switch.c.reason).where(switch.c.reason.is_not(None)))
    return {row.name: row.reason for row in rows}


def _append(conn: Connection, kind: str, name: str, at: datetime, reason: str = "") -> bool:
    payload = {"name": name, "reason": reason or None} if kind == "stopped" else {"name": name}
    event = Event(f"{kind}:{name}:{last_seq(conn)}", kind, f"switch:{name}", at, payload=payload)
    return append(conn, event) is not None
