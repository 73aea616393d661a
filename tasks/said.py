"""What was said to and by accounts lately, and to whom it may be said."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb

from models.case import AccountCase, Answer, Case, Past, Recipient
from models.suppression import ALL, consent_of
from tasks.night import Night

Spoken = tuple[date, str]

_RECIPIENTS = """
    SELECT c.account_id, c.contact_id, coalesce(c.role, ''), c.address_key, coalesce(c.language, ''),
           coalesce(c.timezone, ''), coalesce(c.consent, '')
    FROM contacts c JOIN hits ON hits.account = c.account_id
    WHERE c.address_key IS NOT NULL AND (c.left_on IS NULL OR c.left_on > ?)
    ORDER BY c.contact_id"""
_TOUCHES = """
    SELECT coalesce(f.into_id, t.account) AS account, t.day, t.play FROM touches t
    LEFT JOIN account_fates f ON f.account_id = t.account
    WHERE coalesce(f.into_id, t.account) IN (SELECT account FROM hits) ORDER BY 2, 3"""
_PAST = """
    SELECT e.account, e.subject, e.play, e.ended_on FROM enrollments e JOIN hits USING (account)
    WHERE e.ended_on IS NOT NULL AND e.lead IS NULL ORDER BY e.enrollment_id"""


def history_of(night: Night) -> dict[str, list[Any]]:
    """Suppressed addresses, consents and kill switches, as they were sealed."""
    return dict(json.loads(night.lake.read_text(night.path("history.json"))))


class Said:
    """What was said to and by the accounts lately, and to whom it may be said."""

    def __init__(self, con: duckdb.DuckDBPyConnection, night: Night) -> None:
        self.recipients = _recipients(con, night)
        self.touches: dict[str, list[Spoken]] = defaultdict(list)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.past: dict[str, list[Past]] = defaultdict(list)
        for account, day, play in con.execute(_TOUCHES).fetchall():
            self.touches[account].append((day, play))
        answers = 'SELECT a.* FROM answers a JOIN hits USING (account) ORDER BY a."on", a.kind, a.step'
        for account, *answer in con.execute(answers).fetchall():
            self.answers[account].append(Answer(*answer))
        for account, *ended in con.execute(_PAST).fetchall():
            self.past[account].append(Past(*ended))
        self.surveyed = dict(con.execute("SELECT address_key, day FROM surveyed").fetchall())
        countries = "SELECT account_id, country FROM sheet_account JOIN hits ON hits.account = account_id"
        self.countries = dict(con.execute(countries).fetchall())

    def of(self, account: str, cases: tuple[Case, ...]) -> AccountCase:
        """The account with all that."""
        people, touches = self.recipients[account], self.touches[account]
        asked = {one.address_key: self.surveyed[one.address_key] for one in people if one.address_key in self.surveyed}
        return AccountCase(
            account, cases, tuple(people), tuple(day for day, _ in touches), {play: day for day, play in touches},
            tuple(self.answers[account]), tuple(self.past[account]), asked, self.countries.get(account) or "",
        )  # fmt: skip


def _recipients(con: duckdb.DuckDBPyConnection, night: Night) -> dict[str, list[Recipient]]:
    """Account → the contacts who are there and have an address."""
    history, scopes = history_of(night), defaultdict[str, list[str]](list)
    for key, scope in history["suppressed"]:
        scopes[key].append(scope)
    ours = dict(history["consents"])
    found: dict[str, list[Recipient]] = defaultdict(list)
    for account, *values in con.execute(_RECIPIENTS, [night.as_of]).fetchall():
        person = Recipient(*values)
        barred, consent = scopes[person.address_key], consent_of(person.consent, ours.get(person.address_key))
        found[account].append(replace(person, suppressed=ALL in barred, barred=tuple(barred), consent=consent))
    return found
