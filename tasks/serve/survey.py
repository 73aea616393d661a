"""`/s/TOKEN`: the answer to a survey."""

import json

from sqlalchemy import Connection, select

from models.play import Play
from models.survey_scale import SCALES
from models.tables import enrollment, play_version
from tasks.serve.desk import Desk, Noun, Shown
from tasks.serve.repeating import latest, next_id
from tasks.serve.visit import BAD, GONE, Refused, Visit
from tasks.store.inbound import Received, Words, about, receive, texts_of

LONGEST = 2000
"""Letters of a comment that are kept."""


def show(_desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """The question; a number in the query, as links in mails have it, is only ticked."""
    kind = _kind(conn, visit)
    before = latest(conn, visit.message.message_id, "survey")
    said = SCALES[kind].number(visit.given.get("score", ""))
    ticked = said if said is not None else int(before.score) if before and before.score else None
    comment = _comment(conn, before)
    return Shown("survey", {"kind": kind, "numbers": SCALES[kind].numbers, "ticked": ticked, "comment": comment})


def act(_desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """Record the answer; of several the latest counts, and the same once more is the same."""
    kind = _kind(conn, visit)
    score, comment = SCALES[kind].number(visit.given.get("score", "")), visit.given.get("comment", "")
    comment = comment.replace("\x00", "").strip()[:LONGEST]
    if score is None:
        values = {"kind": kind, "numbers": SCALES[kind].numbers, "ticked": None, "comment": comment}
        return Shown("survey", values, BAD)
    before = latest(conn, visit.message.message_id, "survey")
    if before is None or before.score != str(score) or _comment(conn, before) != comment:
        told = Received(
            next_id(conn, visit.message.message_id, "survey"), visit.at, "survey", score=str(score), answer=kind,
            effect="replaces the answer before" if before else None, **about(visit.message),
        )  # fmt: skip
        receive(conn, told, Words(text=comment) if comment else None)
    return Shown("thanks", {"kind": kind, "score": score, "again": before is not None})


def _kind(conn: Connection, visit: Visit) -> str:
    """Which survey the mail's step asks; its play may have moved on since, so every version is asked.

    Raises:
        Refused: the step asks for nothing.
    """
    step, pinned = visit.message.step or "", visit.message.enrollment_id
    mine = select(enrollment.c.play_hash).where(enrollment.c.enrollment_id == pinned).scalar_subquery()
    versions = select(play_version.c.text).where(play_version.c.play == visit.message.play)
    for text in conn.execute(versions.order_by((play_version.c.hash == mine).desc(), play_version.c.hash)).scalars():
        asks = Play.model_validate(json.loads(text)).by_id.get(step)
        if asks and asks.survey:
            return asks.survey
    raise Refused(GONE)


def _comment(conn: Connection, before: Received | None) -> str:
    """What was written with that answer."""
    return texts_of(conn, [before.inbound_id]).get(before.inbound_id, "") if before else ""


SURVEY = Noun("survey", show, act)
