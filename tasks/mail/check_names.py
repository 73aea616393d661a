"""Whether templates speak only of what a play's subject has: columns of its fact sheet, its people, its step."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from jinja2 import TemplateSyntaxError

from config.files import Files
from config.load import Rules, load_rules
from config.parts import Parts, read_parts
from config.scoring import sheet_columns
from models.errors import ConfigError
from models.play import Play
from models.step import Step
from tasks.mail.grammar import names_read
from tasks.mail.names import EVERYWHERE, MEETING, SURVEY, Known, unknown
from tasks.mail.sandbox import environment
from tasks.mail.template import Template, find_template, languages_of


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
    sheets: dict[str, frozenset[str] | None] = {
        grain: frozenset({*columns[grain], "id"})
        for grain in ("account", play.per)
        if grain in columns and grain != "contact"
    }
    known: dict[str, frozenset[str] | None] = {**EVERYWHERE, **sheets}
    if play.per == "contract":
        known["contracts"] = None
    if step.survey:
        known["survey"] = SURVEY
    if step.meeting:
        known["meeting"] = MEETING
    return known


def _check(parts: Parts, play: Play, place: int, template: Template, known: Known) -> None:
    """Every name that the template declares or speaks of."""
    file = f"config/plays/{play.play}.yaml"
    for name in _spoken_of(template):
        root, _, _ = name.partition(".")
        if root not in known:
            said = f"{template.path} speaks of '{name}', which this step of a play per {play.per} does not have"
            parts.say(said, file, "steps", place, "id")
            continue
        wrong = unknown(template, name, known)
        parts.problems += [wrong] if wrong else []


def _spoken_of(template: Template) -> tuple[str, ...]:
    """What it declares, then what it reads beside that: `needs: [account]` declares no column of it."""
    found = dict.fromkeys(template.declared)
    with suppress(TemplateSyntaxError):
        trees = [environment(template.language).parse(text) for _, text in template.texts]
        found |= dict.fromkeys(name for tree in trees for name, _ in names_read(tree))
    return tuple(found)
