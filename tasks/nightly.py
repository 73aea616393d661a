"""The nightly as one call: from the request to its end, under the lock."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from models.errors import UsageError
from models.night import EXIT_APPROVAL, EXIT_DONE, run_key
from tasks.again import already
from tasks.night import Night
from tasks.opening import Place, night_of, read_rules, sealed_night
from tasks.stages import Ended, Stages, end, failing, finish, run_night
from tasks.store import runs
from tasks.store.engine import begin, read
from tasks.store.lock import night_lock
from tasks.store.runs import Run
from tasks.through import Through, plainly

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Request:
    """What is asked of the nightly.

    Attributes:
        as_of: the date; today (UTC) if None, or that of the scheduled start.
        scheduled: when Prefect's schedule wanted it to start; None for a run by hand.
    """

    as_of: date | None = None
    scheduled: datetime | None = None
    wall: datetime | None = None

    @property
    def now(self) -> datetime:
        """The wall clock."""
        return self.wall or datetime.now(UTC)

    @property
    def date(self) -> date:
        """The night's date."""
        return self.as_of or (self.scheduled or self.now).date()

    @property
    def late(self) -> bool:
        """Whether a newer scheduled date is already due, so that this one only observes."""
        return self.as_of is None and self.scheduled is not None and self.now - self.scheduled >= DAY


def nightly(place: Place, request: Request, through: Through = plainly) -> tuple[Night, Ended]:
    """Run the night of the request, or finish it, or say that it is done.

    Raises:
        Busy: another run holds the lock.
    """
    with night_lock(place.engine, place.settings.lock_path):
        with read(place.engine) as conn:
            before = runs.get(conn, run_key(request.date))
            decided = runs.newest_decided(conn)
        later = decided is not None and decided > request.date
        if (before and before.state in ("done", "missed")) or (waits(before) and not later):
            return _again(place, request, before, through)
        return _run(place, request, before, through, decides=not (request.late or later))


def waits(run: Run | None) -> bool:
    """Whether a person has yet to release it."""
    return run is not None and run.state == "awaiting_approval" and not run.approval


def _again(place: Place, request: Request, before: Run | None, through: Through) -> tuple[Night, Ended]:
    """A night that has ended: nothing is done but pages that a kill kept from being written; it is only told."""
    assert before is not None  # noqa: S101 — both branches above have one
    night = (
        sealed_night(place, request.date)
        if before.seal
        else night_of(place, read_rules(place.settings), request.date, request.wall)
    )
    if before.state == "done" and _pages_are_missing(night, before):
        Stages(night, through).report()
    code = EXIT_APPROVAL if before.state == "awaiting_approval" else before.exit_code or EXIT_DONE
    return night, Ended(before.state, code, already(before))


def _pages_are_missing(night: Night, run: Run) -> bool:
    """Whether the report is older than the end of the newest night, which it should tell."""
    if night.dry or run.ended_at is None:
        return False
    with read(night.engine) as conn:
        newest = runs.newest_decided(conn)
    page = night.settings.report_dir / "index.html"
    return newest == night.as_of and not (page.exists() and page.stat().st_mtime >= run.ended_at.timestamp())


def _run(place: Place, request: Request, before: Run | None, through: Through, *, decides: bool) -> tuple[Night, Ended]:
    """Start or resume the night."""
    sealed = before is not None and before.seal is not None
    night = (
        _resumed(place, request) if sealed else night_of(place, read_rules(place.settings), request.date, request.wall)
    )
    with begin(place.engine) as conn:
        runs.start_run(conn, night.run_key, night.as_of, night.clock.now)
    stages = Stages(night, through)
    with failing(stages):
        if sealed and not decides:
            return night, end(stages, "missed", EXIT_DONE, "a later night has decided")
        approval = before.approval if before else None
        return night, run_night(stages, sealed=sealed, decides=decides, approval=approval)


def _resumed(place: Place, request: Request) -> Night:
    """A sealed night at the present moment: what is queued and sent now, is queued and sent by the clock of now."""
    night = sealed_night(place, request.date)
    return replace(night, clock=night.clock.moved(request.now))


def approve(
    place: Place, as_of: date, hold: frozenset[str], drop: frozenset[str], through: Through = plainly
) -> tuple[Night, Ended]:
    """Release a night that awaits approval, wholly or without some plays; exactly the plan that was shown.

    Raises:
        UsageError: the night does not wait, has expired, or a play is not in its plan.
        Busy: another run holds the lock.
    """
    with night_lock(place.engine, place.settings.lock_path):
        with read(place.engine) as conn:
            found, newest = runs.get(conn, run_key(as_of)), runs.newest_sealed(conn)
        if found is None or not (waits(found) or (found.approval and found.state != "done")):
            raise UsageError(
                f"the night of {as_of} does not await approval (it is {found.state if found else 'unknown'})"
            )
        if newest is not None and newest > as_of:
            raise UsageError(
                f"the night of {newest} has been sealed since: what waited for approval has expired and is due anew"
            )
        night = sealed_night(place, as_of)
        stages = Stages(replace(night, clock=night.clock.moved(datetime.now(UTC))), through)
        whole = stages.decide()
        if whole.hash != found.plan_hash:
            shown = str(found.plan_hash)[:12]
            raise UsageError(f"the plan is another than the one that was shown ({whole.hash[:12]}, not {shown})")
        _known(whole.plays, hold | drop)
        _as_released(found, hold, drop)
        with begin(place.engine) as conn:
            runs.approve(conn, night.run_key, whole.hash, sorted(hold), sorted(drop), stages.night.clock.now)
        with failing(stages):
            return night, finish(stages, whole, hold, drop)


def _as_released(run: Run, hold: frozenset[str], drop: frozenset[str]) -> None:
    """A release that broke off is finished as it was given, not otherwise."""
    given = run.approval
    if given and (sorted(hold), sorted(drop)) != (given["hold"], given["drop"]):
        was = " ".join([*(f"--hold {play}" for play in given["hold"]), *(f"--drop {play}" for play in given["drop"])])
        raise UsageError(
            f"the night of {run.as_of} has been released before {was or 'as a whole'}; finish it like that"
        )


def _known(planned: frozenset[str], named: frozenset[str]) -> None:
    """Plays that are named must be in the plan."""
    for play in sorted(named - planned):
        raise UsageError(
            f"the plan has nothing of the play '{play}'; it has: {', '.join(sorted(planned)) or 'nothing'}"
        )
