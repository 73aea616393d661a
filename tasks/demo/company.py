"""A synthetic company as its systems would export it: seven files in four formats and a database."""

import csv
import json
import sqlite3
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.demo.billing import churn_rows, contract_rows
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
from tasks.demo.product import usage_table
from tasks.demo.voice import feedback_rows, ticket_rows

AS_OF = date(2025, 6, 30)


def write_company(folder: Path, *, accounts: int = 300, as_of: date = AS_OF, seed: int = 7) -> dict[str, int]:
    """Write the sources of a company of `accounts` customers into `folder`, equal for equal arguments.

    Returns:
        Rows by source (accounts, csms, contacts, contracts, usage, tickets, feedback, churn), the bad ones included.
    """
    rng = np.random.default_rng(seed)
    customers = make_customers(rng, accounts, as_of)
    tables = {"accounts": account_rows(rng, customers), "contacts": contact_rows(rng, customers, as_of)}
    tables["contracts"] = contract_rows(rng, customers, as_of)
    tables["churn"] = churn_rows(rng, customers)
    tables["tickets"] = ticket_rows(rng, customers, as_of)
    tables["feedback"] = feedback_rows(rng, customers, tables["contacts"], as_of)
    tables = {**_with_dirt(tables, as_of), "csms": csm_rows()}
    usage = usage_table(rng, customers, as_of)
    usage = pa.concat_tables([usage, dirty_usage(usage, as_of)])
    _write(folder, tables, usage)
    return {"usage": usage.num_rows, **{name: len(rows) for name, rows in tables.items()}}


def _with_dirt(tables: dict[str, Rows], as_of: date) -> dict[str, Rows]:
    """Each table with its bad rows at the end."""
    return {
        "accounts": tables["accounts"] + dirty_accounts(tables["accounts"]),
        "contacts": tables["contacts"] + dirty_contacts(tables["contacts"]),
        "contracts": tables["contracts"] + dirty_contracts(tables["contracts"], as_of),
        "churn": tables["churn"] + dirty_churn(as_of),
        "tickets": tables["tickets"] + dirty_tickets(tables["accounts"][0]["id"], as_of),
        "feedback": tables["feedback"] + dirty_feedback(tables["contacts"][0], as_of),
    }


def _write(folder: Path, tables: dict[str, Rows], usage: pa.Table) -> None:
    """All files, each in the format of its system."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(folder / "accounts.csv", tables["accounts"])
    _csv(folder / "csms.csv", tables["csms"])
    _csv(folder / "tickets.csv", tables["tickets"], delimiter=";")
    _jsonl(folder / "contacts.jsonl", tables["contacts"])
    _jsonl(folder / "feedback.jsonl", tables["feedback"])
    _database(folder / "billing.db", {"contract": tables["contracts"], "cancellation": tables["churn"]})
    pq.write_table(usage, folder / "usage.parquet", compression="zstd")


def _csv(path: Path, rows: Rows, delimiter: str = ",") -> None:
    """Comma- or semicolon-separated text with a head line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _jsonl(path: Path, rows: Rows) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _database(path: Path, tables: dict[str, Rows]) -> None:
    """A fresh SQLite database; a table's columns are its rows' keys."""
    path.unlink(missing_ok=True)
    con = sqlite3.connect(path)
    with con:
        for name, rows in tables.items():
            columns = list(rows[0])
            con.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            marks = ", ".join(f":{column}" for column in columns)
            con.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own names
    con.close()
