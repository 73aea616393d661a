"""What a person may start: a play that is there and not stopped, for a subject that is there and not in it."""

from sqlalchemy import Connection, select

from models.errors import UsageError
from models.nearest import did_you_mean
from models.play import Play
from models.tables import enrollment
from tasks.night import Night
from tasks.store.switches import EVERYTHING, is_stopped

_MINE = "SELECT {grain}_id, {active} FROM read_parquet(?) WHERE account_id = ? ORDER BY 1"


def require_startable(conn: Connection, night: Night, name: str) -> Play:
    """The play of that name.

    Raises:
        UsageError: there is none, with the nearest; or it is stopped.
    """
    plays = night.rules.plays
    if name not in plays:
        raise UsageError(f"there is no play '{name}'; {did_you_mean(name, plays)}")
    if is_stopped(conn, EVERYTHING, name):
        raise UsageError(f"'{name}' is stopped; let it go on with: perennial resume")
    return plays[name]


def subject_of(conn: Connection, night: Night, play: Play, account: str, said: str | None) -> str:
    """The subject that is meant, e.g. `contract:S-1`; of several contracts the one in force, if there is just one.

    Raises:
        UsageError: there is none, several could be meant, or the play runs for it already.
    """
    id_ = account if play.per == "account" else _one_of(night, play, account, said)
    subject = f"{play.per}:{id_}"
    running = select(enrollment.c.enrolled_on).where(
        enrollment.c.play == play.play, enrollment.c.subject == subject, enrollment.c.ended_on.is_(None)
    )
    since = conn.execute(running).scalar()
    if since is not None:
        raise UsageError(f"'{play.play}' runs for {subject} already, since {since}")
    return subject


def _one_of(night: Night, play: Play, account: str, said: str | None) -> str:
    """The id that is said, or the only one there is."""
    known = _subjects(night, play, account)
    if said is None:
        able = [id_ for id_, active in known.items() if active] or list(known)
        if len(able) == 1:
            return able[0]
        which = f"one of {', '.join(sorted(able)[:12])}" if able else "and the account has none"
        raise UsageError(f"'{play.play}' is about a {play.per}: say --subject ID, {which}")
    id_ = said.removeprefix(f"{play.per}:")
    if play.per == "session" and f"{id_}/{account}" in known:  # a session is one subject an account
        return f"{id_}/{account}"
    if id_ not in known:
        raise UsageError(f"account '{account}' has no {play.per} '{id_}'; {did_you_mean(id_, known)}")
    return id_


def _subjects(night: Night, play: Play, account: str) -> dict[str, bool]:
    """The account's subjects of the play's grain; of contracts and contacts, whether they are in force or there."""
    path = night.lake.resolve(night.path(f"sheet_{play.per}.parquet"))
    active = f"coalesce({play.per}_active, false)" if play.per in ("contract", "contact") else "true"
    con = night.lake.duckdb()
    try:
        return dict(con.execute(_MINE.format(grain=play.per, active=active), [path, account]).fetchall())
    finally:
        con.close()
