"""What green would take: the limit that holds for the account, what holds it back, and the smallest single change."""

from collections.abc import Iterable

from config.clauses import joined, split
from models.health import Health
from models.health_change import Part
from models.health_reach import Way, held, is_green, ways
from tasks.why.book import Book, Row
from tasks.why.views import GreenView, WayView


def green(book: Book, parts: Iterable[Part], band: str) -> GreenView | None:
    """The ways to green; None for an account that is green."""
    if band == "green":
        return None
    health, known = book.night.rules.health, list(parts)
    conditions = [health.applies, *(one.when for one in health.bands.by), *(one.when for one in health.caps)]
    leaves = [leaf for text in conditions for leaf in split(text).leaves]
    row = book.evaluate("account", [book.account], leaves).get(book.account, {})
    limit = next((one.green for one in health.bands.by if _holds(one.when, row)), health.bands.green)
    if not _holds(health.applies, row):
        return GreenView(limit, [], health.otherwise)
    capped = [f"held at {cap.band}: {cap.because}" for cap in health.caps if _holds(cap.when, row)]
    if capped:
        enough = is_green([held(part, health) for part in known], health, limit)
        also = "its score is enough once that is gone" if enough else "its score is not enough besides"
        return GreenView(limit, [], f"no input of the score alone: {'; '.join(capped)}; {also}")
    found = ways(known, health, limit)
    said = "" if found else f"none: no single input at its best brings the account to {limit:g} points and to green"
    return GreenView(limit, [_way(book, way, health) for way in found], said)


def _holds(text: str, row: Row) -> bool:
    """Whether a condition of health.yaml holds; unknown does not."""
    return bool(row) and joined(split(text), row) is True


def _way(book: Book, way: Way, health: Health) -> WayView:
    """One way, with the columns that its input is made of."""
    rule = next(each for each in health.components if each.component == way.component)
    text = rule.recency.days if way.input == "days" and rule.recency else rule.value
    reads = book.values("account", book.account, split(text).columns)
    return WayView(way.component, way.input, way.now, way.then, way.points_now, way.points, reads)
