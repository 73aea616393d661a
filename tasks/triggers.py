"""The log of what set things off: signals that came on, milestones reached, stages entered.

The other two kinds, what the calendar and what people set off, are told when an enrollment begins (decision_events).
"""

from collections.abc import Iterator
from typing import Any

from models.event import Event
from models.sql_text import name, text
from tasks.lake.views import file_view
from tasks.night import Night


def triggers(night: Night) -> Iterator[Event]:
    """The events of tonight; none on the first night, on which nothing is known to be new."""
    if night.previous is None:
        return
    with night.lake.duckdb() as con:
        file_view(con, night.lake, "sheet", night.path("sheet_account.parquet"))
        file_view(con, night.lake, "before", f"nights/{night.previous}/sheet_account.parquet")
        since = f"DATE '{night.previous}'"
        rows = con.execute(_sql(night, since)).fetchall()
        moves = con.execute(_MOVES).fetchall()
    for account, what, occurrence in rows:
        yield _event(night, "triggered", account, occurrence, trigger="customer", name=what, occurrence=occurrence)
    for account, was, now, entry in moves:
        yield _event(night, "stage_changed", account, f"stage/{now}/{entry}", **{"from": was, "to": now})


_MOVES = """
    SELECT s.account_id, b.stage, s.stage, s.stage_entry FROM sheet s JOIN before b USING (account_id)
    WHERE s.stage <> b.stage ORDER BY ALL"""


def _sql(night: Night, since: str) -> str:
    """(account, name, occurrence) of all that is newer than the last night."""
    parts = ["SELECT NULL AS account_id, NULL AS what, NULL AS occurrence WHERE false"]
    for signal in (one.signal for one in night.rules.signals.signals):
        fresh, entry = name(f"signal_{signal}_since"), name(f"signal_{signal}_entry")
        parts.append(
            f"SELECT account_id, {text(signal)}, {text(f'{signal}/')} || {entry} FROM sheet WHERE {fresh} > {since}"  # noqa: S608 — our own names
        )
    for milestone in (one.milestone for one in night.rules.milestones.milestones):
        reached = name(f"milestone_{milestone}")
        parts.append(f"SELECT account_id, {text(milestone)}, {text(milestone)} FROM sheet WHERE {reached} > {since}")  # noqa: S608
    return f"{' UNION ALL '.join(parts)} ORDER BY ALL"


def _event(night: Night, kind: str, account: str, occurrence: str, /, **payload: Any) -> Event:
    """One, keyed by what happened and to whom."""
    subject = f"account:{account}"
    key = f"trigger:{subject}:{occurrence}"
    return Event(key, kind, subject, night.clock.now, account, {**payload, "on": night.as_of.isoformat()})
