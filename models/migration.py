"""What becomes of a running enrollment when its play has a newer version."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from models.play import Play
from models.step import DOING, Step

RETIRED = "~"
"""What follows it in the id of a step says what it does: of a step that is gone, or that has the id of one that is."""


@dataclass(frozen=True)
class Migration:
    """From one version of a play to the next.

    Attributes:
        how: finish_old (nothing moves), map (the enrollment goes on), restart (a new one begins).
        renamed: old step id → the new version's, of steps that live on under another id.
        dropped: old steps that the new version does not have.
        added: steps that only the new version has.
    """

    how: Literal["finish_old", "map", "restart"]
    renamed: dict[str, str]
    dropped: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """What became of a step in the version before: it counts in the new enrollment, so that what follows it comes."""

    step: str
    outcome: str
    reason: str
    choice: str | None = None


def migration(old: Play, new: Play) -> Migration:
    """How a running enrollment of `old` moves to `new`, by the new version's `migrate`."""
    here = [step.id for step in new.steps]
    renamed = {step.id: new.migrate.steps[step.id] for step in old.steps if step.id in new.migrate.steps}
    kept = {renamed.get(step.id, step.id) for step in old.steps}
    dropped = tuple(step.id for step in old.steps if renamed.get(step.id, step.id) not in here)
    return Migration(new.migrate.how, renamed, dropped, tuple(id_ for id_ in here if id_ not in kept))


def names_now(before: Mapping[str, str], renamed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Step id in the log → its id after one more migration, where they differ.

    Args:
        before: id in the log → id so far, of earlier migrations.
        renamed: id so far → id in the new version. A step logged between the two migrations is known by its id so far.
    """
    now = {logged: renamed.get(name, name) for logged, name in before.items()}
    now |= {old: new for old, new in renamed.items() if old not in before}
    return tuple(sorted((logged, name) for logged, name in now.items() if logged != name))


def apart(step: Step) -> str:
    """The step's id, told apart from other steps that had it or will have it, by what it does."""
    does = [(thing, repr(getattr(step, thing))) for thing in ("survey", *DOING) if getattr(step, thing) is not None]
    return f"{step.id}{RETIRED}{hashlib.sha256(repr(does).encode()).hexdigest()[:8]}"


def names_after(before: Mapping[str, str], known: Collection[str], old: Play, new: Play) -> tuple[tuple[str, str], ...]:
    """Step id in the log → its id in the new version, where they differ.

    A step that is gone keeps its outcome to itself: another one that gets its id later begins anew. One that comes back
    and does the same, or that `migrate` names, is what it was.

    Args:
        before: id in the log → id so far, of earlier migrations.
        known: ids so far of the steps that were taken or have ended.
        old: the version so far.
        new: the version that is moved to.
    """
    step = migration(old, new)
    gone = {id_: apart(old.step(id_)) for id_ in step.dropped}
    now = dict(names_now(before, step.renamed | gone))
    now |= {name: name for name in known if RETIRED in name and name not in now}
    now = {logged: came_back(name, new) for logged, name in now.items()}
    for id_ in step.added:
        if now.get(id_, id_) != id_ and id_ not in now.values():
            now[apart(new.step(id_))] = id_
    return tuple(sorted((logged, name) for logged, name in now.items() if logged != name))


def came_back(name: str, new: Play) -> str:
    """What a step that was gone is called in a new version, if it is in it again; else its own name."""
    id_, mark, _ = name.partition(RETIRED)
    if not mark:
        return name
    if id_ in new.migrate.steps:
        return new.migrate.steps[id_]
    return id_ if id_ in new.by_id and apart(new.step(id_)) == name else name
