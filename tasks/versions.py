"""Which versions of which plays are alive tonight: the configured ones, and those that running enrollments pin."""

import json

from sqlalchemy import Connection, select

from models.anchors import Anchors
from models.play import Play, PlayCondition, conditions_of
from models.tables import enrollment, play_version


def versions(conn: Connection, plays: dict[str, Play]) -> dict[str, Play]:
    """Play hash → play."""
    running = select(enrollment.c.play_hash).where(enrollment.c.ended_on.is_(None)).distinct()
    pinned = select(play_version.c.text).where(play_version.c.hash.in_(running)).order_by(play_version.c.hash)
    old = [Play.model_validate(json.loads(text)) for text in conn.execute(pinned).scalars()]
    return {play.hash: play for play in (*old, *plays.values())}


def conditions(plays: dict[str, Play], anchors: Anchors) -> list[PlayCondition]:
    """Every condition to be judged; an anchor is judged as well, so that its staleness is known like any other's."""
    dates = [
        PlayCondition(f"{play.hash}.anchor:{name}", play.per, f"{anchors.anchors[name].date} is not null")
        for play in plays.values()
        for name in play.anchors
        if anchors.anchors[name].date is not None
    ]
    return sorted([*conditions_of(list(plays.values())), *dates], key=lambda condition: condition.id)


def hashes(conn: Connection) -> dict[str, str]:
    """Running enrollment → hash of the play it pins."""
    query = select(enrollment.c.enrollment_id, enrollment.c.play_hash).where(enrollment.c.ended_on.is_(None))
    return dict(conn.execute(query).tuples().all())
