"""What becomes of a running enrollment when its play has a newer version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.play import Play


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
