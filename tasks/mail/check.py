"""What `perennial check` says of the templates, without rendering one for a customer."""

from collections.abc import Callable

from jinja2 import TemplateSyntaxError

from config.files import Files
from models.errors import ConfigError
from tasks.mail.layout import compiled, layout_names, layout_text
from tasks.mail.markdown import parse
from tasks.mail.sandbox import Values, check_nodes, environment
from tasks.mail.template import DEFAULT_LANGUAGE, FOLDER, LAYOUTS, Template, find_template, languages_of, read_template, template_names


def check_templates(files: Files) -> list[ConfigError]:
    """Every error of every template, layout and footer, in the order of their paths."""
    found: list[ConfigError] = []
    for layout in layout_names(files):
        found += _tried(lambda layout=layout: compiled(layout_text(files, layout), "ltr", layout))
    for path, text in files.under(FOLDER, ".md").items():
        found += _tried(lambda path=path, text=text: _check(files, read_template(path, text)))
    for name in template_names(files):
        if DEFAULT_LANGUAGE not in languages_of(files, name):
            found.append(ConfigError("the English version is missing, to which all languages fall back", file=f"{FOLDER}/{name}.en.md"))
    found += _tried(lambda: find_template(files, f"{LAYOUTS}/footer", DEFAULT_LANGUAGE))
    return found


def _tried(check: Callable[[], object]) -> list[ConfigError]:
    """The error that a check raises, if it does."""
    try:
        check()
    except ConfigError as error:
        return [error]
    return []


def _check(files: Files, template: Template) -> None:
    """One file: its Jinja, its names, and its layout."""
    sandbox = environment(template.language, Values(template.language))
    for key, text in (("subject", template.front.subject), ("preheader", template.front.preheader), ("", template.body)):
        try:
            check_nodes(sandbox.parse(text), template)
        except TemplateSyntaxError as error:
            line = None if key else error.lineno
            raise ConfigError(error.message or "this is no Jinja", file=template.path, line=line, key=key) from error
    layout_text(files, template.front.layout)
