"""What a person sets by hand of an account: health, segment, stage or touch, for a while or until it is lifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, func, select

from config.load import Rules
from models.errors import UsageError
from models.event import Event
from models.health import BANDS
from models.nearest import did_you_mean
from models.tables import event as log
from models.tables import override
from tasks.moment import moment
from tasks.store.events import append

NAMES = ("health", "segment", "stage", "touch")


@dataclass(frozen=True)
class Override:
    """One thing that is set by hand; a lifted one has no value."""

    account: str
    name: str
    value: str | None
    reason: str | None
    author: str | None
    since: date | None
    until: date | None

    def holds(self, as_of: date) -> bool:
        """Whether it counts on that day; its last day is one."""
        return self.value is not None and (self.until is None or self.until >= as_of)


def valid_values(rules: Rules, name: str) -> tuple[str, ...]:
    """What may be set under that name.

    Raises:
        UsageError: nothing of that name is set by hand; says the nearest.
    """
    values = {
        "health": BANDS,
        "segment": tuple(dict.fromkeys(one.segment for one in rules.segments.segments)),
        "stage": rules.stages.names,
        "touch": tuple(dict.fromkeys(one.touch for one in rules.touch.touch)),
    }
    if name not in values:
        raise UsageError(f"'{name}' is nothing that is set by hand; {did_you_mean(name, NAMES)}")
    return values[name]


def require_value(rules: Rules, name: str, value: str) -> None:
    """Refuse a value that no rule gives.

    Raises:
        UsageError: as `valid_values`, or the value is none of them; says the nearest.
    """
    valid = valid_values(rules, name)
    if value not in valid:
        raise UsageError(f"'{value}' is no {name}; {did_you_mean(value, valid)}")


def put(conn: Connection, wanted: Override, wall: datetime | None = None) -> bool:
    """Set it, or lift it; False when it is so already. It counts from the next night on.

    Raises:
        UsageError: its last day has passed.
    """
    clock = moment(conn, wall or datetime.now(UTC))
    if wanted.until and wanted.until < clock.as_of:
        raise UsageError(f"--until {wanted.until} has passed; the newest night is that of {clock.as_of}")
    now = _one(conn, wanted.account, wanted.name)
    if _says(now) == _says(wanted) or (wanted.value is None and (now is None or not now.holds(clock.as_of))):
        return False
    payload = {
        "account": wanted.account, "name": wanted.name, "value": wanted.value, "reason": wanted.reason,
        "author": wanted.author, "until": wanted.until.isoformat() if wanted.until else None,
        "on": clock.as_of.isoformat(),
    }  # fmt: skip
    subject = f"account:{wanted.account}"
    key = f"override:{wanted.account}:{wanted.name}:{_count(conn, wanted.account)}"
    return append(conn, Event(key, "overridden", subject, clock.now, wanted.account, payload)) is not None


def listed(conn: Connection, account: str | None = None) -> Sequence[Override]:
    """Everything that is set by hand, lifted things apart; by account and name."""
    query = select(override).where(override.c.value.is_not(None)).order_by(override.c.account, override.c.name)
    query = query if account is None else query.where(override.c.account == account)
    return [Override(**row._asdict()) for row in conn.execute(query)]


def _one(conn: Connection, account: str, name: str) -> Override | None:
    row = conn.execute(select(override).where(override.c.account == account, override.c.name == name)).first()
    return None if row is None else Override(**row._asdict())


def _says(one: Override | None) -> tuple[object, ...]:
    """What counts of it; a lifted one says nothing, whatever it said before."""
    return () if one is None else (one.value, one.reason, one.author, one.until) if one.value else (None,)


def _count(conn: Connection, account: str) -> int:
    """How often anything of the account was set before: makes the key of the next time."""
    mine = (log.c.account == account, log.c.kind == "overridden")
    return int(conn.execute(select(func.count()).select_from(log).where(*mine)).scalar() or 0)
