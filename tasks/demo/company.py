"""A synthetic company as its systems would export it: files in four formats, and a database."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.demo import doubles, engagement, notes, pipeline, sessions, wishes
from tasks.demo.billing import churn_rows, contract_rows
from tasks.demo.care import care_tables
from tasks.demo.crm import Rows, account_rows, contact_rows, csm_rows
from tasks.demo.customers import make_customers
from tasks.demo.dirt import (
    dirty_accounts,
    dirty_churn,
    dirty_contacts,
    dirty_contracts,
    dirty_feedback,
    dirty_tickets,
    dirty_usage,
)
from tasks.demo.doubles import double_accounts
from tasks.demo.files import write_csv, write_database, write_jsonl
from tasks.demo.product import usage_table
from tasks.demo.voice import feedback_rows, ticket_rows

AS_OF = date(2025, 6, 30)
CSV: dict[str, tuple[str, ...]] = {
    "accounts": (),
    "csms": (),
    "tickets": (),
    "opportunities": pipeline.COLUMNS,
    "goals": wishes.GOALS,
    "sessions": sessions.COLUMNS,
    "task_states": ("task", "state", "changed", "by"),
    "merges": doubles.MERGES,
    "tombstones": doubles.TOMBSTONES,
}
JSONL: dict[str, tuple[str, ...]] = {
    "contacts": (),
    "feedback": (),
    "requests": wishes.REQUESTS,
    "notes": notes.COLUMNS,
    "engagement": engagement.COLUMNS,
}
DATABASE = {"contracts": "contract", "churn": "cancellation", "invoices": "invoice"}
"""Source → table of billing's database."""


def write_company(folder: Path, *, accounts: int = 300, as_of: date = AS_OF, seed: int = 7) -> dict[str, int]:
    """Write the sources of a company of `accounts` customers into `folder`, equal for equal arguments.

    Returns:
        Rows by source, the bad ones included.
    """
    rng = np.random.default_rng(seed)
    customers = make_customers(rng, accounts, as_of)
    tables = {"accounts": account_rows(rng, customers), "contacts": contact_rows(rng, customers, as_of)}
    tables["contracts"] = contract_rows(rng, customers, as_of)
    tables["churn"] = churn_rows(rng, customers)
    tables["tickets"] = ticket_rows(rng, customers, as_of)
    tables["feedback"] = feedback_rows(rng, customers, tables["contacts"], as_of)
    care = care_tables(seed, customers, tables, as_of)
    tables = {**_with_dirt(tables, as_of), **care, "csms": csm_rows()}
    usage = usage_table(rng, customers, as_of)
    usage = pa.concat_tables([usage, dirty_usage(usage, as_of)])
    _write(folder, tables, usage)
    return {"usage": usage.num_rows, **{name: len(rows) for name, rows in tables.items()}}


def _with_dirt(tables: dict[str, Rows], as_of: date) -> dict[str, Rows]:
    """Each table with its bad rows at the end."""
    return {
        "accounts": tables["accounts"] + double_accounts(tables["accounts"]) + dirty_accounts(tables["accounts"]),
        "contacts": tables["contacts"] + dirty_contacts(tables["contacts"]),
        "contracts": tables["contracts"] + dirty_contracts(tables["contracts"], as_of),
        "churn": tables["churn"] + dirty_churn(as_of),
        "tickets": tables["tickets"] + dirty_tickets(tables["accounts"][0]["id"], as_of),
        "feedback": tables["feedback"] + dirty_feedback(tables["contacts"][0], as_of),
    }


def _write(folder: Path, tables: dict[str, Rows], usage: pa.Table) -> None:
    """All files, each in the format of its system."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in CSV.items():
        write_csv(folder / f"{name}.csv", tables[name], columns, ";" if name == "tickets" else ",")
    for name, columns in JSONL.items():
        write_jsonl(folder / f"{name}.jsonl", tables[name], columns)
    write_database(folder / "billing.db", {table: tables[name] for name, table in DATABASE.items()})
    pq.write_table(usage, folder / "usage.parquet", compression="zstd")
