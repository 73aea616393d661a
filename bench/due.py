"""500,000 active enrollments, one in a hundred with a step due: the night's deciding beside one query by hand."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bench.company import Company
from bench.place import open_night, settle
from config.files import read_files
from config.load import load_rules
from config.settings import Settings
from models.landing import Landing
from models.play import Play
from tasks import gather
from tasks.cases import account_cases, workspace
from tasks.decide import decided
from tasks.due import due_accounts
from tasks.judge import judge
from tasks.measure import measure
from tasks.night import Night
from tasks.opening import Place, open_place
from tasks.score import score
from tasks.store.engine import read
from tasks.store.landings import landed
from tasks.versions import conditions

AS_OF = date(2025, 7, 2)
"""A Wednesday in a week without holidays until then: no shift moves a step of another day onto it."""
LAYER = Path(__file__).with_name("due_layer")
SCRIPT = Path(__file__).with_name("due.sql")
STARTED = 400
"""Contracts began on as many days: one of a play's first four steps is due for one in a hundred; its last never."""
ENTITIES = ("accounts", "contacts", "contracts")


@dataclass(frozen=True)
class Due:
    """Medians of alternating runs, by way.

    The ways: `query` (the night's due query, from opening its files), `whole` (that, the cases of who is due, and
    `decide`, up to the plan), `by_hand` (bench/due.sql over the same files).

    Attributes:
        enrollments: active ones.
        due: steps with a verdict tonight.
        seconds: on the clock, by way.
        processor: seconds of the processors, by way; these hardly depend on who else is working.
    """

    enrollments: int
    due: int
    seconds: dict[str, float]
    processor: dict[str, float]

    def ratio(self, way: str) -> float:
        """A way to the query by hand, by the processors."""
        return self.processor[way] / self.processor["by_hand"]


class Run(NamedTuple):
    """One run of one way: what it took, and what it found."""

    seconds: float
    processor: float
    found: set[tuple[str, str]]


def due(folder: Path, enrollments: int, times: int) -> Due:
    """Lay the files, then run each way in turns.

    Raises:
        SystemExit: the two ways do not find the same steps.
    """
    with open_place(Settings(var=folder / "due", config=LAYER, _env_file=None)) as place:
        night, landings = _night(place, enrollments // len(_plays(LAYER)))
        versions = {play.hash: play for play in night.rules.plays.values()}
        _enroll(night, versions)
        script = _script(night, versions)
        ways: dict[str, Callable[[], set[tuple[str, str]]]] = {
            "by_hand": lambda: _by_hand(night, script),
            "query": lambda: _asked(night, landings, versions),
            "whole": lambda: _decided(night, landings, versions),
        }
        runs = [{way: _timed(run) for way, run in ways.items()} for _ in range(times)]
        active = night.lake.read(night.path("history_enrollments.parquet")).num_rows
    for run in runs:
        _compare(run["whole"].found, run["by_hand"].found)
    return Due(
        active, len(runs[0]["by_hand"].found),
        seconds={way: statistics.median(run[way].seconds for run in runs) for way in ways},
        processor={way: statistics.median(run[way].processor for run in runs) for way in ways},
    )  # fmt: skip


def _plays(layer: Path) -> dict[str, Play]:
    """The plays of the bench."""
    return load_rules(read_files(layer)).plays


def _night(place: Place, accounts: int) -> tuple[Night, list[Landing]]:
    """A night of that company, measured, scored and judged."""
    company = Company(accounts, AS_OF, started=STARTED, leaving=False)
    settle(place, company, list(ENTITIES))
    night = open_night(place, place.settings, company)
    plays = {play.hash: play for play in night.rules.plays.values()}
    night.conditions = conditions(plays, night.rules.anchors)
    measure(night)
    score(night)
    judge(night)
    gather.gather(night)
    with read(place.engine) as conn:
        return night, landed(conn, night.landing_seq)


def _enroll(night: Night, versions: dict[str, Play]) -> None:
    """Everybody runs in every play, and has taken each step whose day has passed."""
    with night.lake.duckdb() as con:
        for grain in ("account", "contract"):
            con.execute(
                f"CREATE VIEW sheet_{grain} AS FROM '{night.lake.resolve(night.path(f'sheet_{grain}.parquet'))}'"
            )
        talks = " UNION ALL ".join(_talks(night, play) for play in versions.values())
        con.execute(f"CREATE TABLE talks AS {talks} ORDER BY account")
        days = ", ".join(
            f"('{play.hash}', '{step.id}', {step.day}, '{'sent' if step.email else 'done'}')"
            for play in versions.values() for step in play.steps
        )  # fmt: skip
        con.execute(f"CREATE TABLE days AS FROM (VALUES {days}) AS it(play_hash, step, day, outcome)")
        con.execute(f"""
            CREATE TABLE taken AS
            SELECT enrollment_id, step, anchor + day AS "on", outcome, anchor + day AS ended_on, false AS by_hand
            FROM talks JOIN days USING (play_hash) WHERE anchor + day < DATE '{night.as_of}'""")
        for table, schema, name in (
            ("talks", gather.ENROLLMENTS, "enrollments"), ("taken", gather.STEPS, "steps"),
        ):  # fmt: skip
            known = {row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()}
            columns = ", ".join(f'"{one}"' if one in known else f'NULL AS "{one}"' for one in schema.names)
            rows = con.sql(f"SELECT {columns} FROM {table}").to_arrow_table().cast(schema)
            night.lake.write(night.path(f"history_{name}.parquet"), rows)


def _talks(night: Night, play: Play) -> str:
    """The enrollments of a play."""
    anchor, grain = night.rules.anchors.anchors[play.anchor], play.per
    subject = f"'{grain}:' || {grain}_id"
    return f"""
        SELECT md5('{play.play}' || {subject}) AS enrollment_id, {subject} AS subject, account_id AS account,
            '{play.play}' AS play, '{play.hash}' AS play_hash, CAST({anchor.occurrence} AS VARCHAR) AS occurrence,
            'treated' AS arm, false AS alerted, CAST({anchor.date} AS DATE) AS anchor, DATE '{AS_OF}' - 1 AS enrolled_on
        FROM sheet_{grain}"""


def _script(night: Night, versions: dict[str, Play]) -> str:
    """bench/due.sql for tonight's files and versions."""
    script = SCRIPT.read_text(encoding="utf-8")
    places = {play.play.replace("-", "_"): play.hash for play in versions.values()}
    places |= {"night": night.lake.resolve(night.path("x")).removesuffix("/x"), "as_of": f"DATE '{night.as_of}'"}
    for name, value in places.items():
        script = script.replace(f"{{{name}}}", str(value))
    return script


def _timed(way: Callable[[], set[tuple[str, str]]]) -> Run:
    """Run it once."""
    started, busy = time.perf_counter(), time.process_time()
    found = way()
    return Run(time.perf_counter() - started, time.process_time() - busy, found)


def _by_hand(night: Night, script: str) -> set[tuple[str, str]]:
    """The same by the query alone."""
    with night.lake.duckdb() as con:
        return set(con.execute(script).fetchall())


def _decided(night: Night, landings: list[Landing], versions: dict[str, Play]) -> set[tuple[str, str]]:
    """The steps with a verdict, and who comes or goes, by the night's own way from its files to its plan."""
    with workspace(night, landings) as con:
        plan = decided(con, night, account_cases(con, night, versions))
    if plan.errors:
        raise SystemExit(f"deciding failed: {next(iter(plan.errors.items()))}")
    found = {(verdict.enrollment_id, verdict.step) for verdict in plan.verdicts}
    return (
        found | {(end.enrollment_id, "-") for end in plan.ends} | {(one.subject, f"+{one.play}") for one in plan.enroll}
    )


def _asked(night: Night, landings: list[Landing], versions: dict[str, Play]) -> set[tuple[str, str]]:
    """The accounts that the night's query names; their steps are not looked at."""
    with workspace(night, landings) as con:
        hits = due_accounts(con, versions.values(), night.rules.plays, night.rules.anchors, night.as_of)
    return {(account, "") for account in hits}


def _compare(ours: set[tuple[str, str]], hand: set[tuple[str, str]]) -> None:
    """Both ways find the same."""
    if ours != hand:
        raise SystemExit(
            f"the ways differ: {len(ours - hand)} steps by us alone {sorted(ours - hand)[:3]}, "
            f"{len(hand - ours)} by hand alone {sorted(hand - ours)[:3]}"
        )
