"""What a template may speak of: plain nested values, made of tonight's sheets and of the people it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.company import OURS
from models.decision import Verdict
from models.errors import RenderError
from models.links import with_parameters
from models.public_page import page_link
from models.step import Step
from models.token import Purpose
from tasks.night import Night
from tasks.people import People, Row

CONTACT = ("first_name", "last_name", "role", "language")
PERSON = ("name", "email")


@dataclass(frozen=True)
class Occasion:
    """What one message is for, beside its subject.

    Attributes:
        step: the step that it belongs to; None for a template that no play uses.
        reference: an opaque name of this one message, which survey and booking pages are told.
        meets: when the meeting begins that it invites to, in the contact's zone.
    """

    step: Step | None
    reference: str
    meets: datetime | None = None

    @property
    def team(self) -> str:
        """Whose name it goes under."""
        return self.step.sender if self.step else "csm"


def values_of(night: Night, people: People, verdict: Verdict, contact: Row, occasion: Occasion) -> dict[str, Any]:
    """The nested plain values of one message."""
    company, account = night.rules.company, verdict.account
    contracts = [people.contracts[id_] for id_ in _contract_ids(verdict) if id_ in people.contracts]
    pages = {"survey_url": _theirs(company.survey_url), "booking_url": _theirs(company.booking_url)}
    return {
        "company": {**company.company.model_dump(), **pages},
        "account": {**people.accounts[account], "id": account},
        "contract": {**contracts[0], "id": contracts[0]["contract_id"]} if contracts else {},
        "contracts": contracts,
        "ticket": _subject(people.tickets, verdict.subject, "ticket:"),
        "session": _subject(people.sessions, verdict.subject, "session:"),
        "contact": _part(contact, CONTACT),
        "csm": _part(people.csm_of(account), PERSON),
        "sales": _part(people.sales_of(account), PERSON),
        "sender": sender_values(night, people, account, occasion.team),
        "step": {"id": verdict.step, "planned_on": verdict.planned_on},
        "survey": _survey(night, occasion),
        "booking": {"url": _page(night, "booking", company.booking_url, occasion)},
        "meeting": _meeting(occasion),
        "as_of": night.as_of,
    }


def sender_values(night: Night, people: People, account: str, team: str) -> dict[str, str]:
    """Name and address of whoever signs; the company's team has a name, and no address of its own."""
    person = people.sender_of(account, team)
    return _part(person or {"name": night.rules.company.company.sender_name}, PERSON)


def _part(row: Row, names: tuple[str, ...]) -> dict[str, str]:
    """These columns, what is missing empty."""
    return {name: row.get(name) or "" for name in names}


def _subject(rows: Any, subject: str, prefix: str) -> Row:
    """The sheet of the subject, if it is of that grain."""
    id_ = subject.removeprefix(prefix)
    return {**rows[id_], "id": id_} if subject.startswith(prefix) and id_ in rows else {}


def _contract_ids(verdict: Verdict) -> list[str]:
    """Ids of the contracts that the conversation is about, the lead first."""
    subjects = (verdict.subject, *verdict.members)
    return [subject.removeprefix("contract:") for subject in subjects if subject.startswith("contract:")]


def _survey(night: Night, occasion: Occasion) -> dict[str, str | None]:
    """What is asked, and where it is answered: the page learns the kind and the message's reference, no person."""
    kind = occasion.step.survey if occasion.step else None
    if not kind:
        return {}
    return {"kind": kind, "url": _page(night, "survey", night.rules.company.survey_url, occasion, kind=kind)}


def _page(night: Night, purpose: Purpose, page: str | None, occasion: Occasion, **told: str) -> str | None:
    """Where a customer goes on: a page of ours, whose token says it all, or another one with parameters."""
    if page != OURS:
        return with_parameters(page, **told, ref=occasion.reference)
    settings = night.settings
    if not settings.public_url:
        raise RenderError(f"{purpose}_url: ours needs PERENNIAL_PUBLIC_URL, the address of `perennial serve`")
    return page_link(settings.public_url, settings.links[0], purpose, occasion.reference, night.as_of)


def _theirs(page: str | None) -> str | None:
    """The address of a page that is not ours: one of ours is another one for each message."""
    return None if page == OURS else page


def _meeting(occasion: Occasion) -> dict[str, Any]:
    """The step's meeting; day and hour if it invites to one."""
    meeting = occasion.step.meeting if occasion.step else None
    if meeting is None:
        return {}
    told = {"agenda": meeting.agenda, "minutes": meeting.minutes}
    return {**told, "on": occasion.meets.date(), "time": f"{occasion.meets:%H:%M}"} if occasion.meets else told
