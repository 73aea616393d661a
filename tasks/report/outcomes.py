"""What was sent and what was not, and why: messages by state, steps by verdict, each with its reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from models.tables import message
from tasks.night import Night
from tasks.report.views import Outcome

_NUMBERS = re.compile(r"(?<![\w/-])(\d{4}-\d\d-\d\d|\d+(\.\d+)?)\b")
_IDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def message_outcomes(conn: Connection, night: Night) -> tuple[Outcome, ...]:
    """This night's messages by state and reason, sent ones first and by template."""
    columns = (message.c.state, message.c.reason, message.c.play, message.c.template, message.c.channel)
    rows = conn.execute(select(*columns).where(message.c.as_of == night.as_of)).all()
    found = _group(
        (row.state, row.template or row.channel if row.state == "sent" else row.reason or "", row.play or "")
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.name != "sent", -one.number, one.name, one.reason)))


def step_outcomes(decisions: dict[str, Any]) -> tuple[Outcome, ...]:
    """Steps that came up tonight by verdict and reason: what is due first."""
    verdicts = decisions.get("verdicts", [])
    found = _group((one["verdict"], _reason(one), one["play"]) for one in verdicts)
    return tuple(sorted(found, key=lambda one: (one.name != "due", -one.number, one.name, one.reason)))


def _reason(verdict: dict[str, Any]) -> str:
    """Why; for a due step what it is, so that mails, meetings and tasks are told apart."""
    if verdict["verdict"] != "due":
        return str(verdict.get("reason") or "")
    if verdict.get("instead"):
        return f"task for the CSM instead of an e-mail: {verdict['instead']}"
    return {"email": "e-mail", "task": "task for the CSM", "meeting": "meeting to arrange"}.get(
        verdict.get("kind", ""), ""
    )


def _group(rows: Iterable[tuple[str, str, str]]) -> list[Outcome]:
    """Rows (name, reason, play) counted; reasons that differ in a number or an id alone are one."""
    counts: Counter[tuple[str, str]] = Counter()
    plays, said = defaultdict(set), defaultdict(set)
    for name, reason, play in rows:
        key = (name, alike(reason))
        counts[key] += 1
        plays[key].add(play)
        said[key].add(reason)
    return [
        Outcome(key[0], said[key].pop() if len(said[key]) == 1 else key[1], number, tuple(sorted(plays[key])))
        for key, number in counts.items()
    ]


def alike(reason: str) -> str:
    """A reason with numbers, dates and ids replaced by `…`."""
    return _NUMBERS.sub("…", _IDS.sub("…", reason))
