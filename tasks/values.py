"""What a template may speak of: the fact sheets of tonight and the people of the person area."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from models.decision import Verdict
from models.landing import Landing
from tasks.lake.views import entity_views, file_view
from tasks.night import Night

Row = dict[str, Any]


@dataclass(frozen=True)
class People:
    """Everything that due steps need, by id. Personal data: lives in memory only while the mails are rendered."""

    accounts: Mapping[str, Row] = field(default_factory=dict)
    contracts: Mapping[str, Row] = field(default_factory=dict)
    contacts: Mapping[str, Row] = field(default_factory=dict)
    csms: Mapping[str, Row] = field(default_factory=dict)

    def csm_of(self, account: str) -> Row:
        """The account's CSM, empty when it has none or the CSM is not known."""
        return self.csms.get(str(self.accounts.get(account, {}).get("csm_id")), {})


def people(night: Night, landings: list[Landing], accounts: Iterable[str]) -> People:
    """The sheets, contacts and CSMs of these accounts."""
    with night.lake.duckdb() as con:
        entity_views(con, night.lake, landings, night.as_of, person=True)
        con.execute("CREATE TEMP TABLE hits AS SELECT unnest(?::VARCHAR[]) AS account_id", [sorted(set(accounts))])
        for grain in ("account", "contract"):
            file_view(con, night.lake, f"sheet_{grain}", night.path(f"sheet_{grain}.parquet"))
        sheet = "SELECT s.* FROM {} s JOIN hits USING (account_id) ORDER BY ALL"
        return People(
            accounts=_by(con, sheet.format("sheet_account"), "account_id"),
            contracts=_by(con, sheet.format("sheet_contract"), "contract_id"),
            contacts=_by(con, "SELECT c.* FROM contacts c JOIN hits USING (account_id)", "contact_id"),
            csms=_by(con, "SELECT * FROM csms", "csm_id"),
        )


def values_of(night: Night, people: People, verdict: Verdict, contact: Row, planned_on: date | None) -> dict[str, Any]:
    """The nested plain values of one mail."""
    account = people.accounts[verdict.account]
    contracts = [people.contracts[id_] for id_ in _contract_ids(verdict) if id_ in people.contracts]
    return {
        "company": night.rules.company.company.model_dump(),
        "account": {**account, "id": verdict.account},
        "contract": {**contracts[0], "id": contracts[0]["contract_id"]} if contracts else {},
        "contracts": contracts,
        "contact": {key: contact.get(key) or "" for key in ("first_name", "last_name", "role", "language")},
        "csm": {key: people.csm_of(verdict.account).get(key) or "" for key in ("name", "email")},
        "step": {"id": verdict.step, "planned_on": planned_on},
        "as_of": night.as_of,
    }


def _contract_ids(verdict: Verdict) -> list[str]:
    """Ids of the contracts that the conversation is about, the lead first."""
    subjects = (verdict.subject, *verdict.members)
    return [subject.removeprefix("contract:") for subject in subjects if subject.startswith("contract:")]


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
