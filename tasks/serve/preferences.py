"""`/p/TOKEN`: what somebody wants to hear of us, seen and changed."""

from sqlalchemy import Connection, select

from models.preferences import Wishes, changes, standing
from models.suppression import ERASED, consent_of
from models.tables import suppression
from tasks.serve.desk import Desk, Noun, Shown
from tasks.serve.visit import Visit
from tasks.store.suppressions import consent_given, give_consent, lift, suppress

SOURCE = "preferences"
BOXES = ("service", "marketing", "play", "nothing")


def show(_desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """What stands."""
    return _shown(conn, visit, saved=False)


def act(_desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """What is ticked holds from now on; what an erasure left behind stays."""
    wanted = Wishes(**{box: visit.given.get(box) == "yes" for box in BOXES})
    key, play = visit.address_key, visit.message.play or ""
    made = changes(_scopes(conn, key), consent_given(conn, key) or "", play, wanted)
    for scope in made.suppress:
        suppress(conn, [key], "unsubscribed", visit.at, scope, SOURCE)
    for scope in made.lift:
        lift(conn, key, scope, SOURCE, visit.at)
    if made.consent is not None:
        give_consent(conn, key, made.consent, SOURCE, visit.at)
    return _shown(conn, visit, saved=True)


def _shown(conn: Connection, visit: Visit, *, saved: bool) -> Shown:
    """The page as things are now."""
    key, play = visit.address_key, visit.message.play or ""
    scopes = _scopes(conn, key)
    consent = consent_of(visit.place.consent, consent_given(conn, key))
    wishes = standing(scopes, consent, play)
    erased = ERASED in scopes.values()
    return Shown("preferences", {"wishes": wishes, "saved": saved, "erased": erased, "subject": visit.subject})


def _scopes(conn: Connection, address_key: str) -> dict[str, str]:
    """Scope → reason of what stands against an address."""
    mine = select(suppression.c.scope, suppression.c.reason).where(suppression.c.address_key == address_key)
    return {row.scope: row.reason or "" for row in conn.execute(mine)}


PREFERENCES = Noun("preferences", show, act, where=True)
