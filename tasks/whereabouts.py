"""Where a contact is and who looks after the account, by the newest night's data: ids and zones, no names."""

from dataclasses import dataclass

from sqlalchemy import select

from models.owner import Owner
from models.tables import run
from tasks.lake.views import entity_views
from tasks.opening import Place
from tasks.store.engine import read
from tasks.store.landings import landed

_SQL = """
    SELECT a.csm_id, a.country, coalesce(nullif(c.timezone, ''), a.timezone), c.consent
    FROM (SELECT 1) LEFT JOIN contacts c ON c.contact_id = ?
    LEFT JOIN accounts a ON a.account_id = coalesce(c.account_id, ?)"""


@dataclass(frozen=True)
class Whereabouts:
    """What is known; empty where it is not.

    Attributes:
        csm: id of the account's CSM.
        zone: IANA zone of the contact, else of the account.
        consent: what the customer's own record says.
    """

    csm: str = ""
    country: str = ""
    zone: str = ""
    consent: str = ""

    @property
    def owner(self) -> Owner:
        """Who gets a task about this account."""
        return Owner(self.csm or None, "csm")


def whereabouts(place: Place, account: str | None, contact: str | None) -> Whereabouts:
    """The whereabouts of a contact; nothing is known before the first night."""
    with read(place.engine) as conn:
        newest = select(run.c.as_of, run.c.landing_seq).where(run.c.landing_seq.is_not(None))
        sealed = conn.execute(newest.order_by(run.c.as_of.desc()).limit(1)).first()
        landings = landed(conn, sealed.landing_seq) if sealed else []
    if sealed is None:
        return Whereabouts()
    with place.lake.duckdb() as con:
        entity_views(con, place.lake, landings, sealed.as_of, only=("accounts", "contacts", "merges", "tombstones"))
        row = con.execute(_SQL, [contact, account]).fetchone()
    return Whereabouts(*(value or "" for value in row)) if row else Whereabouts()
