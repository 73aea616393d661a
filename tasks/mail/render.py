"""A template and values, rendered: subject, preheader, and the two bodies of a mail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from config.files import Files
from config.hosts import allowed_hosts
from models.errors import ConfigError, OverLimit, RenderError
from models.message import Class
from tasks.mail.filters import Blank
from tasks.mail.layout import page
from tasks.mail.markdown import parse, to_html, to_text
from tasks.mail.sandbox import MAX_OUTPUT, Values, limit_told, run
from tasks.mail.template import DEFAULT_LANGUAGE, LAYOUTS, Template, check_needs, find_template, is_blank

MAX_SUBJECT = 150


@dataclass(frozen=True)
class Rendered:
    """One mail's words, before anybody's address is put on it."""

    subject: str
    preheader: str
    text: str
    html: str
    klass: Class
    language: str


def render(
    files: Files, template: str, language: str, values: Mapping[str, Any], beside: Collection[str] = ()
) -> Rendered:
    """Render a template in a language (or its fallback) with the values that it may speak of.

    Its links may lead to the hosts that the configuration lists, and to those `beside`.

    Raises:
        RenderError: a value is missing or unfit, a link leads astray, the mail is too long, or the template is broken.
    """
    try:
        found = find_template(files, template, language)
        return _rendered(files, found, values, {*allowed_hosts(files), *beside})
    except ConfigError as error:
        raise RenderError(str(error)) from error
    except (MemoryError, RecursionError) as error:
        raise OverLimit(f"{template} ({language}): {limit_told(error)}") from error


def _rendered(files: Files, found: Template, values: Mapping[str, Any], hosts: Collection[str]) -> Rendered:
    """The parts of the mail, in one language."""
    klass = found.front.klass
    check_needs(found, values)
    context = {**values, "message": {"class": klass}}
    footer = find_template(files, f"{LAYOUTS}/footer", found.language)
    check_needs(footer, context)
    subject = _line(found, found.front.subject, context)
    if not 0 < len(subject) <= MAX_SUBJECT:
        raise RenderError(f"{found.path}: the subject has {len(subject)} characters; 1 to {MAX_SUBJECT} are allowed")
    preheader = _line(found, found.front.preheader, context)
    body_html, body_text = _body(found, context, hosts)
    foot_html, foot_text = _body(footer, context, hosts)
    texts = {"title": subject, "preheader": preheader, "content": body_html, "footer": foot_html}
    html = page(files, found.front.layout, found.language, texts, hosts)
    text = f"{body_text}\n-- \n{foot_text}"
    if max(len(html), len(text)) > MAX_OUTPUT:
        raise RenderError(f"{found.path}: the mail is longer than {MAX_OUTPUT} characters")
    return Rendered(subject, preheader, text, html, klass, found.language or DEFAULT_LANGUAGE)


def _line(template: Template, text: str, context: Mapping[str, Any]) -> str:
    """A subject or preheader: one line of plain text, values as they are."""
    values = Values(template.language)
    return " ".join(values.fill(run(template, text, _prepared(template, context), values)).split())


def _body(template: Template, context: Mapping[str, Any], hosts: Collection[str]) -> tuple[str, str]:
    """HTML and text of a template's Markdown."""
    values = Values(template.language)
    marked = run(template, template.body, _prepared(template, context), values)
    try:
        tokens = parse(marked, values, hosts)
    except RenderError as error:
        raise type(error)(f"{template.path}: {error}") from error
    return to_html(tokens), to_text(tokens)


def _prepared(template: Template, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context, optional values that are missing set to Blank."""
    prepared = {name: dict(value) if isinstance(value, Mapping) else value for name, value in context.items()}
    for name in template.front.optional:
        _blank_out(prepared, name.split("."))
    return prepared


def _blank_out(here: dict[str, Any], parts: list[str]) -> None:
    """Set one dotted name to Blank where nothing readable stands."""
    first, *rest = parts
    if rest and is_blank(here.get(first)):
        here[first] = {}
    if rest and isinstance(here[first], dict):
        _blank_out(here[first], rest)
    elif is_blank(here.get(first)):
        here[first] = Blank()
