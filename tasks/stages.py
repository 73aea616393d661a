"""The night, stage by stage: the one order, whoever calls it (a Prefect flow, the command line, a test)."""

import logging
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from traceback import clear_frames
from typing import Any, TypeVar

from models.decision import Plan, chosen
from models.errors import Away, Busy, StoreBusy
from models.night import EXIT_APPROVAL, EXIT_DONE, EXIT_GATE, Seal
from tasks import seal as sealing
from tasks.apply import apply
from tasks.audiences import audiences
from tasks.decide import plan
from tasks.deliver import deliver
from tasks.failpoint import failpoint
from tasks.gates import approval_reasons
from tasks.gather import gather
from tasks.judge import judge
from tasks.land import export_events, fail
from tasks.land_answers import land_answers
from tasks.measure import measure
from tasks.moves import moves
from tasks.night import Night
from tasks.publish import publish
from tasks.retain import retain
from tasks.score import score
from tasks.store import landings, runs
from tasks.store.engine import begin, read
from tasks.take import failed, take
from tasks.task_answers import answers
from tasks.through import Through, plainly
from tasks.versions import conditions, hashes, versions

T = TypeVar("T")
_log = logging.getLogger(__name__)
PULL_RETRIES = 3


@dataclass
class Ended:
    """How a night ended, with the seconds each stage took in this run."""

    state: str
    exit_code: int
    reason: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Stages:
    """The stages of one night, called through the seam and timed; `trouble` is what the run's end shall say."""

    night: Night
    through: Through = plainly
    seconds: dict[str, float] = field(default_factory=dict)
    trouble: str = ""

    def aside(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """A small stage, which is not worth a task of Prefect's: there are thirty of those at most."""
        return self.run(name, function, *args, through=plainly)

    def run(
        self, name: str, function: Callable[..., T], *args: Any, retries: int = 0, through: Through | None = None
    ) -> T:
        """One stage; several calls of a name add up."""
        started, stage = time.perf_counter(), name.split("-", maxsplit=1)[0]
        try:
            return (through or self.through)(name, function, *args, retries=retries)
        finally:
            seconds = round(time.perf_counter() - started, 3)
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + seconds, 3)
            _log.info("stage", extra={"run_key": self.night.run_key, "stage": name, "seconds": seconds})
            failpoint(f"stage_{name}")

    def observe(self) -> None:
        """Retain → pull → land → measure → score: what the night knows; what is too old, it knows no more."""
        self.retain()
        self.take_in()
        self.know()

    def know(self) -> None:
        """Measure → score, of what has landed."""
        night = self.night
        with read(night.engine) as conn:
            night.landing_seq = landings.watermark(conn)
            night.conditions = conditions(versions(conn, night.rules.plays), night.rules.anchors)
        self.run("measure", measure, night)
        self.run("score", score, night)

    def take_in(self) -> None:
        """Pull → land, source by source; then what we did ourselves, as a source of its own."""
        night = self.night
        for spec in night.rules.sources.values():
            try:
                self.run(f"land-{spec.name}", take, night, spec, retries=PULL_RETRIES)
            except Busy:
                raise
            except Exception as error:  # noqa: BLE001 — one bad source never stops the others
                fail(night, spec, failed(error))
        self.trouble = self.run("answers", answers, night).trouble
        self.aside("export-answers", land_answers, night)
        self.run("export", export_events, night)

    def seal(self) -> Seal:
        """Judge → gather → seal: what the night decides from."""
        self.run("judge", judge, self.night)
        self.run("audiences", audiences, self.night)
        self.aside("moves", moves, self.night)
        self.run("gather", gather, self.night)
        return self.run("seal", sealing.seal, self.night)

    def decide(self) -> Plan:
        """The plan, from the sealed files alone."""
        landed, alive = self._sealed()
        return self.run("decide", plan, self.night, landed, alive)

    def apply(self, whole: Plan) -> None:
        """What the plan changes in the database."""
        landed, alive = self._sealed()
        with read(self.night.engine) as conn:
            known = hashes(conn)
        self.run("apply", apply, self.night, whole, landed, alive, known)

    def deliver(self) -> str:
        """The first pass of sending; why nothing went, if the server is away or another sender is at it.

        What is queued stays queued.
        """
        try:
            self.run("deliver", deliver, self.night)
        except StoreBusy:
            raise
        except (Away, Busy) as error:
            return str(error)
        return ""

    def retain(self) -> None:
        """Remove what is personal and too old, unless the night is dry."""
        if not self.night.dry:
            self.aside("retain", retain, self.night)

    def report(self) -> None:
        """The pages, unless the night is dry."""
        if not self.night.dry:
            self.run("report", publish, self.night)

    def _sealed(self) -> tuple[list[Any], dict[str, Any]]:
        """The landings up to the watermark, and the versions of the plays that are alive."""
        with read(self.night.engine) as conn:
            return landings.landed(conn, self.night.landing_seq), versions(conn, self.night.rules.plays)


def run_night(stages: Stages, *, sealed: bool, decides: bool = True, approval: dict[str, Any] | None = None) -> Ended:
    """The night from where it stands: not sealed, or sealed and to be finished.

    Args:
        stages: the night, and how its stages are called.
        sealed: an earlier attempt has sealed it: nothing is pulled, the same is decided.
        decides: False for a late night: it observes and ends `missed`.
        approval: what a person has released of it, {hold, drop}, before an earlier attempt broke off.
    """
    if not sealed:
        stages.observe()
        if not decides:
            return end(stages, "missed", EXIT_DONE, "a later night is due or has decided")
        stages.seal()
    whole = stages.decide()
    note_plan(stages.night, whole)
    if approval:
        return finish(stages, whole, frozenset(approval["hold"]), frozenset(approval["drop"]))
    reasons = approval_reasons(stages.night, whole)
    if reasons:
        ended = end(stages, "awaiting_approval", EXIT_APPROVAL, "; ".join(reasons))
        stages.report()  # what a person is to release must be seen
        return ended
    return finish(stages, whole)


def finish(
    stages: Stages, whole: Plan, held: frozenset[str] = frozenset(), dropped: frozenset[str] = frozenset()
) -> Ended:
    """Apply → deliver → report, of all or of what an approval releases."""
    stages.apply(chosen(whole, held, dropped))
    unsent = "" if stages.night.dry else stages.deliver()
    code, reason = _exit(stages.night, whole, unsent)
    ended = end(stages, "done", code, "; ".join(filter(None, (reason, stages.trouble))))
    stages.report()
    return ended


def note_plan(night: Night, whole: Plan) -> None:
    """The plan's hash and counts, as an event: an approval releases exactly this."""
    with begin(night.engine) as conn:
        runs.note_plan(conn, night.run_key, whole.hash, whole.counts, whole.mails, night.clock.now)


def end(stages: Stages, state: str, code: int, reason: str) -> Ended:
    """Write the end of the run."""
    night = stages.night
    with begin(night.engine) as conn:
        runs.end_run(conn, night.run_key, state, code, reason, night.clock.now)
    return Ended(state, code, reason, stages.seconds)


def _exit(night: Night, whole: Plan, unsent: str) -> tuple[int, str]:
    """Exit code 3 with a word for each source or server in trouble, else 0; accounts that failed are said."""
    with read(night.engine) as conn:
        found = landings.of_run(conn, night.run_key)
    troubles = [f"{one.source} is {one.status}" for one in found if one.status in ("stale", "held", "failed")]
    troubles += [unsent] if unsent else []
    words = [*troubles, *(f"{account}: {why}" for account, why in sorted(whole.errors.items())[:5])]
    return (EXIT_GATE if troubles else EXIT_DONE), "; ".join(words)


@contextmanager
def failing(stages: Stages) -> Any:
    """What raises ends the run `failed`, and is raised on."""
    try:
        yield
    except Exception as error:
        clear_frames(
            error.__traceback__
        )  # a reader that the error left open would keep the database from being written
        end(stages, "failed", getattr(error, "exit_code", 1), f"{type(error).__name__}: {error}"[:500])
        raise
