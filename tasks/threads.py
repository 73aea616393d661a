"""Which mail a thread goes on from: the one of that step to the same address, whatever the step was called then."""

from sqlalchemy import Connection, or_, select

from models.conversation import RESTARTED
from models.decision import Verdict
from models.message import REACHED, WAITING
from models.play import Play
from models.tables import enrollment, message


def continued(conn: Connection, verdict: Verdict, play: Play, step: str, address_key: str) -> str | None:
    """Send key of the newest mail of an earlier step that the address had, or is to have, in this conversation.

    It is found under the names that the step had in earlier versions, in the enrollment that a restart took this one
    from, and under the account that was merged into this one. None if there is none.
    """
    query = select(enrollment.c.renamed).where(enrollment.c.enrollment_id == verdict.enrollment_id)
    renamed = dict(conn.execute(query).scalar() or {})
    names = {logged for logged, name in (renamed | play.migrate.steps).items() if name == step}
    names |= {step} if renamed.get(step, step) == step else set()
    parts = verdict.occurrence.split(RESTARTED)
    before = [RESTARTED.join(parts[:count]) for count in range(1, len(parts))]
    mine = or_(
        message.c.enrollment_id == verdict.enrollment_id,
        (message.c.subject == verdict.subject) & message.c.occurrence.in_(before),
    )
    found = select(message.c.send_key).where(
        message.c.address_key == address_key, message.c.channel == "email", message.c.play == verdict.play,
        message.c.step.in_(sorted(names)), message.c.state.in_(sorted(REACHED | WAITING)), mine,
    )  # fmt: skip
    return conn.execute(found.order_by(message.c.changed_seq.desc()).limit(1)).scalar()
