"""`/b/TOKEN`: an hour for a meeting, chosen by the customer; the CSM confirms it."""

from datetime import date, datetime

from sqlalchemy import Connection

from models.case import Recipient
from models.meeting_slots import chosen, name, slots
from tasks.queued import hours, zone_of
from tasks.received_tasks import open_task, replace_task
from tasks.serve.desk import Desk, Noun, Shown
from tasks.serve.repeating import latest, next_id
from tasks.serve.visit import BAD, Visit
from tasks.store.inbound import Received, about, receive


def show(desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """The hours of the next working days, and what was chosen before."""
    return Shown("booking", _values(desk, conn, visit))


def act(desk: Desk, conn: Connection, visit: Visit) -> Shown:
    """Record the hour, and ask the CSM to confirm it; the same hour once more is the same."""
    slot = chosen(visit.given.get("slot", ""), _offered(desk, visit))
    before = latest(conn, visit.message.message_id, "booking")
    if slot is None:
        return Shown("booking", _values(desk, conn, visit) | {"missing": True}, BAD)
    told = f"{name(slot).replace('T', ' ')} {_zone(desk, visit)}"
    if before is None or before.answer != told:
        received = Received(
            next_id(conn, visit.message.message_id, "booking"), visit.at, "booking", answer=told, meets_on=slot.date(),
            effect="a task to confirm it", **about(visit.message),
        )  # fmt: skip
        receive(conn, received)
        if before:
            replace_task(conn, before, received)
        open_task(conn, received, visit.message, visit.asked)
    return Shown("booked", {"slot": slot, "zone": _zone(desk, visit)})


def _values(desk: Desk, conn: Connection, visit: Visit) -> dict[str, object]:
    """What the page speaks of."""
    before = latest(conn, visit.message.message_id, "booking")
    days = [(day, [(name(one), one) for one in hours_]) for day, hours_ in _offered(desk, visit).items()]
    chosen_before = _when(before) if before else None
    return {"days": days, "zone": _zone(desk, visit), "before": chosen_before, "missing": False}


def _when(booked: Received) -> datetime | None:
    """The hour of a booking, local time."""
    day, hour, *_ = (booked.answer or "").split(" ")
    return datetime.fromisoformat(f"{day}T{hour}") if hour else None


def _offered(desk: Desk, visit: Visit) -> dict[date, list[datetime]]:
    """The hours that may be chosen now, by the calendar of the account's country."""
    window = hours(desk.company.calendar, visit.place.country, visit.clock.now.date())
    return slots(visit.clock.now, _zone(desk, visit), window)


def _zone(desk: Desk, visit: Visit) -> str:
    """The zone in which the contact reads a clock."""
    return zone_of(Recipient("", "", "", timezone=visit.place.zone), {}, desk.company.calendar.timezone)


BOOKING = Noun("booking", show, act, where=True)
