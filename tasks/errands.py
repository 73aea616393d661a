"""What is done between two nights: take in the sources, write the pages again, press the renewal button."""

from datetime import UTC, date, datetime
from typing import Any

from models.night import EXIT_DONE, EXIT_GATE
from tasks.by_hand import ByHandStep, show, take
from tasks.night import Night
from tasks.opening import Place, latest_night, night_of, read_rules, sealed_night
from tasks.publish import publish
from tasks.stages import Stages
from tasks.store import landings
from tasks.store.engine import read
from tasks.store.lock import night_lock
from tasks.summary import pages
from tasks.through import Through, plainly

TROUBLES = ("stale", "held", "failed")


def take_in(place: Place, through: Through = plainly) -> dict[str, Any]:
    """Pull, check and land all sources for today's night, which will find them landed.

    Raises:
        Busy: a night holds the lock.
    """
    with night_lock(place.engine, place.settings.lock_path):
        night = _tonight(place)
        Stages(night, through).take_in()
        with read(place.engine) as conn:
            found = landings.of_run(conn, night.run_key)
    sources = {
        one.source: {
            "pulled": one.pulled,
            "good": one.good,
            "quarantined": one.quarantined,
            "warned": one.warned,
            "status": one.status,
        }
        for one in found
    }
    troubled = any(one.status in TROUBLES for one in found)
    return {"state": "done", "exit_code": EXIT_GATE if troubled else EXIT_DONE, "sources": sources}


def republish(place: Place, through: Through = plainly) -> dict[str, Any]:
    """Write the pages of the newest sealed night again.

    Raises:
        UsageError: no night has been sealed yet.
    """
    night = latest_night(place)
    through("report", publish, night)
    return {"state": "done", "as_of": night.as_of.isoformat(), "pages": pages(night)}


def renew(
    place: Place, account: str, *, contract: str | None = None, as_of: date | None = None, press: bool = False
) -> dict[str, Any]:
    """The next step of the account's renewal conversation; taken now if `press`.

    Raises:
        UsageError: no sealed night, no such account, contract or conversation.
        Busy: a night holds the lock.
    """
    night = sealed_night(place, as_of) if as_of else latest_night(place)
    if not press:
        return _step(show(night, account, contract), pressed=False)
    with night_lock(place.engine, place.settings.lock_path):
        return _step(take(night, account, contract), pressed=True)


def _step(shown: ByHandStep, *, pressed: bool) -> dict[str, Any]:
    """Ids and words, no persons."""
    verdict = shown.verdict
    words = [f"taken by hand before: {', '.join(sorted(shown.taken))}"] if shown.taken else []
    if verdict is not None:
        words.append(f"{verdict.play} {verdict.step}: {verdict.verdict} {verdict.reason}".strip())
    reason = "; ".join(words) or "no step of the conversation is left"
    state = "taken" if pressed and shown.goes else "shown"
    return {"state": state, "account": shown.account, "subject": shown.subject, "reason": reason}


def _tonight(place: Place) -> Night:
    """Today's night, by the clock."""
    return night_of(place, read_rules(place.settings), datetime.now(UTC).date())
