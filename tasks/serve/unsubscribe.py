"""`/u/TOKEN`: no more mail of a class, by one click (RFC 8058) or by the page's button."""

from sqlalchemy import Connection

from models.suppression import after_unsubscribing, against
from tasks.serve.desk import Desk, Noun, Shown
from tasks.serve.visit import BAD, Visit
from tasks.store.suppressions import scopes_of
from tasks.unsubscribing import unsubscribe

ONE_CLICK = ("List-Unsubscribe", "One-Click")
BUTTON = ("stop", "yes")


def show(desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """Which mail this is, and a button; changes nothing."""
    klass = _klass(visit)
    stands = bool(against(scopes_of(conn, visit.address_key), klass, visit.message.play or ""))
    return Shown("unsubscribe", _values(desk, visit) | {"done": False, "stands": stands})


def act(desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """Stop that class; of a contract's notice the CSM is asked. What is neither click nor button is refused."""
    source = next((name for name, (key, value) in _WAYS.items() if visit.given.get(key) == value), "")
    if not source:
        return Shown("refused", status=BAD)
    unsubscribe(conn, visit.message, visit.asked, visit.at, source)
    return Shown("unsubscribe", _values(desk, visit) | {"done": True, "stands": True})


_WAYS = {"one-click": ONE_CLICK, "page": BUTTON}


def _klass(visit: Visit) -> str:
    return visit.message.klass or "service"


def _values(desk: Desk, visit: Visit) -> dict[str, object]:
    """What the page speaks of."""
    klass = _klass(visit)
    talk = not after_unsubscribing(klass)
    return {"klass": klass, "talk": talk, "subject": visit.subject, "preferences": desk.link(visit, "preferences")}


UNSUBSCRIBE = Noun("unsubscribe", show, act)
