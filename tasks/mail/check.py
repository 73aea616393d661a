"""What `perennial check` says of the templates, without rendering one for a customer."""

from collections.abc import Callable
from functools import partial

from jinja2 import TemplateSyntaxError

from config.files import Files
from models.errors import ConfigError
from tasks.mail import sandbox
from tasks.mail.layout import compiled, layout_names, layout_text
from tasks.mail.template import (
    DEFAULT_LANGUAGE,
    FOLDER,
    LAYOUTS,
    find_template,
    languages_of,
    read_template,
    template_names,
)


def check_templates(files: Files) -> list[ConfigError]:
    """Every error of every template, layout and footer, in the order of their paths."""
    checks: list[Callable[[], object]] = [partial(_check_layout, files, name) for name in layout_names(files)]
    checks += [partial(_check, files, path) for path in files.under(FOLDER, ".md")]
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
    front = template.front
    for key, text in (("subject", front.subject), ("preheader", front.preheader), ("", template.body)):
        try:
            sandbox.compiled(template, text)
        except TemplateSyntaxError as error:
            line = None if key else error.lineno
            raise ConfigError(error.message or "this is no Jinja", file=path, line=line, key=key) from error
    layout_text(files, front.layout)


def _check_layout(files: Files, layout: str) -> None:
    """A layout compiles, in both directions."""
    for direction in ("ltr", "rtl"):
        compiled(layout_text(files, layout), direction, layout)


def _check_english(files: Files, name: str) -> None:
    """Every template has the version to which all languages fall back."""
    if DEFAULT_LANGUAGE not in languages_of(files, name):
        problem = "the English version is missing, to which all languages fall back"
        raise ConfigError(problem, file=f"{FOLDER}/{name}.{DEFAULT_LANGUAGE}.md")
