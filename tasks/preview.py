"""A template as a customer would read it: today's files, the newest night's values, a contact of the account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from config.files import Files
from config.parts import read_parts
from models.decision import Verdict
from models.errors import UsageError
from models.nearest import did_you_mean
from models.play import Play
from models.step import Step
from tasks.mail.render import Rendered, render
from tasks.mail.template import DEFAULT_LANGUAGE, find_template, languages_of, template_names
from tasks.night import Night
from tasks.people import People, Row, people
from tasks.store import landings
from tasks.store.engine import read
from tasks.values import Occasion, values_of


@dataclass(frozen=True)
class Preview:
    """A rendered mail and whom it was rendered for."""

    rendered: Rendered
    contact: str
    role: str


@dataclass(frozen=True)
class _Use:
    """Where plays use the template: whom it goes to, and what it is about."""

    play: Play | None = None
    step: Step | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that the step writes to."""
        return self.step.to if self.step else ()

    @property
    def coterm(self) -> int:
        """Days within which contracts share a conversation."""
        return (self.play.coterm if self.play else None) or 0


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
    verdict = _verdict(today, known, account, use, template)
    wanted = language or contact.get("language") or known.accounts[account].get("language") or company.language
    rendered = render(files, template, wanted, values_of(today, known, verdict, contact, Occasion(use.step, "preview")))
    return Preview(rendered, contact["contact_id"], contact.get("role") or "")


def keep(folder: Path, template: str, account: str, rendered: Rendered) -> tuple[Path, Path]:
    """Write the HTML and the text; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in f"{template}-{account}")
    html, text = (folder / f"{stem}.{rendered.language}.{kind}" for kind in ("html", "txt"))
    html.write_text(rendered.html, encoding="utf-8")
    text.write_text(f"Subject: {rendered.subject}\n\n{rendered.text}", encoding="utf-8")
    return html, text


def _use(plays: Iterable[Play], template: str) -> _Use:
    """The first step that sends it."""
    steps = (_Use(play, step) for play in plays for step in play.steps if step.email == template)
    return next(steps, _Use())


def _contact(known: People, account: str, roles: tuple[str, ...]) -> Row:
    """The contact of the first role that somebody has, else any."""
    here = [one for one in known.contacts.values() if one["account_id"] == account and not one.get("left_on")]
    if not here:
        raise UsageError(f"account '{account}' has no contact to write to")
    order = {role: place for place, role in reversed(list(enumerate(roles)))}
    return min(here, key=lambda one: (order.get(one.get("role") or "", len(roles)), one["contact_id"]))


def _verdict(night: Night, known: People, account: str, use: _Use, template: str) -> Verdict:
    """As if the step were due."""
    contracts = _contracts(known, account, use.coterm) if _about_contracts(night, use, template) else []
    subjects = [f"contract:{id_}" for id_ in contracts] or [f"account:{account}"]
    return Verdict(
        enrollment_id="preview", subject=subjects[0], account=account, play=use.play.play if use.play else "preview",
        occurrence="preview", step=use.step.id if use.step else "preview", kind="email", planned_on=night.as_of,
        verdict="due", reason="preview", members=tuple(subjects[1:]),
    )  # fmt: skip


def _about_contracts(night: Night, use: _Use, template: str) -> bool:
    """Whether its play is per contract, or its text speaks of one."""
    if use.play:
        return use.play.per == "contract"
    declared = find_template(night.rules.files, template, DEFAULT_LANGUAGE).declared
    return any(name.startswith("contract") for name in declared)


def _contracts(known: People, account: str, coterm: int) -> list[str]:
    """The account's most urgent running contract, and those whose deadline is near its own."""
    mine = [row for row in known.contracts.values() if row["account_id"] == account and row.get("contract_active")]
    mine.sort(key=lambda row: (row.get("opt_out_deadline") or date.max, row["contract_id"]))
    if not mine or not mine[0].get("opt_out_deadline"):
        return [row["contract_id"] for row in mine[:1]]
    first = mine[0]["opt_out_deadline"]
    near = [row for row in mine if row.get("opt_out_deadline") and (row["opt_out_deadline"] - first).days <= coterm]
    return [row["contract_id"] for row in near]
