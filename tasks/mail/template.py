"""A template: one Markdown file for a mail and a language, with front matter that says what it is and needs."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from pydantic import Field, field_validator

from config.files import Files
from config.yaml_lines import parse
from models.errors import ConfigError, RenderError
from models.message import Class
from models.nearest import did_you_mean
from models.strict import Strict

FOLDER = "templates/emails"
LAYOUTS = "layouts"
DEFAULT_LANGUAGE = "en"
ROOTS = (
    "company", "account", "contract", "contracts", "ticket", "session", "contact", "csm", "sales", "sender", "step",
    "survey", "booking", "meeting", "as_of", "message",
    "unsubscribe", "preferences",
)  # fmt: skip
"""What a template may speak of; the first part of every name."""
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Characters that make a text read otherwise than it is written; marks and isolates, which Arabic needs, are none."""


class FrontMatter(Strict):
    """What stands above a template's text.

    `needs` and `optional` name the values the text speaks of, e.g. `contact.first_name`: a missing needed one stops
    the message, a missing optional one reads as nothing.
    """

    subject: str = Field(default="", max_length=300)
    preheader: str = ""
    klass: Class = Field(default="service", alias="class")
    layout: str = "plain"
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @field_validator("subject", "preheader")
    @classmethod
    def _one_line(cls, text: str) -> str:
        """A line of a header has no line breaks, no zero bytes, and nothing that turns its direction around."""
        for char in text.strip():
            if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in OVERRIDES:
                raise ValueError(f"the character U+{ord(char):04X} does not belong in a line of text")
        return text.strip()

    @field_validator("needs", "optional")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names begin with something that exists."""
        for name in names:
            root = name.partition(".")[0]
            if root not in ROOTS:
                raise ValueError(f"'{name}' begins with nothing that is known; {did_you_mean(root, ROOTS)}")
        return names


@dataclass(frozen=True)
class Template:
    """One parsed file; `body` keeps the file's line numbers (the front matter's lines are blank in it)."""

    name: str
    language: str
    path: str
    front: FrontMatter
    body: str

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """All that it prints: key of the front matter (empty for what stands below it) → text."""
        return ("subject", self.front.subject), ("preheader", self.front.preheader), ("", self.body)

    @property
    def declared(self) -> tuple[str, ...]:
        """Every value the text may speak of."""
        return (*self.front.needs, *self.front.optional)


def template_names(files: Files) -> list[str]:
    """Names of all templates, each once whatever its languages, e.g. `onboarding/day-01-intro`."""
    return sorted({_split(path)[0] for path in files.under(FOLDER, ".md") if not _is_layout(path)})


def languages_of(files: Mapping[str, str], name: str) -> list[str]:
    """Languages in which a template is written."""
    stem = f"{FOLDER}/{name}."
    return sorted(_split(path)[1] for path in files if path.startswith(stem) and path.endswith(".md"))


def find_template(files: Files, name: str, language: str) -> Template:
    """The template in that language, else in its base language (`de` for `de-AT`), else in English.

    Raises:
        ConfigError: the template does not exist, or its front matter is wrong.
    """
    for tried in (language, language.replace("_", "-").partition("-")[0], DEFAULT_LANGUAGE):
        path = f"{FOLDER}/{name}.{tried}.md"
        if path in files:
            return read_template(path, files[path])
    problem = f"there is no template '{name}'; {did_you_mean(name, template_names(files))}"
    raise ConfigError(problem, file=f"{FOLDER}/{name}.{DEFAULT_LANGUAGE}.md")


def text_hash(files: Files, name: str, language: str) -> str:
    """16 hex digits that change with the template's text; empty when there is no such template any more."""
    try:
        text = files[find_template(files, name, language).path]
    except ConfigError:
        return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def template_needs(files: Files, name: str, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """The values that a template cannot do without."""
    return find_template(files, name, language).front.needs


@lru_cache(maxsize=512)
def read_template(path: str, text: str) -> Template:
    """The parsed file.

    Raises:
        ConfigError: no front matter, or something wrong in it, with its line.
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        raise ConfigError("a template begins with front matter between two lines '---'", file=path, line=1)
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    front = parse(FrontMatter, "\n".join(["", *lines[1:end]]), path)
    name, language = _split(path)
    if not front.subject and not _is_layout(path):
        raise ConfigError("this key is missing", file=path, line=1, key="subject")
    return Template(name, language, path, front, "\n" * (end + 1) + "\n".join(lines[end + 1 :]) + "\n")


def line_of_key(text: str, key: str) -> int | None:
    """The line of a template's file on which a key of its front matter stands."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if line.startswith(f"{key}:")), None) if key else None


def check_needs(template: Template, values: Mapping[str, object]) -> None:
    """Refuse values that lack what the template needs.

    Raises:
        RenderError: naming the value.
    """
    for name in template.front.needs:
        if is_blank(look_up(values, name)):
            raise RenderError(f"{template.path}: '{name}' is needed and missing")


def look_up(values: Mapping[str, object], name: str) -> object:
    """The value of a dotted name, None where a part is missing."""
    here: object = values
    for part in name.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here


def is_blank(value: object) -> bool:
    """What must never be read by a customer: None, empty text, NaN, infinity, an empty list."""
    if value is None or value in ([], ()):
        return True
    if isinstance(value, str):
        return not value.strip()
    try:
        return bool(value != value) or value in (float("inf"), float("-inf"))  # noqa: PLR0124 — NaN alone differs from itself
    except (TypeError, ValueError):
        return False


def _split(path: str) -> tuple[str, str]:
    """Name and language of a template's path."""
    plain = PurePosixPath(path).relative_to(FOLDER).as_posix().removesuffix(".md")
    name, _, language = plain.rpartition(".")
    return (name, language) if name else (language, "")


def _is_layout(path: str) -> bool:
    """Layouts and footers are parts of mails, no mails."""
    return path.startswith(f"{FOLDER}/{LAYOUTS}/")
