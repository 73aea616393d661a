"""Health of the book: scores by band, and whose band is another than last night."""

from models.health import BANDS
from tasks.report.money import add, points
from tasks.report.reading import Reading, Row
from tasks.report.views import Money, Move

ORDER = {"red": 0, "insufficient_data": 1, "yellow": 2, "green": 3}
_MOVED = """
    SELECT * FROM ({sheet})
    WHERE health_band_before IS NOT NULL AND health_band_before <> health_band
    ORDER BY account_id"""
_PAYING = """
    SELECT health_band, coalesce(currency, '') AS currency, sum(mrr_minor) AS minor FROM ({sheet})
    WHERE mrr_minor > 0 GROUP BY ALL ORDER BY ALL"""
_CAUSE = """
    SELECT account_id, component, tonight.contribution - earlier.contribution AS change
    FROM contribution AS tonight JOIN contribution_before AS earlier USING (account_id, component)
    WHERE list_contains(?, account_id) AND change IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY abs(change) DESC, component) = 1"""
COLUMNS = (
    "account_id", "name", "health_band", "health_band_before", "health_score", "health_score_before", "mrr_minor",
    "currency",
)  # fmt: skip


def scores(book: Reading) -> tuple[tuple[str, float], ...]:
    """(band, score) of every account that has a score."""
    sheet = book.pick("account", ["health_band", "health_score"])
    sql = f"SELECT * FROM ({sheet}) WHERE health_score IS NOT NULL ORDER BY ALL"  # noqa: S608
    return tuple((row["health_band"], float(row["health_score"])) for row in book.rows(sql))


def band_mrr(book: Reading) -> dict[str, tuple[Money, ...]]:
    """Band → MRR of its accounts, by currency."""
    sheet = book.pick("account", ["health_band", "mrr_minor", "currency"])
    rows = book.rows(_PAYING.format(sheet=sheet))
    return {
        band: add(Money(row["minor"], row["currency"]) for row in rows if row["health_band"] == band) for band in BANDS
    }


def matrix(book: Reading) -> dict[str, dict[str, int]]:
    """Band last night → band tonight → accounts, of those that had one last night."""
    found = {was: dict.fromkeys(BANDS, 0) for was in BANDS}
    sheet = book.pick("account", ["health_band_before", "health_band"])
    for row in book.rows(f"SELECT *, count(*) AS n FROM ({sheet}) WHERE health_band_before IS NOT NULL GROUP BY ALL"):  # noqa: S608
        found[row["health_band_before"]][row["health_band"]] = row["n"]
    return found


def moves(book: Reading) -> tuple[Move, ...]:
    """Accounts whose band changed since last night: the worse first, then by MRR."""
    rows = book.rows(_MOVED.format(sheet=book.pick("account", COLUMNS)))
    causes = _causes(book, [row["account_id"] for row in rows])
    found = [_move(row, causes.get(row["account_id"], "")) for row in rows]
    return tuple(
        sorted(found, key=lambda move: (ORDER[move.after] - ORDER[move.before], -move.mrr.minor, move.account_id))
    )


def _move(row: Row, cause: str) -> Move:
    """One mover."""
    score, before = row["health_score"], row["health_score_before"]
    return Move(
        account_id=row["account_id"], name=row["name"] or row["account_id"], before=row["health_band_before"],
        after=row["health_band"], score=score, change=None if score is None or before is None else score - before,
        cause=cause, mrr=Money(row["mrr_minor"] or 0, row["currency"] or ""),
    )  # fmt: skip


def _causes(book: Reading, accounts: list[str]) -> dict[str, str]:
    """Account → the component whose contribution changed most."""
    before = book.night.previous and book.night.lake.exists(f"nights/{book.night.previous}/contributions.parquet")
    if not accounts or not before:
        return {}
    rows = book.rows(_CAUSE, accounts)
    return {row["account_id"]: f"{row['component'].replace('_', ' ')} {points(row['change'])}" for row in rows}
