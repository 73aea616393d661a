"""Which versions of plays have running enrollments, and what would become of each of their steps in the newest one."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.errors import UsageError
from models.migration import migration
from models.nearest import did_you_mean
from models.play import Play
from models.tables import enrollment, play_version, step


@dataclass(frozen=True)
class StepChange:
    """One step of a version.

    Attributes:
        becomes: its id in the newest version; None where that has no such step.
        taken: running enrollments of the version that have taken or ended it.
        said: what becomes of it, in words.
    """

    step: str
    becomes: str | None
    taken: int
    said: str


@dataclass(frozen=True)
class LiveVersion:
    """A version with running enrollments, or the configured one.

    Attributes:
        how: what its running enrollments do: stay, finish_old, map or restart.
    """

    play: str
    hash: str
    configured: bool
    running: int
    how: str
    steps: tuple[StepChange, ...]


def live_versions(conn: Connection, plays: Mapping[str, Play], only: str | None = None) -> list[LiveVersion]:
    """The versions of all plays, or of one, the configured one first.

    Raises:
        UsageError: no play of that name is configured or running; says the nearest.
    """
    running = _running(conn)
    versions = {play.hash: play for play in (*_pinned(conn, set(running)), *plays.values())}
    names = sorted({play.play for play in versions.values()})
    if only is not None and only not in names:
        raise UsageError(f"there is no play '{only}'; {did_you_mean(only, names)}")
    taken = _taken(conn)
    found = [
        _version(play, plays.get(play.play), running[play.hash], taken[play.hash])
        for play in versions.values()
        if only in (None, play.play)
    ]
    return sorted(found, key=lambda one: (one.play, not one.configured, -one.running, one.hash))


def _version(play: Play, live: Play | None, running: int, taken: Counter[str]) -> LiveVersion:
    """One version with its steps."""
    configured = live is not None and live.hash == play.hash
    how = "stay" if configured else live.migrate.how if live else "finish_old"
    steps = tuple(_steps(play, live if how in ("map", "restart") else None, taken))
    return LiveVersion(play.play, play.hash, configured, running, how, steps)


def _steps(old: Play, new: Play | None, taken: Counter[str]) -> Iterator[StepChange]:
    """Each step of the old version, then those that only the new one has."""
    if new is None:
        yield from (StepChange(one.id, one.id, taken[one.id], "stays as it is") for one in old.steps)
        return
    moves = migration(old, new)
    for one in old.steps:
        name = None if one.id in moves.dropped else moves.renamed.get(one.id, one.id)
        yield StepChange(one.id, name, taken[one.id], _said(old, new, one.id, name))
    for id_ in moves.added:
        yield StepChange(id_, id_, 0, "is new: comes on its day, by the rule for being late where that has passed")


def _said(old: Play, new: Play, id_: str, name: str | None) -> str:
    """What becomes of a step that the old version has."""
    if name is None:
        return "is dropped: where it is open it ends superseded"
    same = old.step(id_).model_copy(update={"id": name}) == new.step(name)
    words = "stays as it is" if same and name == id_ else f"becomes {name}" if name != id_ else "changes"
    done = "what was done counts as done" if new.migrate.how == "map" else "what was done is carried over"
    return f"{words}; {done}"


def _running(conn: Connection) -> Counter[str]:
    """Play hash → running enrollments."""
    query = select(enrollment.c.play_hash, func.count()).where(enrollment.c.ended_on.is_(None))
    return Counter(dict(conn.execute(query.group_by(enrollment.c.play_hash)).tuples().all()))


def _pinned(conn: Connection, hashes: set[str]) -> list[Play]:
    """The stored versions of these hashes."""
    query = select(play_version.c.text).where(play_version.c.hash.in_(sorted(hashes)))
    return [Play.model_validate(json.loads(text)) for text in conn.execute(query).scalars()]


def _taken(conn: Connection) -> dict[str, Counter[str]]:
    """Play hash → step → running enrollments that have taken or ended it."""
    query = (
        select(enrollment.c.play_hash, step.c.step, func.count())
        .join(step, step.c.enrollment_id == enrollment.c.enrollment_id)
        .where(enrollment.c.ended_on.is_(None))
        .group_by(enrollment.c.play_hash, step.c.step)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for hash_, name, count in conn.execute(query):
        found[hash_][name] = count
    return found
