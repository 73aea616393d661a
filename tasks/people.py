"""Everybody and everything that due steps speak of: the fact sheets of tonight, contacts, and our own people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from models.landing import Landing
from models.owner import Owner, owner_of
from tasks.lake.views import entity_views, file_view
from tasks.night import Night

Row = dict[str, Any]
SHEETS = {"account": "account_id", "contract": "contract_id", "ticket": "ticket_id", "session": "session_id"}
"""Grain → the id of its fact sheet."""


@dataclass(frozen=True)
class People:
    """Everything that due steps need, by id. Personal data: lives in memory only while the mails are rendered.

    Attributes:
        csms: our own people, of every team.
        sales: account → id of its salesperson.
    """

    accounts: Mapping[str, Row] = field(default_factory=dict)
    contracts: Mapping[str, Row] = field(default_factory=dict)
    contacts: Mapping[str, Row] = field(default_factory=dict)
    csms: Mapping[str, Row] = field(default_factory=dict)
    tickets: Mapping[str, Row] = field(default_factory=dict)
    sessions: Mapping[str, Row] = field(default_factory=dict)
    sales: Mapping[str, str] = field(default_factory=dict)

    def csm_of(self, account: str) -> Row:
        """The account's CSM, empty when it has none or the CSM is not known."""
        return self.csms.get(str(self.accounts.get(account, {}).get("csm_id")), {})

    def sales_of(self, account: str) -> Row:
        """The account's salesperson, empty when it has none or nothing is known of them."""
        return self.csms.get(str(self.sales.get(account)), {})

    def sender_of(self, account: str, team: str) -> Row:
        """In whose name that team writes to the account: sales falls back to the CSM; empty for the company itself."""
        asked = {"sales": (self.sales_of, self.csm_of), "csm": (self.csm_of,)}.get(team, ())
        return next((found for one in asked if (found := one(account)).get("name")), {})

    def owner_of(self, account: str, team: str) -> Owner:
        """Who of that team looks after the account, as for a task."""
        staff = {id_: row.get("team") for id_, row in self.csms.items()}
        return owner_of(team, {**self.accounts.get(account, {}), "sales_id": self.sales.get(account)}, staff)


def people(night: Night, landings: list[Landing], accounts: Iterable[str]) -> People:
    """The sheets, contacts and our people of these accounts."""
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, landings, night.as_of, person=True)
        con.execute("CREATE TEMP TABLE hits AS SELECT unnest(?::VARCHAR[]) AS account_id", [sorted(set(accounts))])
        sales = (
            "SELECT a.account_id, a.sales_id FROM accounts a JOIN hits USING (account_id) WHERE a.sales_id IS NOT NULL"
        )
        return People(
            accounts=_sheet(con, night, "account"),
            contracts=_sheet(con, night, "contract"),
            contacts=_by(con, "SELECT c.* FROM contacts c JOIN hits USING (account_id)", "contact_id"),
            csms=_by(con, "SELECT * FROM csms", "csm_id"),
            tickets=_sheet(con, night, "ticket"),
            sessions=_sheet(con, night, "session"),
            sales=dict(con.execute(sales).fetchall()),
        )


def _sheet(con: duckdb.DuckDBPyConnection, night: Night, grain: str) -> dict[str, Row]:
    """The rows of tonight's sheet that belong to these accounts; a configuration need not have every grain."""
    path = night.path(f"sheet_{grain}.parquet")
    if not night.lake.exists(path):
        return {}
    file_view(con, night.lake, f"sheet_{grain}", path)
    return _by(con, f"SELECT s.* FROM sheet_{grain} s JOIN hits USING (account_id) ORDER BY ALL", SHEETS[grain])  # noqa: S608 — our own names


def _by(con: duckdb.DuckDBPyConnection, sql: str, key: str) -> dict[str, Row]:
    """Rows as dicts by that column."""
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    rows = (dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall())
    return {row[key]: row for row in rows}


def _plain(value: Any) -> Any:
    """DECIMAL as a float that prints the same; dates, texts and numbers as they are."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.date() if isinstance(value, datetime) and value.time() == datetime.min.time() else value
