"""What each kind of event writes: one table, one way, columns from the event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import ColumnElement, Date, Table, case, func

from models import tables
from models.message import FOLLOWS
from models.record import Record
from models.utc import Utc

Value = Callable[[Record], Any]
Write = Literal["insert", "upsert", "keep", "update", "delete"]


@dataclass(frozen=True)
class Rule:
    """How one kind of event is projected.

    Attributes:
        write: insert a new row; upsert; keep the row that is there; update it; delete it.
        values: column → its value from the event, primary key among them.
        sets: column → SQL expression over the row that is there.
    """

    table: Table
    write: Write
    values: Mapping[str, Value]
    sets: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)

    def row(self, record: Record) -> dict[str, Any]:
        """The values of one event, typed as the columns are."""
        row = {name: value(record) for name, value in self.values.items()}
        for name, parse in self._iso:
            if isinstance(row[name], str):
                row[name] = parse(row[name])
        return row

    @cached_property
    def _iso(self) -> list[tuple[str, Callable[[str], Any]]]:
        """Columns that are dates or instants, and how their ISO text is read."""
        kinds = {name: self.table.c[name].type for name in self.values}
        days = [(name, date.fromisoformat) for name, kind in kinds.items() if isinstance(kind, Date)]
        return [*days, *((name, datetime.fromisoformat) for name, kind in kinds.items() if isinstance(kind, Utc))]


def _take(key: str, default: Any = None) -> Value:
    return lambda record: record.payload.get(key, default)


def _same(names: str) -> dict[str, Value]:
    """Columns that are called like the payload's keys."""
    return {name: _take(name) for name in names.split()}


def _is(value: Any) -> Value:
    return lambda _record: value


def _account(record: Record) -> str | None:
    return record.payload.get("account", record.account)


def _subject(record: Record) -> str:
    return str(record.payload.get("subject", record.subject))


def _seq(record: Record) -> int:
    return record.seq


def _effective(record: Record) -> datetime:
    return record.effective_at


def _recorded(record: Record) -> datetime:
    return record.recorded_at


_RESUMED = case((tables.run.c.landing_seq.is_not(None), "sealed"), else_="running")

RUNS = {
    "run_started": Rule(
        tables.run,
        "upsert",
        _same("run_key as_of")
        | {"started_at": _recorded, "ended_at": _is(None), "exit_code": _is(None), "reason": _is(None)}
        | {"state": _is("running")},
        sets={"state": _RESUMED},
    ),
    "sealed": Rule(
        tables.run,
        "update",
        _same("run_key seal")
        | {"state": _is("sealed"), "landing_seq": lambda record: record.payload["seal"]["landing_seq"]},
    ),
    "planned": Rule(tables.run, "update", _same("run_key plan_hash verdicts messages")),
    "run_ended": Rule(tables.run, "update", _same("run_key state exit_code reason") | {"ended_at": _recorded}),
    "approved": Rule(tables.run, "update", _same("run_key") | {"approval": lambda record: record.payload}),
}

_COUNTS = ("pulled", "good", "quarantined", "warned", "total")
LANDINGS = {
    "landing_opened": Rule(
        tables.landing,
        "insert",
        {"seq": _seq, **_same("run_key source entity as_of"), "written": _is(value=False)}
        | {count: _is(0) for count in _COUNTS},
    ),
    "landing_closed": Rule(
        tables.landing,
        "update",
        _same("seq status cursor_max error")
        | {"written": _take("written", default=False), "closed_at": _recorded}
        | {count: _take(count, 0) for count in _COUNTS},
    ),
}

PLAYS = {
    "enrolled": Rule(
        tables.enrollment,
        "insert",
        _same("enrollment_id play play_hash occurrence members arm trigger baseline")
        | {"subject": _subject, "account": _account, "enrolled_on": _take("on")},
    ),
    "enrollment_ended": Rule(
        tables.enrollment, "update", _same("enrollment_id outcome reason result") | {"ended_on": _take("on")}
    ),
    "enrollment_migrated": Rule(
        tables.enrollment, "update", _same("enrollment_id play_hash") | {"renamed": _take("steps")}
    ),
    "step_chosen": Rule(tables.step, "upsert", _same("enrollment_id step choice")),
    "play_requested": Rule(
        tables.play_request,
        "keep",
        _same("request_id play by reason") | {"subject": _subject, "account": _account, "requested_on": _take("on")},
    ),
    "step_taken": Rule(
        tables.step,
        "upsert",
        _same("enrollment_id step kind planned_on")
        | {"by_hand": _take("by_hand", default=False), "taken_on": _take("on")},
    ),
    "step_ended": Rule(tables.step, "upsert", _same("enrollment_id step outcome reason") | {"ended_on": _take("on")}),
    "play_pinned": Rule(tables.play_version, "keep", _same("hash play text")),
    "task_opened": Rule(
        tables.task,
        "insert",
        _same("task_id enrollment_id csm owner_team play step kind title details due_on")
        | {"account": _account, "opened_on": _take("on"), "state": _is("open"), "changed_at": _effective},
    ),
    "task_changed": Rule(
        tables.task,
        "update",
        _same("task_id state reason") | {"changed_by": _take("by"), "changed_at": _effective, "done_at": _is(None)},
    ),
    "task_done": Rule(
        tables.task,
        "update",
        _same("task_id reason")
        | {"done_at": _recorded, "state": _is("done"), "changed_by": _take("by"), "changed_at": _effective},
    ),
}

SWITCHES = {
    "suppressed": Rule(
        tables.suppression,
        "keep",
        _same("address_key reason source") | {"scope": _take("scope", "all"), "since": _recorded},
    ),
    "unsuppressed": Rule(tables.suppression, "delete", _same("address_key scope")),
    "consented": Rule(tables.consent, "upsert", _same("address_key value source") | {"since": _effective}),
    "received": Rule(
        tables.inbound,
        "keep",
        _same("inbound_id kind status contact address_key message_id effect score answer meets_on")
        | {"account": _account, "at": _effective},
    ),
    "stopped": Rule(tables.switch, "keep", _same("name reason") | {"stopped_at": _recorded}),
    "resumed": Rule(tables.switch, "delete", _same("name")),
    "overridden": Rule(
        tables.override, "upsert", _same("name value reason author until") | {"account": _account, "since": _take("on")}
    ),
}

_QUEUED = Rule(
    tables.message,
    "insert",
    _same("message_id send_key enrollment_id play step occurrence template language klass contact address_key reason")
    | _same("not_before expires as_of template_hash")
    | {"account": _account, "subject": _subject, "revision": _take("revision", 1), "state": _take("state", "queued")}
    | {"deadline": lambda record: bool(record.payload.get("deadline"))}
    | {"touch": lambda record: bool(record.payload.get("touch"))}
    | {"attempts": _is(0), "queued_at": _effective, "changed_seq": _seq, "channel": _take("channel", "email")},
)


def _moved(state: str, more: Mapping[str, Value] | None = None, **sets: ColumnElement[Any]) -> Rule:
    """A message in its next state; its reason is the newest one."""
    values = {**_same("message_id reason"), "state": _is(state), "changed_seq": _seq, **(more or {})}
    return Rule(tables.message, "update", values, sets)


MESSAGES = {f"message_{state}": _moved(state) for state in FOLLOWS if state != "trapped"} | {
    "message_queued": _QUEUED,
    "message_requeued": _moved("queued", {**_same("not_before"), "claimed_at": _is(None)}),
    "message_claimed": _moved("claimed", {"claimed_at": _effective, "claimed_by": _take("by")}),
    "message_transmitting": _moved("transmitting", {"claimed_by": _take("by")}, attempts=tables.message.c.attempts + 1),
    "message_sent": _moved("sent", {**_same("reply"), "sent_at": _effective}),
    "message_deferred": _moved(
        "deferred",
        {**_same("reply not_before"), "claimed_at": _is(None)},
        tried_at=func.coalesce(tables.message.c.tried_at, tables.message.c.claimed_at),
    ),
    "message_refused": _moved("refused", _same("reply")),
}

RULES: Mapping[str, Rule] = RUNS | LANDINGS | PLAYS | SWITCHES | MESSAGES
"""Kind → rule; a kind without one (triggered, stage_changed) lives in the log alone."""
