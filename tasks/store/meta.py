"""What a database remembers of itself: under which key its address keys were made."""

import hashlib
import hmac

from sqlalchemy import Connection, Engine, select

from models.errors import UsageError
from models.tables import meta
from tasks.store.engine import begin, read
from tasks.store.insert import insert

ADDRESS_KEY = "address_key_fingerprint"


def remember_address_key(engine: Engine, secret: bytes) -> None:
    """Keep the key's fingerprint at the first call; refuse another key from then on.

    Raises:
        UsageError: the database was made with another key: suppressions would silently cease to apply.
    """
    with read(engine) as conn:
        known = check_address_key(conn, secret)
    if known:
        return
    with begin(engine) as conn:
        fresh = insert(meta, conn.dialect.name).on_conflict_do_nothing(index_elements=["name"])
        conn.execute(fresh, {"name": ADDRESS_KEY, "value": fingerprint(secret)})
        check_address_key(conn, secret)


def check_address_key(conn: Connection, secret: bytes) -> bool:
    """Whether the database knows its key; nothing is written.

    Raises:
        UsageError: it was made with another one.
    """
    known = conn.execute(select(meta.c.value).where(meta.c.name == ADDRESS_KEY)).scalar() or ""
    if known and not hmac.compare_digest(known, fingerprint(secret)):
        raise UsageError(
            "PERENNIAL_ADDRESS_KEY is not the key this database was made with: suppressions, caps and send keys would "
            "not be recognized. Set the key it was made with, or use a new database."
        )
    return bool(known)


def fingerprint(secret: bytes) -> str:
    """16 hex digits that tell one key from another and say nothing of either."""
    return hmac.new(secret, b"fingerprint of the address key", hashlib.sha256).hexdigest()[:16]
