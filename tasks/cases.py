"""From the night's files to the plain data that `decide` is given."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from models.anchors import Anchors
from models.case import AccountCase, Case, Enrolled, Taken
from models.play import Play
from tasks.due import due_accounts, narrow_sql, subjects_sql
from tasks.night import Night
from tasks.said import Said, history_of
from tasks.workspace import workspace

HIT = "hit_"
__all__ = ["account_cases", "history_of", "stale_places", "workspace"]


def account_cases(
    con: duckdb.DuckDBPyConnection, night: Night, versions: dict[str, Play], only: list[str] | None = None
) -> list[AccountCase]:
    """The accounts with anything to decide (or just those in `only`), each with all its cases, in order of id."""
    live, anchors = night.rules.plays, night.rules.anchors
    hits = due_accounts(con, versions.values(), live, anchors, night.as_of) if only is None else sorted(only)
    con.execute("CREATE OR REPLACE TEMP TABLE hits AS SELECT unnest(?::VARCHAR[]) AS account", [hits])
    _only_hits(con, versions.values(), anchors)
    cases = defaultdict(list)
    desk = _Desk(con, night, _taken(con), stale_places(night))
    for play in sorted(versions.values(), key=lambda play: play.play):
        for case in desk.cases(play):
            cases[case.account].append(case)
    said = Said(con, night)
    return [said.of(id_, tuple(cases[id_])) for id_ in hits]


def every_case(con: duckdb.DuckDBPyConnection, night: Night, play: Play) -> Iterator[Case]:
    """The case of each subject of a configured play, of the accounts at hand, as if it had never been enrolled."""
    return _Desk(con, night, {}, stale_places(night)).every(play)


def _only_hits(con: duckdb.DuckDBPyConnection, plays: Iterable[Play], anchors: Anchors) -> None:
    """What these versions ask of the accounts that come up, apart."""
    known = list(plays)
    words = " ".join(subjects_sql(play, anchors) for play in known)
    for grain in sorted({play.per for play in known}):
        sheet, truth = (narrow_sql(con, f"{kind}_{grain}", words) for kind in ("sheet", "truth"))
        mine = f"SELECT s.* FROM ({sheet}) s JOIN hits ON account = account_id"  # noqa: S608 — our own names
        con.execute(f"CREATE OR REPLACE TEMP TABLE {HIT}sheet_{grain} AS {mine}")
        theirs = f"SELECT t.* FROM ({truth}) t SEMI JOIN {HIT}sheet_{grain} USING ({grain}_id)"  # noqa: S608 — our own names
        con.execute(f"CREATE OR REPLACE TEMP TABLE {HIT}truth_{grain} AS {theirs}")


def stale_places(night: Night) -> dict[str, dict[str, float]]:
    """Play hash → where (`audience`, `anchor:…`, …) → hours by which its data is stale."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for id_, told in json.loads(night.lake.read_text(night.path("conditions.json"))).items():
        if told.get("stale"):
            hash_, where = id_.split(".", 1)
            found[hash_][where] = float(told.get("stale_hours") or 0)
    return found


@dataclass(frozen=True)
class _Desk:
    """Makes the cases of one version after the other."""

    con: duckdb.DuckDBPyConnection
    night: Night
    taken: dict[str, dict[str, Taken]]
    stale: dict[str, dict[str, float]]

    def cases(self, play: Play) -> Iterator[Case]:
        """Running conversations with their members, and possible new ones."""
        subjects = subjects_sql(play, self.night.rules.anchors, HIT)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE mine AS SELECT r.* FROM ({subjects}) r JOIN hits USING (account)"  # noqa: S608
        )
        rows = {row["subject"]: row for row in _dicts(self.con, "SELECT * FROM mine ORDER BY subject")}
        busy = set()
        for talk in _dicts(self.con, _TALKS_OF, play.hash):
            row = rows.get(talk["subject"])
            if row is not None or talk["gone"]:
                yield self._running(play, row, talk)
        live = self.night.rules.plays.get(play.play)
        if live is None or live.hash != play.hash:
            return
        busy = {row[0] for row in self.con.execute(_BUSY, [play.play]).fetchall()}
        known = _known(self.con, play.play)
        yield from (case for row in rows.values() for case in self._new(play, row, known, busy))

    def every(self, play: Play) -> Iterator[Case]:
        """All subjects of the accounts at hand."""
        subjects = subjects_sql(play, self.night.rules.anchors, HIT)
        sql = f"SELECT r.* FROM ({subjects}) r JOIN hits USING (account) ORDER BY subject"  # noqa: S608 — our own parts
        yield from (self._case(play, row) for row in _dicts(self.con, sql))

    def _running(self, play: Play, row: dict[str, Any] | None, talk: dict[str, Any]) -> Case:
        """The case of a running enrollment; without a row its subject is gone."""
        enrolled = Enrolled(
            talk["enrollment_id"], talk["occurrence"], talk["arm"], talk["lead"], talk["enrolled_on"],
            talk["alerted"], json.loads(talk["renamed"] or "{}"),
        )  # fmt: skip
        live = self.night.rules.plays.get(play.play)
        moves = live is not None and live.hash != play.hash and live.migrate.how != "finish_old"
        case = self._case(play, row or {"subject": talk["subject"], "account": talk["account"]})
        if talk["by_request"]:
            case = self._asked_for(case, talk["base"], talk["requested_on"])
        taken = self.taken.get(talk["talk"], {})
        return replace(
            case, enrolled=enrolled, taken=taken, successor=live if moves else None,
            gone=(talk["gone"] or "") if row is None else "", reached=self._reached(play, talk["talk"]),
        )  # fmt: skip

    def _reached(self, play: Play, talk: str) -> dict[str, frozenset[str]]:
        """Who has had the steps that go to newcomers too."""
        found: dict[str, set[str]] = defaultdict(set)
        if any(step.resend_to_new for step in play.steps):
            sql = "SELECT step, address_key FROM mails WHERE enrollment_id = ?"
            for step, address in self.con.execute(sql, [talk]).fetchall():
                found[step].add(address)
        return {step: frozenset(addresses) for step, addresses in found.items()}

    def _new(self, play: Play, row: dict[str, Any], known: set[tuple[str, str]], busy: set[str]) -> Iterator[Case]:
        """What may begin: what a person asked for, else what the sheet says."""
        asked = row["request"]
        if asked and (row["subject"], asked) not in known and row["subject"] not in busy:
            yield replace(self._asked_for(self._case(play, row), asked, row["requested_on"]), requested=True)
        elif row["occurrence"] and (row["subject"], row["occurrence"]) not in known:
            yield self._case(play, row)

    def _asked_for(self, case: Case, request: str, on: date | None) -> Case:
        """The case of a person's request, with the day of asking where the play's own anchor has none of its own.

        A later request for the same subject moves nothing.
        """
        own = case.play.anchor
        asked = self.night.rules.anchors.anchors[own].built_in == "request"
        anchors = {**case.anchors, own: on} if asked or not case.anchors.get(own) else case.anchors
        return replace(case, occurrence=request, anchors=anchors)

    def _case(self, play: Play, row: dict[str, Any]) -> Case:
        """One case from a row of subjects_sql."""
        return Case(
            subject=row["subject"], account=row["account"], play=play, occurrence=row.get("occurrence"),
            anchors=_prefixed(row, "anchor:"), truth=_prefixed(row, "where:"), stale=self.stale.get(play.hash, {}),
            term_months=row.get("term_months"), goal=row.get("goal"),
            on_leaving=self.night.rules.anchors.anchors[play.anchor].built_in == "left",
        )  # fmt: skip


_TALKS_OF = """
    SELECT e.* FROM talks e WHERE e.play_hash = ?
    AND (e.subject IN (SELECT subject FROM mine) OR (e.gone IS NOT NULL AND e.account IN (SELECT account FROM hits)))
    ORDER BY e.enrollment_id"""
_BUSY = "SELECT subject FROM talks WHERE play = ? AND lead IS NULL AND subject IN (SELECT subject FROM mine)"


def _prefixed(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The columns of that prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _dicts(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[dict[str, Any]]:
    """Rows as dicts."""
    result = con.execute(sql, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _taken(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Taken]]:
    """Enrollment → step → what became of it, of the conversations that may come up."""
    found: dict[str, dict[str, Taken]] = defaultdict(dict)
    for row in _dicts(con, _STEPS_OF):
        found[row["enrollment_id"]][row["step"]] = Taken(
            row["on"], row["outcome"], row["ended_on"], row["by_hand"], row["choice"], row["due_on"],
            row["logged"] if row["logged"] != row["step"] else None,
        )  # fmt: skip
    return found


_STEPS_OF = """
    SELECT s.* REPLACE (coalesce(r.name, s.step) AS step), s.step AS logged FROM steps_logged s
    JOIN (SELECT DISTINCT talk FROM talks e WHERE e.account IN (SELECT account FROM hits) OR e.subject IN (
        SELECT 'contract:' || contract_id FROM sheet_contract c JOIN hits ON hits.account = c.account_id)) t
    ON t.talk = s.enrollment_id
    LEFT JOIN renames r ON r.enrollment_id = s.enrollment_id AND r.logged = s.step
    ORDER BY s.enrollment_id, s.step"""


_KNOWN = """
    SELECT e.subject, e.occurrence FROM enrollments e JOIN mine m ON m.subject = e.subject
    WHERE e.play = ? AND e.occurrence IN (m.occurrence, m.request)"""


def _known(con: duckdb.DuckDBPyConnection, play: str) -> set[tuple[str, str]]:
    """(subject, occurrence) that the play has enrolled before."""
    return set(con.execute(_KNOWN, [play]).fetchall())
