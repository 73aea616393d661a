"""Signals as SQL: a condition that held so many nights in a row, and the action plan of the decision table.

Remembered as `signal:<name>`: value off, pending:<nights so far> or on, the day of that, and the entry number, which
counts how often the signal has come on. A signal that is on stays on until its condition is false; while the condition
is unknown it fires nothing.
"""

from models.memory_sql import Remembered, past
from models.signals import AXES, Plan, Signal, Signals
from models.sql_text import Checked, first_match, name, text


def memory_name(signal: Signal) -> str:
    """The name under which a signal is remembered."""
    return f"signal:{signal.signal}"


def graded(source: str, signals: Signals, sql: Checked) -> str:
    """SELECT that adds tenure and engagement."""
    tenure = first_match((sql[rule.when], text(rule.tenure)) for rule in signals.tenures)
    engagement = first_match((sql[rule.when], text(rule.engagement)) for rule in signals.engagements)
    return f"SELECT *, {tenure} AS tenure, {engagement} AS engagement FROM {source}"


def signaled(source: str, signals: Signals, sql: Checked, as_of: str) -> str:
    """SELECT that adds signal_<name> BOOLEAN, _entry, _since and _plan; `source` holds what is remembered."""
    if not signals.signals:
        return f"SELECT * FROM {source}"
    states = ", ".join(f"{_state(each, sql)} AS {name(f'~{each.signal}.state')}" for each in signals.signals)
    columns = ", ".join(column for each in signals.signals for column in _columns(each, sql, as_of))
    return f"WITH stated AS (SELECT *, {states} FROM {source}) SELECT *, {columns} FROM stated"


def remembered(signals: Signals, as_of: str) -> list[Remembered]:
    """Tonight's memory of the signals: none of one that was never on and is not coming."""
    return [_remembered(each, as_of) for each in signals.signals]


def _state(signal: Signal, sql: Checked) -> str:
    """off, pending:<n> or on."""
    was = past(memory_name(signal), "value")
    nights = f"CASE WHEN starts_with({was}, 'pending:') THEN CAST(substr({was}, 9) AS INTEGER) + 1 ELSE 1 END"
    branches = [
        (f"{was} = 'on' AND coalesce({sql[signal.when]}, true)", "'on'"),
        (f"coalesce({sql[signal.when]}, false) AND {nights} >= {signal.nights}", "'on'"),
        (f"coalesce({sql[signal.when]}, false)", f"'pending:' || CAST({nights} AS VARCHAR)"),
    ]
    return first_match(branches, "'off'")


def _came(signal: Signal) -> str:
    """Whether the signal came on tonight."""
    state = name(f"~{signal.signal}.state")
    return f"({state} = 'on' AND coalesce({past(memory_name(signal), 'value')}, 'off') <> 'on')"


def _entry(signal: Signal) -> str:
    """How often the signal has come on."""
    return f"(coalesce({past(memory_name(signal), 'entry')}, 0) + CASE WHEN {_came(signal)} THEN 1 ELSE 0 END)"


def _columns(signal: Signal, sql: Checked, as_of: str) -> list[str]:
    """What the sheet shows of a signal."""
    on = f"{name(f'~{signal.signal}.state')} = 'on'"
    since = f"CASE WHEN {_came(signal)} THEN {as_of} ELSE {past(memory_name(signal), 'since')} END"
    plan = first_match((_cell(plan), text(plan.plan)) for plan in signal.plans)
    holds = f"CASE WHEN ({sql[signal.when]}) IS NOT NULL THEN {on} END"
    return [
        f"{holds} AS signal_{signal.signal}",
        f"CASE WHEN {on} THEN CAST({_entry(signal)} AS INTEGER) END AS signal_{signal.signal}_entry",
        f"CASE WHEN {on} THEN {since} END AS signal_{signal.signal}_since",
        f"CASE WHEN {on} THEN {plan} END AS signal_{signal.signal}_plan",
    ]


def _cell(plan: Plan) -> str:
    """Whether the account stands in one of the plan's cells."""
    limits = [f"{axis} IN ({', '.join(map(text, getattr(plan, axis)))})" for axis in AXES if getattr(plan, axis)]
    return " AND ".join(limits) or "true"


def _remembered(signal: Signal, as_of: str) -> Remembered:
    """What is remembered of one signal."""
    key, state = memory_name(signal), name(f"~{signal.signal}.state")
    entry = _entry(signal)
    value = f"CASE WHEN {state} <> 'off' OR {entry} > 0 THEN {state} END"
    since = f"CASE WHEN {state} IS DISTINCT FROM {past(key, 'value')} THEN {as_of} ELSE {past(key, 'since')} END"
    return Remembered(key, value, since, entry)
