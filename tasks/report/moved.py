"""What moved health scores since the night before, and since the newest one that is at least thirty days back."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pydantic import ValidationError
from sqlalchemy import Connection

from config.files import Files
from config.yaml_lines import read_yaml
from models.errors import ConfigError
from models.health import Health
from models.health_change import Cause, Change, Part, Standing, health_change
from models.night import Seal, run_key
from models.sql_text import text
from tasks.night import Night
from tasks.report.account_views import ChangeView, MoveView
from tasks.report.reading import Reading
from tasks.store import runs

MONTH = timedelta(days=30)
FILE, HEALTH = "contributions.parquet", "config/health.yaml"
NUMBERS = ", ".join(
    f"CAST({name} AS DECIMAL(28, 9)) AS {name}"
    for name in ("value", "points", "weight", "base", "contribution", "days")
)
_PARTS = f"""
    SELECT account_id, component, {NUMBERS}, state, rule
    FROM read_parquet({{path}}) SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS account_id) USING (account_id)
    ORDER BY account_id"""  # noqa: S608 — names are ours
_BY_HAND = """
    SELECT account_id, health_band_effective FROM read_parquet({path})
    WHERE health_band_effective <> health_band AND list_contains(?, account_id)"""


@dataclass(frozen=True)
class Scored:
    """What a night has said of some accounts; accounts it did not know are not in it."""

    as_of: date
    health: Health
    parts: dict[str, tuple[Part, ...]]
    by_hand: dict[str, str]

    def standing(self, account: str) -> Standing:
        """Where the account stood."""
        return Standing(self.parts.get(account, ()), self.health, self.by_hand.get(account))


def changes(conn: Connection, book: Reading, accounts: Collection[str]) -> dict[str, list[ChangeView]]:
    """Account → what moved its score, against the newest earlier night first."""
    ids = list(accounts)
    earlier = [scored_on(book, night, _health(conn, book.night, night), ids) for night in _nights(conn, book.night)]
    if not earlier or not ids:
        return {}
    now = scored_on(book, book.night.as_of, book.night.rules.health, ids)
    return {id_: [change_view(then, now, id_) for then in earlier] for id_ in ids}


def change_view(then: Scored, now: Scored, account: str) -> ChangeView:
    """What moved one account's score between two nights; the strongest component first."""
    before = then.standing(account)
    change = health_change(before, now.standing(account))
    moved = sorted(change.components, key=lambda name: -abs(_points(change, name)))
    return ChangeView(
        since=then.as_of.isoformat(), score=_float(before.score), difference=_float(change.difference),
        causes=_floats(change.causes), overridden=change.overridden,
        components=[MoveView(name, float(_points(change, name)), _floats(change.components[name])) for name in moved],
    )  # fmt: skip


def _points(change: Change, component: str) -> Decimal:
    """What a component has moved, over all causes."""
    return sum(change.components[component].values(), Decimal(0))


def _floats(causes: Mapping[Cause, Decimal]) -> dict[str, float]:
    """Cause → points."""
    return {cause: float(points) for cause, points in causes.items()}


def _float(value: Decimal | None) -> float | None:
    """For JSON."""
    return None if value is None else float(value)


def _nights(conn: Connection, night: Night) -> Iterator[date]:
    """The nights to compare with: at most two, whose contributions are there."""
    month = runs.previous_scored(conn, night.as_of - MONTH + timedelta(days=1))
    for day in dict.fromkeys((night.previous, month)):
        if day and night.lake.exists(f"nights/{day}/{FILE}"):
            yield day


def _health(conn: Connection, night: Night, day: date) -> Health:
    """The health rules of that night; tonight's where they are the same, or cannot be read any more."""
    run = runs.get(conn, run_key(day))
    digest = Seal.of(run.seal).config_hash if run and run.seal else night.rules.files.hash
    stored = f"config/{digest}.json"
    if digest == night.rules.files.hash or not night.lake.exists(stored):
        return night.rules.health
    try:
        given, _ = read_yaml(Files.parse(night.lake.read_text(stored))[HEALTH], HEALTH)
        return Health.model_validate(given)
    except (ConfigError, ValidationError, KeyError):  # written for another version of Perennial
        return night.rules.health


def scored_on(book: Reading, day: date, health: Health, ids: list[str]) -> Scored:
    """What the night of that day has said of these accounts."""
    lake, found = book.night.lake, defaultdict(list)
    sql = _PARTS.format(path=text(lake.resolve(f"nights/{day}/{FILE}")))
    for account, name, value, points, weight, base, adds, days, state, rule in book.con.execute(sql, [ids]).fetchall():
        found[account].append(Part(name, value, points, weight, base, adds, state, days, rule or ""))
    return Scored(day, health, {id_: tuple(parts) for id_, parts in found.items()}, _by_hand(book, day, ids))


def _by_hand(book: Reading, day: date, ids: list[str]) -> dict[str, str]:
    """Account → the band that a person had set."""
    sheet = f"nights/{day}/sheet_account.parquet"
    if not book.night.lake.exists(sheet):
        return {}
    return dict(book.con.execute(_BY_HAND.format(path=text(book.night.lake.resolve(sheet))), [ids]).fetchall())
