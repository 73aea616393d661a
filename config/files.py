"""The layered files of a configuration: ours, with a folder laid over them, file by file."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from models.errors import ConfigError
from models.nearest import did_you_mean

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = (
    "config/**/*.yaml",
    "config/**/*.sql",
    "templates/emails/**/*.md",
    "templates/emails/**/*.mjml",
    "templates/reports/**/*.html",
    "templates/pages/*.*",
)
LAYER_FILE = "config/perennial.yaml"


@dataclass(frozen=True)
class Files(Mapping[str, str]):
    """Relative path → text of every file of a configuration; immutable and storable."""

    texts: dict[str, str]
    layer: str = field(default="", compare=False)
    """Where the files of the layer that was laid over ours begin; not stored."""
    laid: frozenset[str] = field(default=frozenset(), compare=False)

    def __getitem__(self, path: str) -> str:
        """The file's text; KeyError if there is none."""
        return self.texts[path]

    def __iter__(self) -> Iterator[str]:
        """Paths in order."""
        return iter(sorted(self.texts))

    def __len__(self) -> int:
        """How many files."""
        return len(self.texts)

    def place(self, path: str) -> str:
        """The path as a person finds the file: that of the layer it comes from."""
        return f"{self.layer}/{path}" if path in self.laid else path

    @cached_property
    def hash(self) -> str:
        """SHA-256 over all paths and texts: the configuration's identity."""
        return hashlib.sha256(self.dump().encode()).hexdigest()

    def dump(self) -> str:
        """Canonical JSON, for the lake."""
        return json.dumps(self.texts, sort_keys=True, ensure_ascii=False)

    @classmethod
    def parse(cls, dumped: str) -> "Files":
        """The counterpart of dump."""
        return cls(json.loads(dumped))

    def under(self, folder: str, ending: str = "") -> dict[str, str]:
        """Path → text of the files below a folder."""
        return {path: self.texts[path] for path in self if path.startswith(folder + "/") and path.endswith(ending)}


def read_files(layer: Path | None = None, base: Path = ROOT) -> Files:
    """The configuration: ours, with `layer`/config and `layer`/templates laid over it.

    Raises:
        ConfigError: the layer does not exist, or disables what does not exist.
    """
    ours = _texts(base)
    if layer is None:
        return Files(ours)
    if not layer.is_dir():
        raise ConfigError(f"there is no folder {layer}", key="--config")
    theirs = _texts(layer)
    said = theirs.get(LAYER_FILE, "")
    wishes = _wishes(said)
    kept = {} if wishes.get("inherit") == "none" else _without(ours, wishes.get("disable") or [], layer, said)
    return Files({**kept, **theirs}, str(layer), frozenset(theirs))


def _texts(folder: Path) -> dict[str, str]:
    """Path → text of all configuration files of one layer."""
    found = sorted({path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()})
    return {path.relative_to(folder).as_posix(): _text(path) for path in found}


def _text(path: Path) -> str:
    """A file's text; what is no UTF-8 is said with its name."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"this file is not UTF-8 ({error.reason} at byte {error.start})", file=str(path)) from error


def _wishes(text: str) -> dict[str, Any]:
    """A layer's `inherit` and `disable`; a broken file is told by the loader, with its line."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return data if isinstance(data, dict) else {}


def _line(text: str, name: str) -> int | None:
    """The first line that has the name."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if name in line), None)


def _without(texts: dict[str, str], disabled: list[str], layer: Path, layer_text: str) -> dict[str, str]:
    """The files but those of the disabled plays and sources (`plays/renewal`, `sources/*`)."""
    kept = dict(texts)
    for name in disabled:
        gone = [path for path in kept if Path(path).with_suffix("").match(f"config/{name}")]
        if not gone and name != "sources/*":
            names = [str(Path(path).with_suffix("")).removeprefix("config/") for path in kept]
            said = f"'{name}' disables nothing; {did_you_mean(name, names)}"
            raise ConfigError(said, file=f"{layer}/{LAYER_FILE}", line=_line(layer_text, name), key="disable")
        for path in gone:
            del kept[path]
    return kept
