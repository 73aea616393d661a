"""Why an account stands where it stood on a night: its score, its plays, its steps, from what was sealed."""

from dataclasses import dataclass
from datetime import date

from models.errors import UsageError
from models.nearest import did_you_mean
from models.night import Seal
from models.play import Play
from tasks.lookup import account_of
from tasks.night import Night
from tasks.opening import Place, latest_night, sealed_night
from tasks.report import account_parts
from tasks.report.account_views import HealthView
from tasks.report.moved import changes, scored_on
from tasks.report.reading import Reading, reading
from tasks.store import runs
from tasks.store.engine import read
from tasks.why.book import Book, Row, opened
from tasks.why.green import green
from tasks.why.plays import plays
from tasks.why.views import Why


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        account: id or name.
        step: PLAY or PLAY/STEP; None asks for everything.
        on: the night; the newest one if None.
    """

    account: str
    step: str | None = None
    on: date | None = None


def why(place: Place, question: Question) -> Why:
    """The answer.

    Raises:
        UsageError: no such account, play, step or sealed night; says the nearest.
    """
    night = _night(place, question.on)
    account = account_of(night, question.account)
    with opened(night, account) as book, reading(night) as report:
        play, step = _named(book.versions, question.step)
        found = plays(book, play, step)
        sheet, health = _health(book, report)
        standing = scored_on(report, night.as_of, night.rules.health, [account]).parts.get(account, ())
        decisions = book.decisions
        return Why(
            account_id=account, name=sheet.get("name") or account, as_of=night.as_of.isoformat(), inputs=_inputs(night),
            decided=decisions is not None, health=health, green=green(book, standing, health.band), plays=found,
            error=(decisions or {}).get("errors", {}).get(account, ""),
        )  # fmt: skip


def _night(place: Place, on: date | None) -> Night:
    """The sealed night of that day."""
    if on is None:
        return latest_night(place)
    try:
        return sealed_night(place, on)
    except UsageError as error:
        with read(place.engine) as conn:
            days = [run.as_of for run in runs.recent(conn, 10_000) if run.seal]
        if not days:
            raise
        nearest = min(days, key=lambda day: abs(day - on))
        raise UsageError(f"the night of {on} has not been sealed; the nearest one that has is {nearest}") from error


def _named(versions: dict[str, Play], said: str | None) -> tuple[str | None, str | None]:
    """Play and step of that name.

    Raises:
        UsageError: no version that was alive has them.
    """
    if said is None:
        return None, None
    play, _, step = said.partition("/")
    names = {one.play for one in versions.values()}
    if play not in names:
        raise UsageError(f"there is no play '{play}'; {did_you_mean(play, names)}")
    steps = {id_ for one in versions.values() if one.play == play for id_ in one.by_id}
    if step and step not in steps:
        raise UsageError(f"the play '{play}' has no step '{step}'; {did_you_mean(step, steps)}")
    return play, step or None


def _health(book: Book, report: Reading) -> tuple[Row, HealthView]:
    """The account's sheet, and its health with what has moved it."""
    night, account = book.night, book.account
    sheet = report.rows("SELECT * FROM account WHERE account_id = ?", account)[0]
    rows = report.rows("SELECT * FROM contribution WHERE account_id = ?", account)
    order = [component.component for component in night.rules.health.components]
    with read(night.engine) as conn:
        moved = changes(conn, report, [account]).get(account, [])
    return sheet, account_parts.health(sheet, rows, order, moved)


def _inputs(night: Night) -> Row:
    """The hashes of what the night was decided from."""
    with read(night.engine) as conn:
        run = runs.get(conn, night.run_key)
    if run is None or run.seal is None:
        return {}
    seal = Seal.of(run.seal)
    return {"config": seal.config_hash, "landing_seq": seal.landing_seq, "event_seq": seal.event_seq, **seal.hashes}
