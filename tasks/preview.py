"""A template as a customer would read it: today's files, the newest night's values, a contact of the account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.files import Files
from config.parts import read_parts
from models.case import Recipient
from models.decision import Verdict
from models.errors import UsageError
from models.nearest import did_you_mean
from models.play import Play
from tasks.invitations import meeting_of
from tasks.mail.paths import own_host
from tasks.mail.press import press
from tasks.mail.render import Rendered
from tasks.mail.template import find_template, languages_of, template_names
from tasks.night import Night
from tasks.people import People, Row, people
from tasks.preview_subject import SAMPLE_HOSTS, Use, verdict_of, with_samples
from tasks.queued import zone_of
from tasks.store import landings
from tasks.store.engine import read
from tasks.values import PREVIEW, Occasion, values_of


@dataclass(frozen=True)
class Preview:
    """A rendered message and whom it was rendered for.

    Attributes:
        samples: values that it needs and this account does not have; a sample stands for each.
    """

    rendered: Rendered
    contact: str
    role: str
    samples: tuple[str, ...] = ()


def preview(night: Night, files: Files, template: str, account: str, language: str | None = None) -> Preview:
    """The mail as the account's contact in the step's role would get it.

    Raises:
        UsageError: there is no such template, or the account has nobody to write to.
        RenderError: a value that the template needs is missing.
    """
    if template not in template_names(files):
        raise UsageError(f"there is no template '{template}'; {did_you_mean(template, template_names(files))}")
    written = languages_of(files, template)
    if language and language.replace("_", "-").partition("-")[0] not in {one.partition("-")[0] for one in written}:
        raise UsageError(f"'{template}' is not written in '{language}'; {did_you_mean(language, written)}")
    parts = read_parts(files)
    use = _use(parts.read["plays"].values(), template)
    company = parts.read.get("company", night.rules.company)
    today = replace(night, rules=replace(night.rules, files=files, company=company))
    with read(night.engine) as conn:
        landed = landings.landed(conn, night.landing_seq)
    known = people(today, landed, [account])
    contact = _contact(known, account, (*use.roles, *company.fallback_roles))
    wanted = language or contact.get("language") or known.accounts[account].get("language") or company.language
    front = find_template(files, template, wanted).front
    verdict = verdict_of(today, known, account, use, contact["contact_id"], (*front.needs, *front.optional))
    values, samples = with_samples(_values(today, known, verdict, contact, use), front.needs, night.as_of)
    beside = (*own_host(night.settings), *(SAMPLE_HOSTS if samples else ()))
    mail = press().render(files, template, wanted, values, beside)
    return Preview(mail, contact["contact_id"], contact.get("role") or "", samples)


def _values(night: Night, known: People, verdict: Verdict, contact: Row, use: Use) -> dict[str, Any]:
    """The values that the step would have tonight."""
    account, calendar = known.accounts[verdict.account], night.rules.company.calendar
    zone = zone_of(Recipient("", "", "", timezone=contact.get("timezone") or ""), account, calendar.timezone)
    meeting = meeting_of(night, verdict, use.step, zone, account.get("country") or "") if use.step else None
    occasion = Occasion(use.step, PREVIEW, meeting.starts if meeting else None)
    return values_of(night, known, verdict, contact, occasion)


def keep(folder: Path, template: str, account: str, rendered: Rendered) -> tuple[Path, Path]:
    """Write the HTML and the text; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in f"{template}-{account}")
    html, text = (folder / f"{stem}.{rendered.language}.{kind}" for kind in ("html", "txt"))
    html.write_text(rendered.html, encoding="utf-8")
    text.write_text(f"Subject: {rendered.subject}\n\n{rendered.text}", encoding="utf-8")
    return html, text


def _use(plays: Iterable[Play], template: str) -> Use:
    """The first step that sends it."""
    steps = (Use(play, step) for play in plays for step in play.steps if step.template == template)
    return next(steps, Use())


def _contact(known: People, account: str, roles: tuple[str, ...]) -> Row:
    """The contact of the first role that somebody has, else any."""
    here = [one for one in known.contacts.values() if one["account_id"] == account and not one.get("left_on")]
    if not here:
        raise UsageError(f"account '{account}' has no contact to write to")
    order = {role: place for place, role in reversed(list(enumerate(roles)))}
    return min(here, key=lambda one: (order.get(one.get("role") or "", len(roles)), one["contact_id"]))
