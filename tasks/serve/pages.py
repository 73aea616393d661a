"""The pages as people see them: templates/pages filled by Jinja, escaped, in the language of the mail before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import yaml
from babel.dates import format_date, format_time
from jinja2 import DictLoader, Environment, StrictUndefined

from models.company import Company
from models.errors import ConfigError
from tasks.mail.filters import locale_of

FOLDER = "templates/pages"
STYLE = f"{FOLDER}/style.css"
DEFAULT = "en"
RIGHT_TO_LEFT = ("ar",)


@dataclass(frozen=True)
class Pages:
    """The pages of one configuration.

    Attributes:
        texts: path in the configuration → text.
        company: who is speaking.
    """

    texts: Mapping[str, str]
    company: Company
    words: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def style(self) -> str:
        """The one style sheet."""
        return self.texts[STYLE]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """In which the pages are written."""
        stem = f"{FOLDER}/words."
        return tuple(sorted(path[len(stem) : -len(".yaml")] for path in self.texts if path.startswith(stem)))

    def language(self, *wanted: str | None) -> str:
        """The first wanted language (`de-AT` is German) in which there are pages, else the company's, else English."""
        for tag in (*wanted, self.company.language, DEFAULT):
            base = (tag or "").replace("_", "-").partition("-")[0].lower()
            if base in self.languages:
                return base
        return DEFAULT

    def render(self, page: str, language: str, **values: Any) -> str:
        """A page.

        Args:
            page: its template's name, e.g. `survey`.
            language: one of `languages`.
            values: what the template speaks of, beside the words and the company.
        """
        frame = {
            "language": language, "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
            "company": self.company.company, "say": _Words(language, self._spoken(language)), "root": "../",
        }  # fmt: skip
        return self._environment.get_template(f"{page}.html").render({**frame, **values})

    def _spoken(self, language: str) -> Mapping[str, str]:
        """Key → words; ConfigError for a file that is none."""
        if language not in self.words:
            path = f"{FOLDER}/words.{language}.yaml"
            read = yaml.safe_load(self.texts[path])
            if not isinstance(read, dict):
                raise ConfigError("this is no list of words: write `key: text`", file=path)
            self.words[language] = {str(key): str(text) for key, text in read.items()}
        return self.words[language]

    @cached_property
    def _environment(self) -> Environment:
        """Escapes everything; a name that is not there is an error."""
        texts = {path.removeprefix(f"{FOLDER}/"): text for path, text in self.texts.items()}
        return Environment(
            loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )


@dataclass(frozen=True)
class _Words:
    """The words of a language; what is filled in is escaped where the page is rendered."""

    language: str
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The words of that key with the values filled in; KeyError if there are none."""
        return self.words[key].format(**values)

    def day(self, value: date) -> str:
        """A date with its weekday."""
        return format_date(value, "full", locale_of(self.language))

    def hour(self, value: datetime) -> str:
        """A time of the day."""
        return format_time(value, "short", locale=locale_of(self.language))
