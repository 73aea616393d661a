"""What `perennial check` says of the templates, without rendering one for a customer."""

from collections.abc import Callable
from functools import partial

from jinja2 import TemplateSyntaxError

from config.files import Files
from config.parts import read_parts
from models.errors import ConfigError
from tasks.mail import sandbox
from tasks.mail.layout import compiled, layout_names, layout_text
from tasks.mail.template import (
    DEFAULT_LANGUAGE,
    FOLDER,
    LAYOUTS,
    find_template,
    languages_of,
    line_of_key,
    read_template,
    template_names,
)

COMPANY = "config/perennial.yaml"


def check_templates(files: Files) -> list[ConfigError]:
    """Every error of every template, layout and footer, in the order of their paths."""
    checks: list[Callable[[], object]] = [partial(_check_layout, files, name) for name in layout_names(files)]
    checks += [partial(_check, files, path) for path in files.under(FOLDER, ".md")]
    checks.append(partial(_check_booking, files))
    checks += [partial(_check_english, files, name) for name in template_names(files)]
    checks.append(partial(find_template, files, f"{LAYOUTS}/footer", DEFAULT_LANGUAGE))
    return [error for check in checks for error in _tried(check)]


def _tried(check: Callable[[], object]) -> list[ConfigError]:
    """The error that a check raises, if it does."""
    try:
        check()
    except ConfigError as error:
        return [error]
    return []


def _check(files: Files, path: str) -> None:
    """One file: its front matter, its Jinja, its names, and its layout."""
    template = read_template(path, files[path])
    for key, text in template.texts:
        line = line_of_key(files[path], key)
        try:
            sandbox.compiled(template, text)
        except TemplateSyntaxError as error:
            said = error.message or "this is no Jinja"
            raise ConfigError(said, file=path, line=line or error.lineno, key=key) from error
        except ConfigError as error:
            raise ConfigError(error.problem, file=path, line=line or error.line, key=key) from error
    layout_text(files, template.front.layout)


def _check_booking(files: Files) -> None:
    """The page on which meetings are booked is configured, if a play sends somebody there."""
    read = read_parts(files).read
    company = read.get("company")
    if company is None or company.booking_url:
        return
    for play in read["plays"].values():
        for step in play.steps:
            path = f"{FOLDER}/{step.template}.{DEFAULT_LANGUAGE}.md"
            if path in files and "booking.url" in read_template(path, files[path]).front.needs:
                said = f"'{step.template}' needs 'booking.url', and there is no page: booking_url: in {COMPANY}"
                raise ConfigError(said, file=f"config/plays/{play.play}.yaml", key=f"steps.{step.id}")


def _check_layout(files: Files, layout: str) -> None:
    """A layout compiles, in both directions."""
    for direction in ("ltr", "rtl"):
        compiled(layout_text(files, layout), direction, layout)


def _check_english(files: Files, name: str) -> None:
    """Every template has the version to which all languages fall back."""
    if DEFAULT_LANGUAGE not in languages_of(files, name):
        problem = "the English version is missing, to which all languages fall back"
        raise ConfigError(problem, file=f"{FOLDER}/{name}.{DEFAULT_LANGUAGE}.md")
