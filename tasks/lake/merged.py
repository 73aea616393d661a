"""Accounts that became another one, and accounts that are gone: whose rows each row is now.

Chains are followed to their end. Accounts merged in a circle have no end: nobody knows which of them is left, so all
are. An account that was both merged and deleted lives on in the other, as CRMs delete what they merged.
"""

from duckdb import DuckDBPyConnection

from models.entities import Entity

FATES = "account_fates"
TELLING = ("merges", "tombstones")
"""Entities that say which accounts are no longer their own; their own views stay as they came."""


def know_fates(con: DuckDBPyConnection) -> bool:
    """Make the table of accounts that are no longer their own (into_id is null: gone); says whether there is any.

    The connection has the views `merges` and `tombstones`. It is a table, not a view, so that the way through the
    chains is gone once and not by every view.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE {FATES} AS WITH RECURSIVE ends AS ("  # noqa: S608 (the name is ours)
        "SELECT account_id, into_id FROM merges WHERE into_id NOT IN (SELECT account_id FROM merges) "
        "UNION ALL SELECT m.account_id, ends.into_id FROM merges AS m JOIN ends ON m.into_id = ends.account_id) "
        "SELECT account_id, CASE WHEN into_id NOT IN (SELECT account_id FROM tombstones) THEN into_id END AS into_id "
        "FROM ends UNION ALL SELECT account_id, NULL FROM tombstones "
        "WHERE account_id NOT IN (SELECT account_id FROM ends)"
    )
    return con.execute(f"SELECT 1 FROM {FATES} LIMIT 1").fetchone() is not None  # noqa: S608


def of_survivors(entity: Entity, select: str) -> str:
    """The SELECT with each row given to the account it belongs to now; rows of accounts that are gone are left out."""
    if entity.name in TELLING or not any(column.name == "account_id" for column in entity.columns):
        return select
    if entity.name == "accounts":
        return f"SELECT it.* FROM ({select}) AS it ANTI JOIN {FATES} AS fate USING (account_id)"  # noqa: S608
    return (
        "SELECT it.* REPLACE (coalesce(fate.into_id, it.account_id) AS account_id) "  # noqa: S608 (names are ours)
        f"FROM ({select}) AS it LEFT JOIN {FATES} AS fate ON fate.account_id = it.account_id "
        "WHERE fate.account_id IS NULL OR fate.into_id IS NOT NULL"
    )
