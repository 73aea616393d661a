"""Whose customer wrote: the account's CSM and contacts, by the newest landings; opened only if a mail asks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from models.clock import Clock
from models.owner import Owner, owner_of
from tasks.lake.views import entity_views
from tasks.opening import Place
from tasks.store import landings
from tasks.store.engine import read
from tasks.workspace import FATES

_FATE = "SELECT coalesce(max(into_id), ?) FROM account_fates WHERE account_id = ?"
_ACCOUNT = "SELECT account_id, name, csm_id FROM accounts WHERE account_id = ?"
_CONTACT = "SELECT min(contact_id) FROM contacts WHERE account_id = ? AND address_key = ?"


@dataclass(frozen=True)
class Csm:
    """Who is to hear of it: id, name and address, each empty if it is not known."""

    id: str = ""
    name: str = ""
    email: str = ""


class Owners:
    """Accounts, our people and contacts. Personal data: it lives in memory for one pass."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self.place = place
        self.clock = clock

    def csm_of(self, account: str | None) -> Csm:
        """The account's CSM."""
        found = self._people.get(self._account(account).get("csm_id") or "", {})
        return Csm(found.get("csm_id") or "", found.get("name") or "", (found.get("email") or "").lower())

    def owner_of(self, account: str | None) -> Owner:
        """The CSM as a task's owner."""
        return owner_of("csm", self._account(account), {id_: row["team"] for id_, row in self._people.items()})

    def name_of(self, account: str | None) -> str:
        """The account's name; its id if it has none."""
        return str(self._account(account).get("name") or account or "a customer")

    def contact_of(self, account: str | None, address_key: str) -> str | None:
        """The account's contact with that address."""
        found = self._con.execute(_CONTACT, [self._survivor(account), address_key]).fetchone()
        return found[0] if found else None

    def is_ours(self, address: str) -> bool:
        """Whether it is the address of one of our own people."""
        return any((row["email"] or "").lower() == address for row in self._people.values())

    def close(self) -> None:
        """Let go of what was opened."""
        if "_con" in vars(self):
            self._con.close()

    def _account(self, account: str | None) -> dict[str, Any]:
        """The account's row; of one that was merged, the other's."""
        row = self._con.execute(_ACCOUNT, [self._survivor(account)]).fetchone()
        return dict(zip(("account_id", "name", "csm_id"), row, strict=True)) if row else {}

    def _survivor(self, account: str | None) -> str:
        row = self._con.execute(_FATE, [account or "", account or ""]).fetchone()
        return str(row[0]) if row else ""

    @cached_property
    def _people(self) -> dict[str, dict[str, Any]]:
        """Id → our people."""
        names = ("csm_id", "name", "email", "team")
        rows = self._con.execute(f"SELECT {', '.join(names)} FROM csms").fetchall()  # noqa: S608 — our own names
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows}

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        """A connection that sees the entities."""
        with read(self.place.engine) as conn:
            landed = landings.landed(conn, landings.watermark(conn))
        con = self.place.lake.duckdb()
        entity_views(con, self.place.lake, landed, self.clock.as_of, person=True)
        con.execute(FATES)
        return con
