"""The parts of a configuration, each read by itself, so that one broken file does not hide what is wrong in others."""

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError

from config.files import Files
from config.yaml_lines import Path, line_of, read_yaml, told
from models.anchors import Anchors
from models.company import Company
from models.errors import ConfigError
from models.health import Health
from models.milestones import Milestones
from models.nearest import did_you_mean
from models.play import Play
from models.segments import Segments, Touch
from models.signals import Signals
from models.source import SourceSpec
from models.stages import Stages
from models.suite import Suite

SOURCES = "config/sources.yaml"
SINGLE: dict[str, tuple[str, type[BaseModel]]] = {
    "company": ("config/perennial.yaml", Company),
    "health": ("config/health.yaml", Health),
    "segments": ("config/segments.yaml", Segments),
    "touch": ("config/touch.yaml", Touch),
    "stages": ("config/stages.yaml", Stages),
    "signals": ("config/signals.yaml", Signals),
    "milestones": ("config/milestones.yaml", Milestones),
    "anchors": ("config/anchors.yaml", Anchors),
}
"""Section → its one file and what it must be; a missing file is an empty one."""
FOLDERS: dict[str, tuple[str, type[BaseModel], str]] = {
    "suites": ("config/expectations", Suite, "suite"),
    "plays": ("config/plays", Play, "play"),
}
"""Section → its folder, what each file of it must be, and the key that repeats the file's name."""


@dataclass
class Parts:
    """What could be read, and what is wrong.

    Attributes:
        read: section → its model, or name → model; what could not be read is not in it.
        data: file → the plain data of its YAML.
        lines: file → line of every key in it.
    """

    files: Files
    read: dict[str, Any] = field(default_factory=dict)
    problems: list[ConfigError] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, dict[Path, int]] = field(default_factory=dict)

    def say(self, problem: str, file: str, *path: str | int) -> None:
        """Note what is wrong at a place of a YAML file."""
        key = ".".join(str(part) for part in path)
        line = line_of(self.lines.get(file, {}), path)
        self.problems.append(ConfigError(problem, file=file, line=line, key=key))

    def line(self, file: str, key: str) -> int | None:
        """The line of a key such as `components[2].value`, or of one that begins with an item's name."""
        here: Any = self.data.get(file)
        path: Path = ()
        for part in re.findall(r"[^.\[\]]+", key):
            step = _step(here, part)
            for each in step:
                here = here[each]
            path = (*path, *step)
        return line_of(self.lines.get(file, {}), path)


def read_parts(files: Files) -> Parts:
    """Read every YAML file; nothing is raised."""
    parts = Parts(files)
    for section, (path, model) in SINGLE.items():
        found = _file(parts, path, model)
        if found is not None:
            parts.read[section] = found
    parts.read["sources"] = _sources(parts)
    for section, (folder, model, key) in FOLDERS.items():
        parts.read[section] = _folder(parts, folder, model, key)
    return parts


def _file(parts: Parts, path: str, model: type[BaseModel]) -> Any:
    """One file as its model; None when it cannot be."""
    if not _load(parts, path):
        return None
    data = parts.data[path]
    return _built(parts, path, model, data if data is not None else {})


def _folder(parts: Parts, folder: str, model: type[BaseModel], key: str) -> dict[str, Any]:
    """Name → model for each YAML file of a folder; a file's name is its content's."""
    found = {}
    for path in parts.files.under(folder, ".yaml"):
        name, item = PurePosixPath(path).stem, _file(parts, path, model)
        if item is not None and getattr(item, key) != name:
            parts.say(f"'{getattr(item, key)}' stands in a file named '{name}'", path, key)
        elif item is not None:
            found[name] = item
    return found


def _sources(parts: Parts) -> dict[str, SourceSpec]:
    """Name → source, in the order of the file, which is the order of pulling."""
    if not _load(parts, SOURCES):
        return {}
    data = parts.data[SOURCES] or {}
    given = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(given, dict):
        parts.say("sources: with a name and an address each are needed", SOURCES, "sources")
        return {}
    for key in set(data) - {"sources"}:
        parts.say(f"this key is not known; {did_you_mean(key, ['sources'])}", SOURCES, key)
    found = {}
    for name, values in given.items():
        spec = _source(parts, str(name), values)
        if spec:
            found[str(name)] = spec
    return found


def _source(parts: Parts, name: str, values: Any) -> SourceSpec | None:
    """One source."""
    if f"config/sources/{name}.sql" not in parts.files:
        parts.say(f"config/sources/{name}.sql is missing: the SELECT that maps its rows", SOURCES, "sources", name)
    if not isinstance(values, dict):
        parts.say("entity:, adapter: and an address are needed", SOURCES, "sources", name)
        return None
    found: SourceSpec | None = _built(parts, SOURCES, SourceSpec, {**values, "name": name}, ("sources", name))
    return found


def _load(parts: Parts, path: str) -> bool:
    """Read the YAML; whether it is any."""
    try:
        parts.data[path], parts.lines[path] = read_yaml(parts.files.get(path, ""), path)
    except ConfigError as error:
        parts.problems.append(error)
        return False
    return True


def _built(parts: Parts, path: str, model: type[BaseModel], data: Any, below: Path = ()) -> Any:
    """The data as that model; None with all that is wrong noted."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        parts.problems += told(model, error, path, parts.lines[path], below)
    return None


def _step(here: Any, part: str) -> Path:
    """Where a part of a key leads: a key, a number in a list, or the item of a list that bears the name."""
    if isinstance(here, dict) and part in here:
        return (part,)
    if isinstance(here, list) and part.isdigit() and int(part) < len(here):
        return (int(part),)
    if isinstance(here, dict):
        for key, items in here.items():
            for index, item in enumerate(items if isinstance(items, list) else ()):
                if isinstance(item, dict) and part in item.values():
                    return (key, index)
    return ()
