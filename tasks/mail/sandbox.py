"""Jinja, kept small: strict, without calls, loaders or globals; what it prints are placeholders, never values."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from traceback import walk_tb
from typing import Any

import jinja2
from jinja2 import StrictUndefined, TemplateSyntaxError, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.errors import ConfigError, OverLimit, RenderError
from tasks.mail.directions import held_together
from tasks.mail.filters import Blank, filters_for, locale_of
from tasks.mail.grammar import TESTS, check_nodes
from tasks.mail.template import Template, is_blank

MAX_OUTPUT = 256_000
"""Characters a template may print, before and after its values are put in."""
MAX_VALUE = 10_000
_VALUES = "_values"
TEMPLATE_FRAMES = ("<template>", "<unknown>")
"""What Jinja calls the file of a template that was compiled from text."""
MARK = re.compile(r"zqpn(\d+)nqz")
"""A placeholder: letters and digits only, so that neither Markdown nor a link's encoding touches it."""

_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
LOOP_NAMES = frozenset({"index", "index0", "first", "last", "length"})


class Values:
    """The values that a run of a template printed, in the order of their placeholders."""

    def __init__(self, language: str) -> None:
        self._texts: list[str] = []
        self._length = 0
        self._locale = locale_of(language)

    def put(self, value: object) -> str:
        """Keep a value, give its placeholder."""
        if isinstance(value, Undefined):
            return str(value)
        if isinstance(value, Blank):
            return ""
        if is_blank(value) or isinstance(value, bool | list | tuple | Mapping):
            raise RenderError(f"a value cannot be read by a customer: {type(value).__name__} {str(value)[:40]!r}")
        self._texts.append(self._printed(value))
        self._length += len(self._texts[-1])
        if self._length > MAX_OUTPUT:
            raise OverLimit(f"the values are longer than {MAX_OUTPUT} characters")
        return f"zqpn{len(self._texts) - 1}nqz"

    def fill(self, text: str, change: Callable[[str], str] = str) -> str:
        """The text with its values in place of their placeholders, each changed by `change`."""
        return MARK.sub(lambda match: change(self._texts[int(match[1])]), text)

    def isolated(self, text: str) -> str:
        """A value as it stands among other words: one that reads from right to left is kept from mixing with them."""
        first = next((kind for char in text if (kind := unicodedata.bidirectional(char)) in {"L", "R", "AL"}), "")
        against = first in {"R", "AL"} and self._locale.character_order == "left-to-right"
        return f"\u2068{text}\u2069" if against else text

    def _printed(self, value: object) -> str:
        """The value as text of one line, dates as the language writes them."""
        if isinstance(value, date):
            return str(filters_for(self._locale.language)["date"](value))
        return held_together(clean(MARK.sub("", str(value)))[:MAX_VALUE], self._locale)


def clean(text: str) -> str:
    """One line of text without control characters, lone surrogates and direction overrides, in NFC."""
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if char in "\t\n\r\x0b\x0c\x85\u2028\u2029" else char for char in text)
    return unicodedata.normalize("NFC", "".join(char for char in kept if not _unsafe(char)))


def _unsafe(char: str) -> bool:
    """Characters that hide, reorder or break what is read."""
    return unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTIONS


class Sandbox(ImmutableSandboxedEnvironment):
    """Names, loops and filters over plain data; nothing that calls, grows or reaches out."""

    intercepted_binops = frozenset({"+", "-"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic is for numbers: text that is added to itself outgrows any memory."""
        if not all(isinstance(side, int | float) for side in (left, right)):
            raise SecurityError(f"'{operator}' is for numbers")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Names of plain dictionaries, and what a loop knows of itself; nothing else has attributes."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP_NAMES:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)


@pass_context
def _put(context: Context, value: object) -> str:
    """Jinja's `finalize`: what is printed goes to the values of this run."""
    values: Values = context[_VALUES]
    return values.put(value)


@cache
def environment(language: str) -> Sandbox:
    """The sandbox of a language."""
    sandbox = Sandbox(
        undefined=StrictUndefined, finalize=_put, autoescape=False, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, cache_size=0,
    )  # fmt: skip
    sandbox.globals.clear()
    sandbox.filters = filters_for(language)
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


@lru_cache(maxsize=512)
def compiled(template: Template, text: str) -> jinja2.Template:
    """A text of the template, checked and compiled once.

    Raises:
        ConfigError: it does what a template may not do, with the line.
        TemplateSyntaxError: it is no Jinja.
    """
    sandbox = environment(template.language)
    check_nodes(sandbox.parse(text), template)
    return sandbox.from_string(text)


def run(template: Template, text: str, context: Mapping[str, object], values: Values) -> str:
    """The text with placeholders for its values.

    Raises:
        RenderError: a value is missing or cannot be printed, or the output is too long.
    """
    try:
        return _bounded(compiled(template, text).generate({**context, _VALUES: values}))
    except ConfigError:
        raise
    except Exception as error:  # whatever a template makes go wrong is told to whoever wrote it
        kind = OverLimit if isinstance(error, OverLimit | MemoryError) else RenderError
        raise kind(f"{_place(template, text, error)}: {limit_told(error)}") from error


def _place(template: Template, text: str, error: Exception) -> str:
    """File and, for a template's body, the line at which it happened."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename in TEMPLATE_FRAMES]
    if isinstance(error, TemplateSyntaxError):
        lines.append(error.lineno)
    return f"{template.path}:{lines[-1]}" if lines and text == template.body else template.path


def limit_told(error: Exception) -> str:
    """What went wrong, in words."""
    if isinstance(error, MemoryError):
        return "it needs more memory than a mail may take"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) or type(error).__name__


def _bounded(chunks: Iterator[str]) -> str:
    """All chunks, unless they are more than a mail may hold."""
    parts, length = [], 0
    for chunk in chunks:
        length += len(chunk)
        if length > MAX_OUTPUT:
            raise OverLimit(f"the text is longer than {MAX_OUTPUT} characters")
        parts.append(chunk)
    return "".join(parts)
