"""`${NAME}` and `${NAME:-default}` in a source's address: expanded at the last moment, never stored or shown."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from models.errors import SourceFailed

VAR = "VAR"
"""Where this installation's data lie: no secret, so messages show it."""

REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True)
class Address:
    """An expanded address; its text form is the one that was written, without what the environment said."""

    written: str
    full: str
    used: dict[str, str] = field(default_factory=dict, repr=False)

    def mask(self, text: str) -> str:
        """The text with every value of the environment turned back into its name."""
        for name, value in self.used.items():
            if len(value) > 3:
                text = text.replace(value, f"${{{name}}}")
        return text

    def __str__(self) -> str:
        """As it was written."""
        return self.written


def expand(text: str, names: Mapping[str, str]) -> Address:
    """The text with its `${NAME}` filled in; an empty value counts as unset, as in a shell's `:-`.

    Raises:
        SourceFailed: a name is set nowhere and has no default.
    """
    used: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        if names.get(name):
            if name != VAR:
                used[name] = names[name]
            return names[name]
        if default is None:
            raise SourceFailed(f"{text}: ${{{name}}} is not set; set {name} in the environment or in .env")
        return default

    return Address(text, REFERENCE.sub(value, text), used)


def names_here(var: Path) -> dict[str, str]:
    """Names of the environment, of `.env` below it, and VAR, the folder of this installation's data."""
    file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**file, **os.environ, VAR: str(var)}
