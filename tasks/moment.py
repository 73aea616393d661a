"""The clock of what people do between two nights."""

from datetime import datetime

from sqlalchemy import Connection

from models.clock import Clock
from tasks.store.runs import recent


def moment(conn: Connection, wall: datetime) -> Clock:
    """The clock for a deed of now (aware UTC), by the calendar of this installation's nights.

    Its day is that of the newest night, never a later one: what was done on the results of a night is known to the
    next, even when the nights are played through for another year. Before the first night it is today.
    """
    newest = next(iter(recent(conn, 1)), None)
    if newest is None or newest.as_of >= wall.date():
        return Clock.at(wall.date(), wall)
    if newest.seal and not newest.seal["played"]:
        return Clock(newest.as_of, wall, played=False)
    return Clock.at(newest.as_of, wall)
