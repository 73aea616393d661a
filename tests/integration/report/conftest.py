"""A night made by hand: lake and database as the stages leave them, small enough to be added up in the head."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Connection

from config.files import read_files
from config.load import Rules, load_rules
from config.settings import Settings
from models.clock import Clock
from models.event import Event
from models.landing import Landing
from tasks.lake.lake import Lake
from tasks.lake.paths import findings_path
from tasks.night import Night
from tasks.publish import publish
from tasks.store import landings, runs
from tasks.store.engine import begin, open_store
from tasks.store.events import append

AS_OF = date(2025, 3, 14)
HOSTILE = '<img src=x onerror="alert(1)"> & "Söhne" {{ 7 * 7 }} \u202eevil'
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "A-1", "name": HOSTILE, "health_band": "red", "health_band_before": "green", "health_score": 31.25,
     "health_score_before": 72.5, "mrr_minor": 120_000, "csm_id": "M-1", "contract_status": "active"},
    {"account_id": "A-2", "name": "Birch & Co", "health_band": "yellow", "health_band_before": "yellow",
     "health_score": 55.0, "health_score_before": 56.0, "mrr_minor": 50_050, "csm_id": "M-1",
     "contract_status": "active"},
    {"account_id": "A-3", "name": "Cedar", "health_band": "insufficient_data", "health_band_before": None,
     "health_score": None, "health_score_before": None, "mrr_minor": 0, "csm_id": None, "contract_status": "prospect"},
    {"account_id": "../../etc/passwd", "name": "Dots", "health_band": "green", "health_band_before": "red",
     "health_score": 90.0, "health_score_before": 40.0, "mrr_minor": 10_000, "csm_id": "M-2",
     "contract_status": "active"},
]  # fmt: skip
SAME = {
    "currency": "USD", "stage": "adoption", "stage_since": AS_OF, "segment": "mid_market", "touch": "high",
    "health_reason": "lowest: usage", "signal_usage_drop": True, "signal_usage_drop_entry": 1,
    "milestone_first_value": None,
}  # fmt: skip
CONTRACTS: list[dict[str, Any]] = [
    {"contract_id": "K-1", "account_id": "A-1", "deadline": 20, "minor": 120_000},
    {"contract_id": "K-2", "account_id": "A-2", "deadline": 60, "minor": 50_050},
    {"contract_id": "K-3", "account_id": "../../etc/passwd", "deadline": 200, "minor": 10_000},
    {"contract_id": "K-4", "account_id": "A-2", "deadline": -3, "minor": 1_000},
    {"contract_id": "K-5", "account_id": "A-2", "deadline": 10, "minor": 0, "trial": True},
]
DECISIONS = {
    "plan_hash": "x", "counts": {"due": 1, "capped": 2}, "verdicts": [
        {"enrollment_id": "E-1", "account": "A-1", "play": "renewal", "step": "notice-90", "kind": "email",
         "planned_on": "2025-03-14", "verdict": "due", "reason": "to sponsor", "outcome": None},
        *({"enrollment_id": f"E-{n}", "account": "A-2", "play": "renewal", "step": "plan", "kind": "email",
           "planned_on": "2025-03-14", "verdict": "capped", "reason": f"had {n} touches in 7 days", "outcome": None}
          for n in (2, 3)),
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The configuration that ships."""
    return load_rules(read_files())


@pytest.fixture
def empty(tmp_path: Path, rules: Rules) -> Iterator[Night]:
    """A night with nothing in its database and lake."""
    with opened(tmp_path, rules) as night:
        yield night


@contextmanager
def opened(folder: Path, rules: Rules) -> Iterator[Night]:
    """A night in a folder of its own."""
    settings = Settings(var=folder)
    engine = open_store(settings.database)
    yield Night(settings, rules, Clock.at(AS_OF, datetime(2025, 3, 20, tzinfo=UTC)), engine, Lake(settings.lake))
    engine.dispose()


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, rules: Rules) -> Iterator[Night]:
    """A night with four accounts, one mover down and one up, mails, a task, and a source that failed."""
    with opened(tmp_path_factory.mktemp("report"), rules) as night:
        _fill(night)
        yield replace(night, previous=AS_OF - timedelta(days=1))


@pytest.fixture(scope="session")
def pages(full: Night) -> Path:
    """The folder of that night's pages."""
    return publish(full).parent


def _fill(night: Night) -> None:
    """Lake and database."""
    sheet = [{**SAME, **row, "health_band_effective": row["health_band"]} for row in ACCOUNTS]
    night.lake.write(night.path("sheet_account.parquet"), pa.Table.from_pylist(sheet))
    night.lake.write(night.path("sheet_contract.parquet"), pa.Table.from_pylist([_contract(row) for row in CONTRACTS]))
    for day, factor in ((AS_OF, 1.0), (AS_OF - timedelta(days=1), 2.0)):
        night.lake.write(f"nights/{day}/contributions.parquet", pa.Table.from_pylist(_contributions(factor)))
    night.lake.write_text(night.path("decisions.json"), json.dumps(DECISIONS))
    with begin(night.engine) as conn:
        runs.start_run(conn, night.run_key, AS_OF, night.clock.now)
        _land(conn, night, "accounts", "ok", good=4, quarantined=2)
        _land(conn, night, "usage", "failed", error="usage-*.parquet: no such file")
        _history(conn, night)
        runs.end_run(conn, night.run_key, "done", 3, "usage is failed", night.clock.now)


def _contract(row: dict[str, Any]) -> dict[str, Any]:
    """A row of sheet_contract."""
    account = next(one for one in ACCOUNTS if one["account_id"] == row["account_id"])
    end = AS_OF + timedelta(days=row["deadline"] + 30)
    trial = row.get("trial", False)
    return {
        "contract_id": row["contract_id"], "account_id": row["account_id"], "name": account["name"], "term_end": end,
        "opt_out_deadline": end - timedelta(days=30), "days_to_opt_out": row["deadline"], "term_months": 12,
        "contract_mrr_minor": row["minor"], "contract_currency": "USD", "health_band": account["health_band"],
        "contract_active": not trial, "contract_trial": trial, "contract_auto_renew": False,
        "csm_id": account["csm_id"],
    }  # fmt: skip


def _contributions(factor: float) -> list[dict[str, Any]]:
    """Two components an account, that sum to its score."""
    names = ("value", "points", "weight", "contribution")
    return [
        {
            "account_id": one["account_id"], "component": component, "family": "usage",
            "state": "present", "reason": "", "base": 50.0, "age": 3, "days": None, "rule": "r",
            **dict(zip(names, (1.5, 50.0, 50.0, (one["health_score"] or 0) * share * factor), strict=True)),
        }
        for one in ACCOUNTS for component, share in (("usage_trend", 0.8), ("support", 0.2))
    ]  # fmt: skip


def _land(conn: Connection, night: Night, source: str, status: Any, **more: Any) -> None:
    """A closed landing, with a finding for each row set aside."""
    seq = landings.open_landing(conn, night.run_key, source, source, AS_OF, night.clock.now)
    found = Landing(seq, night.run_key, source, source, AS_OF, status, written=status == "ok", **more)
    pulled = found.good + found.quarantined
    landings.close_landing(conn, replace(found, pulled=pulled, total=pulled), night.clock.now)
    if found.quarantined:
        told = {"expectation": "unique", "column": "account_id", "severity": "quarantine", "reason": "twice"}
        rows = [{"key": str(n), "row": n, **told} for n in range(found.quarantined)]
        night.lake.write(findings_path(source, seq), pa.Table.from_pylist(rows))


def _history(conn: Connection, night: Night) -> None:
    """An enrollment, a mail that was sent, one that was suppressed, and an overdue task."""
    now, on = night.clock.now, AS_OF.isoformat()

    def tell(told: str, subject: str, **payload: Any) -> None:
        append(conn, Event(f"{told}:{subject}", told, subject, now, "A-1", {**payload, "on": on}))

    enrolled = {
        "account": "A-1",
        "play": "renewal",
        "play_hash": "h",
        "occurrence": "K-1/1",
        "members": [],
        "arm": "treated",
    }
    tell("enrolled", "contract:K-1", enrollment_id="E-1", **enrolled)
    tell(
        "step_taken", "contract:K-1", enrollment_id="E-1", step="notice-90", kind="email", planned_on=on, by_hand=False
    )
    for number, last in ((1, "message_sent"), (2, "message_suppressed")):
        _message(tell, number, now)
        if last == "message_sent":
            tell("message_claimed", f"message:{number}", message_id=str(number))
            tell("message_transmitting", f"message:{number}", message_id=str(number), attempt=1)
        tell(last, f"message:{number}", message_id=str(number), reply="250 ok", reason="unsubscribed")
    due = (AS_OF - timedelta(days=2)).isoformat()
    task = {"account": "A-1", "csm": "M-1", "play": "renewal", "step": "call", "title": "Call <them>", "due_on": due}
    tell("task_opened", "task:T-1", task_id="T-1", enrollment_id="E-1", **task)


def _message(tell: Callable[..., None], number: int, now: datetime) -> None:
    """A queued message."""
    tell(
        "message_queued", f"message:{number}", message_id=str(number), send_key=f"k{number}", revision=1, account="A-1",
        enrollment_id="E-1", play="renewal", step="notice-90", occurrence="K-1/1", template="renewal/day-90-notice",
        language="en", klass="contractual", contact=f"C-{number}", address_key="a" * 32, not_before=now.isoformat(),
        expires=(now + timedelta(days=1)).isoformat(), deadline=True, touch=True, as_of=AS_OF.isoformat(),
        state="queued", reason="",
    )  # fmt: skip
