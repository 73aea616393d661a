"""Cancel what an ended enrollment still had to say."""

from sqlalchemy import Connection

from models.event import Event
from models.message import INTERNAL, WAITING
from tasks.night import Night
from tasks.store.events import append
from tasks.store.messages import move, of_enrollments

CANCELABLE = WAITING | {"held"}


def cancel(conn: Connection, night: Night, enrollments: list[str]) -> None:
    """Cancel the waiting and held messages of these enrollments, in the transaction that ends them.

    What our own people and systems are told of it still goes.
    """
    for message in of_enrollments(conn, enrollments) if enrollments else ():
        if message.channel in INTERNAL:
            continue
        payload = {"reason": "its enrollment has ended"}
        at = night.clock.now
        if not move(
            conn, message.message_id, expected=CANCELABLE, kind="message_canceled", effective_at=at, payload=payload
        ):
            continue
        ended = {
            "enrollment_id": message.enrollment_id, "step": message.step, "outcome": "canceled",
            "reason": payload["reason"], "on": night.as_of.isoformat(),
        }  # fmt: skip
        key = f"step_end:{message.enrollment_id}:{message.step}"
        append(conn, Event(key, "step_ended", f"enrollment:{message.enrollment_id}", at, message.account, ended))
