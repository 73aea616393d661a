"""Invitations: when a meeting is, and the calendar request that goes with the mail."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.decision import Verdict
from models.ids import made_of
from models.step import Step
from tasks.mail.calendar import Invitation, Person, request
from tasks.mail.render import Rendered
from tasks.night import Night
from tasks.queued import hours


@dataclass(frozen=True)
class Meeting:
    """A meeting that customers are invited to.

    Attributes:
        uid: made of what the step is about and of its day: every attendee's request is for the same event.
        starts: aware, in the zone of the first one invited.
    """

    uid: str
    starts: datetime
    minutes: int


def meeting_of(night: Night, verdict: Verdict, step: Step, zone: str, country: str) -> Meeting | None:
    """The meeting of a step that invites to one: on the first working day so many days from tonight."""
    if step.meeting is None or step.meeting.invite is None:
        return None
    days = hours(night.rules.company.calendar, country, night.as_of).workdays
    day = days.shifted(night.as_of + timedelta(days=step.meeting.in_days), "next_working_day")
    starts = datetime.combine(day, time.fromisoformat(step.meeting.time), ZoneInfo(zone))
    facts = (verdict.subject, verdict.play, verdict.step, verdict.occurrence, starts.isoformat())
    return Meeting(made_of("meeting", *facts), starts, step.meeting.minutes)


def invitation(night: Night, meeting: Meeting, sender: dict[str, str], attendee: Person, words: Rendered) -> str:
    """The request to one attendee, in the words of the rendered mail.

    Raises:
        RenderError: the contact's address is not valid.
    """
    mail_from = night.settings.mail_from
    return request(
        Invitation(
            uid=f"{meeting.uid}@{mail_from.rpartition('@')[2]}", starts=meeting.starts, minutes=meeting.minutes,
            stamp=night.clock.now, summary=words.subject, description=words.text,
            organizer=Person(sender["name"], sender["email"] or mail_from),
            attendee=attendee, sent_by=mail_from,
        )
    )  # fmt: skip
