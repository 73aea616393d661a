"""Whether templates speak only of what a play's subject has: columns of its fact sheet, its people, its step."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from jinja2 import TemplateSyntaxError

from config.files import Files
from config.load import Rules, load_rules
from config.parts import Parts, read_parts
from config.scoring import sheet_columns
from models.company import Sender
from models.errors import ConfigError
from models.nearest import did_you_mean
from models.play import Play
from models.step import Step
from tasks.mail.sandbox import environment, names_read
from tasks.mail.template import Template, find_template, languages_of
from tasks.values import CONTACT, PERSON

Known = Mapping[str, frozenset[str] | None]
"""Root → the names under it; None where anything goes; a root that is not in it is not there at all."""


def check_names(files: Files) -> list[ConfigError]:
    """Every name of a template that a step uses and that its play cannot give, with the template's file.

    Call it with rules that are right; a template that cannot be read is passed over, as `check_templates` tells of it.
    """
    rules, parts = load_rules(files), read_parts(files)
    columns = sheet_columns(rules)
    for play in rules.plays.values():
        for place, step in enumerate(play.steps):
            if step.template:
                known = _known(play, step, columns)
                for template in _templates(rules, step.template):
                    _check(parts, play, place, template, known)
    return parts.problems


def _templates(rules: Rules, name: str) -> Iterator[Template]:
    """The template in each of its languages, as far as it can be read."""
    for language in languages_of(rules.files, name):
        with suppress(ConfigError):
            yield find_template(rules.files, name, language)


def _known(play: Play, step: Step, columns: Mapping[str, Mapping[str, object]]) -> Known:
    """What a mail of this step may speak of."""
    people = {"contact": frozenset(CONTACT), **dict.fromkeys(("csm", "sales", "sender"), frozenset(PERSON))}
    sheets: dict[str, frozenset[str] | None] = {
        grain: frozenset({*columns[grain], "id"})
        for grain in ("account", play.per)
        if grain in columns and grain != "contact"
    }
    known: dict[str, frozenset[str] | None] = {
        **people, **sheets, "company": frozenset({*Sender.model_fields, "survey_url", "booking_url"}),
        "step": frozenset({"id", "planned_on"}), "booking": frozenset({"url"}),
        "unsubscribe": frozenset({"url"}), "preferences": frozenset({"url"}), "as_of": None, "message": None,
    }  # fmt: skip
    if play.per == "contract":
        known["contracts"] = None
    if step.survey:
        known["survey"] = frozenset({"kind", "url"})
    if step.meeting:
        known["meeting"] = frozenset({"agenda", "minutes", "on", "time"})
    return known


def _check(parts: Parts, play: Play, place: int, template: Template, known: Known) -> None:
    """Every name that the template declares or speaks of."""
    file = f"config/plays/{play.play}.yaml"
    for name in _spoken_of(template):
        root, _, rest = name.partition(".")
        if root not in known:
            said = f"{template.path} speaks of '{name}', which this step of a play per {play.per} does not have"
            parts.say(said, file, "steps", place, "id")
            continue
        names = known[root]
        if names is not None and rest and rest.partition(".")[0] not in names:
            problem = f"there is no '{name}'; {did_you_mean(rest, names)}"
            parts.problems.append(ConfigError(problem, file=template.path, line=_line(template, name), key=name))


def _spoken_of(template: Template) -> tuple[str, ...]:
    """What it declares, then what it reads beside that: `needs: [account]` declares no column of it."""
    found = dict.fromkeys(template.declared)
    with suppress(TemplateSyntaxError):
        trees = [environment(template.language).parse(text) for _, text in template.texts]
        found |= dict.fromkeys(name for tree in trees for name, _ in names_read(tree))
    return tuple(found)


def _line(template: Template, name: str) -> int | None:
    """Where the name stands first in the text, whose lines are numbered as the file's."""
    return next((number for number, line in enumerate(template.body.splitlines(), 1) if name in line), None)
