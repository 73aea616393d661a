"""Every mail in every language for the worst of customers: what `perennial templates check` says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.files import Files
from config.hosts import FILE, allowed_hosts
from config.load import load_rules
from config.scoring import sheet_columns
from config.yaml_lines import read_yaml
from models.company import Company
from models.errors import ConfigError, RenderError
from tasks.mail.contexts import MARKUP, Columns, Customer, customers, values_for
from tasks.mail.layout import direction_of, settled
from tasks.mail.names import unknown_names
from tasks.mail.press import Press
from tasks.mail.proof import faults, seen
from tasks.mail.template import LAYOUTS, Template, find_template, languages_of, template_names


@dataclass
class Proofs:
    """What came of it.

    Attributes:
        problems: what is wrong, each once with the first customer it is wrong for.
        missing: language → templates that are not written in it, though others are.
        mails: how many were rendered.
    """

    problems: list[ConfigError] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    mails: int = 0


@dataclass(frozen=True)
class Sampler:
    """Made-up values for the templates of a configuration."""

    files: Files
    columns: Columns
    company: dict[str, Any]
    hosts: frozenset[str]

    @classmethod
    def of(cls, files: Files) -> "Sampler":
        """One for these files, which are otherwise right."""
        company = Company.model_validate(read_yaml(files.get(FILE, ""), FILE)[0] or {})
        told = {"survey_url": company.survey_url, "booking_url": company.booking_url}
        columns = sheet_columns(load_rules(files))
        return cls(files, columns, {**company.company.model_dump(), **told}, allowed_hosts(files))

    def values(self, template: Template, customer: Customer) -> dict[str, Any]:
        """What the template and the footer need, of this customer."""
        footer = find_template(self.files, f"{LAYOUTS}/footer", template.language)
        host = next(iter(sorted(host for host in self.hosts if "*" not in host)), "no-host-is-allowed.example")
        return values_for(customer, (*footer.declared, *template.declared), self.columns, self.company, host)


def proofread(files: Files, press: Press) -> Proofs:
    """Render every mail for every kind of customer, and read the proofs."""
    sampler, found = Sampler.of(files), Proofs()
    for template in every_template(files):
        problems = unknown_names(template, sampler.columns) or _read(sampler, press, template, found)
        found.problems += problems
    found.missing = missing_languages(files)
    return found


def every_template(files: Files) -> Iterator[Template]:
    """Every mail in every language it is written in."""
    for name in template_names(files):
        for language in languages_of(files, name):
            yield find_template(files, name, language)


def missing_languages(files: Files) -> dict[str, list[str]]:
    """Language → templates that lack it, of the languages that any template has."""
    written = {name: set(languages_of(files, name)) for name in template_names(files)}
    languages = sorted(set().union(*written.values()))
    lacking = {one: [name for name, has in written.items() if one not in has] for one in languages}
    return {language: names for language, names in lacking.items() if names}


def _read(sampler: Sampler, press: Press, template: Template, found: Proofs) -> list[ConfigError]:
    """What is wrong with one template, each fault once."""
    told: dict[str, str] = {}
    for customer in customers(template):
        found.mails += 1
        for fault in _faults(sampler, press, template, customer):
            told.setdefault(fault, customer.label)
    return [_placed(template, fault, label) for fault, label in told.items()]


def _faults(sampler: Sampler, press: Press, template: Template, customer: Customer) -> list[str]:
    """What is wrong with the mail to one customer."""
    values = sampler.values(template, customer)
    try:
        mail = press.render(sampler.files, template.name, template.language, values)
    except RenderError as error:
        return [str(error)]
    html = settled(sampler.files, template.front.layout, direction_of(template.language), sampler.hosts)
    return faults(mail, frozenset(seen(html)), literal=customer.text == MARKUP)


def _placed(template: Template, fault: str, label: str) -> ConfigError:
    """A fault as a problem of the template's file, at its line if it has one."""
    file, _, rest = fault.partition(":")
    if file != template.path:
        return ConfigError(f"with {label}: {fault}", file=template.path)
    line, _, said = rest.partition(":")
    if line.isdigit():
        return ConfigError(f"with {label}: {said.strip()}", file=file, line=int(line))
    return ConfigError(f"with {label}: {rest.strip()}", file=file)
