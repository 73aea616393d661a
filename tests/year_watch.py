"""Watching an installation's nights: the invariants over what is new after each, and over everything at the end."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from models.company import Caps
from models.record import Record
from tasks.mail.mailbox import id_of, messages
from tasks.opening import Place
from tasks.store.engine import read
from tasks.store.events import events_since
from tests.invariants import broken
from tests.night_story import Story, Term

SHEET = ("contract_id", "term_number", "term_months", "opt_out_deadline", "contract_active", "contract_trial")
LEAST_TERM = 6


@dataclass
class Watch:
    """What was read so far: the event log by account, and the terms of contracts by night.

    Accounts of which one was merged into the other are read as one: what ran for one goes on for the other.
    """

    caps: Caps
    accounts: dict[str | None, list[Record]] = field(default_factory=lambda: defaultdict(list))
    terms: list[Term] = field(default_factory=list)
    into: dict[str | None, str] = field(default_factory=dict)
    seq: int = 0
    as_of: date = date.min

    def night(self, place: Place, day: date) -> list[str]:
        """What the accounts of which anything is new break; mailbox and renewals wait for the end."""
        touched = self.read(place, day)
        return broken(Story(self._events({None, *touched}), self.caps, day))

    def whole(self, place: Place) -> list[str]:
        """What anybody breaks."""
        return broken(self.story(place))

    def story(self, place: Place) -> Story:
        """Everything that was read, and the mailbox as it is."""
        mails = [id_of(path.read_bytes()) for path in messages(place.settings.mailbox_dir)]
        return Story(self._events(set(self.accounts)), self.caps, self.as_of, mails, self.terms)

    def read(self, place: Place, day: date) -> set[str | None]:
        """Read on to the end of that night; the accounts of which anything is new."""
        with read(place.engine) as conn:
            fresh = list(events_since(conn, self.seq))
        for event in fresh:
            if event.kind == "enrollment_moved":
                self._unite(event)
            self.accounts[self._whose(event.account)].append(event)
            self.seq = event.seq
        self.terms += terms(Path(place.settings.lake) / f"nights/{day}/sheet_contract.parquet", day)
        self.as_of = max(self.as_of, day)
        return {self._whose(event.account) for event in fresh}

    def _unite(self, event: Record) -> None:
        """The absorbed account's events become the other's."""
        one, into = self._whose(event.payload["from"]), self._whose(event.payload["account"])
        if one != into and one is not None and into is not None:
            self.accounts[into] += self.accounts.pop(one, [])
            self.into[one] = into

    def _whose(self, account: str | None) -> str | None:
        """The account, or the one that it has become."""
        while account in self.into:
            account = self.into[account]
        return account

    def _events(self, accounts: Iterable[str | None]) -> list[Record]:
        """All events of these accounts, in their order."""
        return sorted((one for name in accounts for one in self.accounts[name]), key=lambda one: one.seq)


def terms(sheet: Path, day: date) -> list[Term]:
    """The terms that a night's fact sheets tell of; none if there was no such night."""
    if not sheet.exists():
        return []
    return [
        Term(
            day, f"contract:{row['contract_id']}", f"{row['contract_id']}/{row['term_number']}",
            row["opt_out_deadline"],
            live=bool(row["contract_active"] and not row["contract_trial"] and row["term_months"] >= LEAST_TERM),
        )
        for row in pq.read_table(sheet, columns=list(SHEET)).to_pylist()
        if row["opt_out_deadline"] and row["term_number"] and row["term_months"]
    ]  # fmt: skip
