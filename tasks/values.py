"""What a template may speak of: plain nested values, made of tonight's sheets and of the people it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.company import OURS
from models.decision import Verdict
from models.errors import RenderError
from models.ids import made_of
from models.links import with_parameters
from models.step import Step
from tasks.mail.paths import Paths
from tasks.night import Night
from tasks.people import People, Row

CONTACT = ("first_name", "last_name", "role", "language")
PERSON = ("name", "email")
PREVIEW = "preview"
"""The reference of a mail that goes to nobody."""


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
    pages = {"survey_url": _public(company.survey_url), "booking_url": _public(company.booking_url)}
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
        "booking": {"url": _page(night, company.booking_url, "b", occasion)},
        "meeting": _meeting(occasion),
        **_ways_back(night, occasion),
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
    return {"kind": kind, "url": _page(night, night.rules.company.survey_url, "s", occasion, kind=kind)} if kind else {}


def _page(night: Night, page: str | None, path: str, occasion: Occasion, **told: str) -> str | None:
    """A page of the company's own, told the message's reference; or the one of `perennial serve`, by a token."""
    if page != OURS:
        return with_parameters(page, **told, ref=occasion.reference)
    if not night.settings.public_url:
        raise RenderError("`ours` needs PERENNIAL_PUBLIC_URL, the address at which `perennial serve` is reached")
    return _ours(night, path, occasion) or None


def _public(page: str | None) -> str | None:
    """The address of a page that is the same for everybody."""
    return None if page == OURS else page


def _ways_back(night: Night, occasion: Occasion) -> dict[str, dict[str, str]]:
    """Where the reader says that he wants no such mail, or which; empty as long as no page is reached."""
    return {name: {"url": _ours(night, path, occasion)} for name, path in (("unsubscribe", "u"), ("preferences", "p"))}


def _ours(night: Night, path: str, occasion: Occasion) -> str:
    """A page of `perennial serve` for this one message; empty if it is not reached from outside."""
    message = made_of(PREVIEW) if occasion.reference == PREVIEW else occasion.reference
    return Paths.of(night.settings, night.rules.company).page(path, message, night.clock.now.date())


def _meeting(occasion: Occasion) -> dict[str, Any]:
    """The step's meeting; day and hour if it invites to one."""
    meeting = occasion.step.meeting if occasion.step else None
    if meeting is None:
        return {}
    told = {"agenda": meeting.agenda, "minutes": meeting.minutes}
    return {**told, "on": occasion.meets.date(), "time": f"{occasion.meets:%H:%M}"} if occasion.meets else told
