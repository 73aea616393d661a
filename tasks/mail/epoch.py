"""How far mail has gone, kept outside of the database: one that was restored from a backup is noticed by it."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from models.tables import event
from tasks.store.engine import begin
from tasks.store.switches import MAIL, stop

OLDER = (
    "this database is older than the mail that has been sent ({path}: {count} transmissions): it was restored from a "
    "backup, or it is another one. Find out what went since (the relay's log, `perennial mail`), then resume"
)


@dataclass(frozen=True)
class Epoch:
    """The file that says which event a database must know that may send.

    The file must not be restored together with the database.
    """

    path: Path

    def keep(self, key: str, transmissions: int) -> None:
        """The newest of these transmissions is in the log under this key; said before a byte of them leaves."""
        count = (self._read() or ("", 0))[1] + transmissions
        said = json.dumps({"event": key, "transmissions": count}).encode()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        aside.write_bytes(said)
        aside.rename(self.path)

    def fence(self, engine: Engine, at: datetime) -> bool:
        """Stop mail when the database does not know what was sent last; says whether it did.

        From then on the file names the newest event there is, so that a person can let mail go on, and a second
        restoring is noticed as well.
        """
        kept = self._read()
        if kept is None:
            return False
        with begin(engine) as conn:
            if conn.execute(select(event.c.event_seq).where(event.c.key == kept[0])).first() is not None:
                return False
            stop(conn, MAIL, at, OLDER.format(path=self.path, count=kept[1]))
            newest = _newest(conn)
        self.keep(newest, 0)
        return True

    def _read(self) -> tuple[str, int] | None:
        """(event's key, transmissions so far); None before the first."""
        try:
            said = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return str(said["event"]), int(said["transmissions"])


def _newest(conn: Connection) -> str:
    """The key of the newest event."""
    return conn.execute(select(event.c.key).order_by(event.c.event_seq.desc()).limit(1)).scalar() or ""
