"""A night in temporary space, up to what applying it writes: the nightly's own stages, and nothing delivered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from config.settings import Settings
from models.decision import Plan
from models.errors import UsageError
from models.night import EXIT_APPROVAL, EXIT_DONE, Seal, run_key
from models.record import Record
from tasks.gates import approval_reasons
from tasks.night import Night
from tasks.opening import Place, night_of, open_dry, read_rules, sealed_night
from tasks.stages import Ended, Stages, note_plan
from tasks.store import runs
from tasks.store.engine import begin, read
from tasks.store.events import events_since, last_seq
from tasks.through import Through, plainly


@dataclass(frozen=True)
class Planned:
    """A night that was decided and applied in temporary space.

    Attributes:
        whole: what was decided.
        seal: what it was decided from.
        records: the events that applying it wrote.
        ended: awaiting_approval where a gate would hold the night back; the reason says which.
        sealed: the night was sealed before, and is told from its seal.
    """

    night: Night
    whole: Plan
    seal: Seal
    records: list[Record]
    ended: Ended
    sealed: bool


@contextmanager
def planned(
    settings: Settings,
    as_of: date,
    through: Through = plainly,
    wall: datetime | None = None,
    *,
    otherwise: bool = False,
) -> Iterator[Planned]:
    """The night of that date: a sealed one from its seal, any other pulled as the nightly would.

    With `otherwise` a sealed night is decided anew by the rules of these settings, of the rows that it knew.

    Raises:
        UsageError: a later night has decided, so that this one would only observe.
    """
    with open_dry(settings, as_of, before=otherwise) as place:
        night, sealed, pulled = _opened(place, as_of, wall)
        stages = Stages(night, through)
        if not sealed:
            with begin(place.engine) as conn:
                runs.start_run(conn, night.run_key, night.as_of, night.clock.now)
            (stages.know if pulled else stages.observe)()
            stages.seal()
        whole = stages.decide()
        note_plan(night, whole)
        reasons = approval_reasons(night, whole)
        with read(place.engine) as conn:
            since = last_seq(conn)
        stages.apply(whole)
        state, code = ("awaiting_approval", EXIT_APPROVAL) if reasons else ("dry", EXIT_DONE)
        ended = Ended(state, code, "; ".join(reasons), stages.seconds)
        with read(place.engine) as conn:
            found, run = list(events_since(conn, since)), runs.get(conn, night.run_key)
        assert run is not None and run.seal is not None  # noqa: S101, PT018 — it has just been sealed
        yield Planned(night, whole, Seal.of(run.seal), found, ended, sealed)


def _opened(place: Place, as_of: date, wall: datetime | None) -> tuple[Night, bool, bool]:
    """The night, whether it is sealed, and whether it has pulled already, being cut off before its seal."""
    with read(place.engine) as conn:
        found, decided = runs.get(conn, run_key(as_of)), runs.newest_decided(conn)
    if found is not None and found.seal is not None:
        return sealed_night(place, as_of), True, True
    if place.cut:
        return night_of(place, read_rules(place.settings), as_of, found.started_at if found else wall), False, True
    if decided is not None and decided > as_of:
        raise UsageError(f"the night of {as_of} would decide nothing: that of {decided} has decided already")
    return night_of(place, read_rules(place.settings), as_of, wall), False, False
