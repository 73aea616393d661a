"""Decide the night: every account through `models.decide`, then what spans accounts."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

import duckdb

from config.calendar import calendars, workdays
from models.case import AccountCase, Policy
from models.company import Caps
from models.decide import ByHand, decide
from models.decision import Plan
from models.landing import Landing
from models.play import Play
from models.touches import limit_addresses
from tasks.cases import account_cases, history_of, workspace
from tasks.mail.template import find_template, template_names
from tasks.night import Night


def plan(night: Night, landings: list[Landing], versions: dict[str, Play]) -> Plan:
    """The night's plan, from its sealed files alone; also written as decisions.json.

    An account whose data cannot be decided is told in `errors`; the others go on.
    """
    with workspace(night, landings) as con:
        limited = decided(con, night, account_cases(con, night, versions))
    night.lake.write_text(night.path("decisions.json"), json.dumps(limited.dump(), sort_keys=True))
    return limited


def decided(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    cases: Iterable[AccountCase],
    by_hand: ByHand | None = None,
    caps: Caps | None = None,
) -> Plan:
    """The plan for these accounts (or for the one step that is taken by hand); with other caps, if they are given."""
    cases = list(cases)
    rules = policy(night, {case.country for case in cases})
    rules = rules if caps is None else replace(rules, caps=caps)
    whole = merged(cases, lambda case: decide(case, rules, night.as_of, by_hand))
    return limit_addresses(whole, _sent_today(con), rules.caps)


def policy(night: Night, countries: Iterable[str] = (), *, templates: bool = True) -> Policy:
    """The limits of tonight, with the working days of these countries; without the templates' classes if so wanted."""
    company, files, plays = night.rules.company, night.rules.files, night.rules.plays
    return Policy(
        caps=company.caps,
        workdays=workdays(company.calendar, night.as_of),
        fallback_roles=company.fallback_roles,
        classes={name: find_template(files, name, "en").front.klass for name in template_names(files) if templates},
        stopped=frozenset(history_of(night)["stopped"]),
        deadline_stale_hours=company.deadline_stale_hours,
        calendars=calendars(company.calendar, countries, night.as_of),
        groups={play.play: play.group for play in plays.values() if play.group},
        precedence={play.play: play.precedence for play in plays.values()},
        survey_fatigue=company.survey_fatigue,
    )


def merged(cases: Iterable[AccountCase], decide_one: Callable[[AccountCase], Plan]) -> Plan:
    """The decisions of all accounts in order; what raises is told with its account."""
    plans, errors = [], {}
    for case in cases:
        try:
            plans.append(decide_one(case))
        except Exception as error:  # noqa: BLE001 — one bad account never stops the others
            errors[case.account] = f"{type(error).__name__}: {error}"
    parts: dict[str, Any] = {
        part.name: tuple(item for one in plans for item in getattr(one, part.name))
        for part in fields(Plan)
        if part.name != "errors"
    }
    return Plan(**parts, errors=errors)


def _sent_today(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Address key → messages it has had today."""
    return dict(Counter(row[0] for row in con.execute("SELECT address_key FROM sent_today").fetchall()))
