"""Who lives on in whom: absorbed accounts and the ones that are left, as of a day."""

from collections.abc import Sequence
from datetime import date

from models.landing import Landing
from tasks.lake.lake import Lake
from tasks.lake.merged import FATES, TELLING, know_fates
from tasks.lake.views import entity_views


def survivors(lake: Lake, landings: Sequence[Landing], as_of: date) -> dict[str, str]:
    """Absorbed account → the one that is left, as of a night; accounts that are gone are not in it."""
    telling = [one for one in landings if one.entity in TELLING and one.written]
    if not telling:
        return {}
    with lake.duckdb() as con:
        entity_views(con, lake, telling, as_of, merged=False, only=TELLING)
        if not know_fates(con):
            return {}
        rows = con.execute(f"SELECT account_id, into_id FROM {FATES} WHERE into_id IS NOT NULL").fetchall()  # noqa: S608
    return dict(rows)
