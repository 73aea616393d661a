"""An account's health in words: what the score is made of, and what has moved it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.table import plural, table

if TYPE_CHECKING:
    from tasks.report.account_views import ChangeView, HealthView


def health_text(health: "HealthView") -> str:
    """The score, its band, and what it is made of."""
    score = "no score" if health.score is None else f"{health.score:.1f}"
    before = f", {health.before} the night before" if health.before else ""
    override = f", set to {health.effective} by hand" if health.effective not in (health.band, None) else ""
    rows = [
        (one.component, one.value, *map(_rounded, (one.points, one.weight, one.contribution)), one.reason or one.state)
        for one in health.contributions
    ]
    head = ("component", "value", "points", "weight %", "adds", "note")
    lines = [f"  {health.band}, {score}{before}{override}" + (f": {health.reason}" if health.reason else "")]
    lines += [table(head, rows)] if rows else []
    return "\n".join([*lines, *_trend(health), *(line for change in health.changes for line in _change(change))])


def _trend(health: "HealthView") -> list[str]:
    """How the score has gone, and how old what it rests on may be."""
    known = [f"{points:+.1f} over {days} days" for days, points in health.trends.items() if points is not None]
    lines = [f"  trend: {', '.join(known)}"] if known else []
    if health.oldest_days is not None:
        whose = f"{health.oldest.replace('_', ' ')}, " if health.oldest else ""
        lines.append(f"  oldest input: {whose}{plural(health.oldest_days, 'day')} old")
    return lines


def _change(change: "ChangeView") -> list[str]:
    """What moved the score since one night: the whole by cause, then component by component."""
    by_hand = ["  the band was set by hand, or what was set lifted"] if change.overridden else []
    if change.difference is None:
        said = "no score then" if change.score is None else f"{change.score:.1f} then, no score now"
        return [f"  since {change.since}: {said}", *by_hand]
    points = {cause: moved for cause, moved in change.causes.items() if moved}
    whole = f"{change.difference:+.1f} from {change.score:.1f}: {_causes(points) or 'nothing moved it'}"
    moves = [f"    {one.component.replace('_', ' ')} {_causes(one.causes)}" for one in change.components]
    return [f"  since {change.since}: {whole}", *by_hand, *moves]


def _causes(points: Mapping[str, float]) -> str:
    """`input -1.6, missing +0.5`."""
    return ", ".join(f"{cause} {moved:+.1f}" for cause, moved in points.items())


def _rounded(value: float | None) -> float | None:
    """To one digit, as people compare scores."""
    return None if value is None else round(value, 1)
