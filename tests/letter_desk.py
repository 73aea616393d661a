"""A desk to write letters at: one account with its people, templates of our own, and steps that send."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from config.files import Files, read_files
from models.case import Recipient
from models.company import Company
from models.decision import Verdict
from models.play import Play
from tasks.letters import Letter, letters
from tasks.night import Night
from tasks.people import People
from tasks.store.engine import begin
from tasks.store.events import append_all
from tasks.store.messages import keep_person
from tests.mailroom import address, key_of, room

SENDERS = {
    "nina": {"csm_id": "nina", "name": "Nina Park", "email": "nina@perennial.example", "team": "csm"},
    "tom": {"csm_id": "tom", "name": "Tom Reyes", "email": "tom@perennial.example", "team": "sales"},
}
PAGES: dict[str, Any] = {
    "survey_url": "https://answers.example.com/s?lang=en", "booking_url": "https://meet.example.com/cs",
}  # fmt: skip
MAIL = """---
subject: "{subject}"
class: service
needs: [account.name]
optional: [{optional}]
---
{body}
"""


def template(subject: str, body: str, *optional: str) -> str:
    """A template's file."""
    return MAIL.format(subject=subject, body=body, optional=", ".join(optional))


TEMPLATES = {
    "t/hello": template("Hello {{ account.name }}", "From {{ sender.name }}.", "sender.name"),
    "t/again": template("Once more", "Did you see it?"),
    "t/ask": template("A question", "[Answer]({{ survey.url }}): {{ survey.kind }}.", "survey.url", "survey.kind"),
    "t/invite": template(
        "Our meeting on {{ meeting.on | date }}", "{{ meeting.agenda }}, {{ meeting.time }}, {{ meeting.minutes }}.",
        "meeting.on", "meeting.agenda", "meeting.time", "meeting.minutes",
    ),
    "t/book": template("Shall we talk?", "[Choose a time]({{ booking.url }})", "booking.url"),
    "t/ticket": template("Your ticket {{ ticket.id }}", "It was {{ ticket.ticket_priority }}.", "ticket"),
    "t/session": template("{{ session.session_topic }}", "[Join]({{ session.session_url }})", "session"),
}  # fmt: skip


def desk(folder: Path, company: dict[str, Any] | None = None, **settings: Any) -> Night:
    """A night with templates and a company."""
    night = room(folder, **settings)
    files = {f"templates/emails/{name}.en.md": text for name, text in TEMPLATES.items()}
    known = Files({**read_files().texts, **files})
    rules = SimpleNamespace(company=Company.model_validate({**PAGES, **(company or {})}), files=known)
    night.rules = cast("Any", rules)
    return night


def people(**changes: Any) -> People:
    """Account A-0 with contacts 0 to 3, a CSM and a salesperson."""
    contacts = {
        f"C-{number}": {
            "contact_id": f"C-{number}", "account_id": "A-0", "email": address(number), "first_name": "Ada",
            "last_name": f"Nr {number}", "role": "sponsor",
        }
        for number in range(4)
    }  # fmt: skip
    account = {"account_id": "A-0", "name": "Acme", "csm_id": "nina", "country": "DE", "timezone": "Europe/Berlin"}
    known = {"accounts": {"A-0": account}, "contacts": contacts, "csms": SENDERS, "sales": {"A-0": "tom"}}
    return People(**{**known, **changes})


def recipient(night: Night, number: int = 0, zone: str = "") -> Recipient:
    """Contact number n."""
    return Recipient(f"C-{number}", "sponsor", key_of(night, number), timezone=zone)


def verdict(step: str, *recipients: Recipient, **changes: Any) -> Verdict:
    """A step that is due."""
    told: dict[str, Any] = {
        "enrollment_id": "E-0", "subject": "account:A-0", "account": "A-0", "play": "p", "occurrence": "1",
        "step": step, "kind": "email", "planned_on": date(2024, 12, 31), "verdict": "due", "reason": "its day",
        "recipients": recipients, **changes,
    }  # fmt: skip
    return Verdict(**told)


def play(*steps: dict[str, Any]) -> Play:
    """A play of these steps, each on day 0 and to the sponsor unless it says otherwise."""
    given = [{"day": 0, **step} for step in steps]
    return Play.model_validate({"play": "p", "per": "account", "audience": "true", "anchor": "x", "steps": given})


def write(night: Night, given: Verdict, step: dict[str, Any], known: People | None = None) -> list[Letter]:
    """The letters of one step."""
    return list(letters(night, known or people(), given, play({"id": given.step, **step})))


def store(night: Night, *found: Letter) -> None:
    """Put letters into the ledger, as the night does."""
    with begin(night.engine) as conn:
        append_all(conn, (letter.event for letter in found))
        keep_person(conn, *(letter.kept for letter in found if letter.kept))
