"""All rules of an installation, loaded and typed; every error names file, line, key and value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel

from config.files import Files
from config.yaml_lines import build, parse, read_yaml
from models.anchors import Anchors
from models.company import Company
from models.errors import ConfigError
from models.health import Health
from models.milestones import Milestones
from models.play import Play
from models.segments import Segments, Touch
from models.signals import Signals
from models.source import SourceSpec
from models.stages import Stages
from models.suite import Suite

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Rules:
    """What the business decided, typed. `plays` are the live ones by name; facts and templates stay text in `files`."""

    files: Files
    company: Company
    sources: dict[str, SourceSpec]
    suites: dict[str, Suite]
    health: Health
    segments: Segments
    touch: Touch
    stages: Stages
    signals: Signals
    milestones: Milestones
    anchors: Anchors
    plays: dict[str, Play]


def load_rules(files: Files) -> Rules:
    """The rules in these files.

    Raises:
        ConfigError: the first thing that is wrong; `perennial check` goes on and finds the others.
    """
    return Rules(
        files=files,
        company=_one(files, "config/perennial.yaml", Company),
        sources=_sources(files),
        suites=_many(files, "config/expectations", Suite, "suite"),
        health=_one(files, "config/health.yaml", Health),
        segments=_one(files, "config/segments.yaml", Segments),
        touch=_one(files, "config/touch.yaml", Touch),
        stages=_one(files, "config/stages.yaml", Stages),
        signals=_one(files, "config/signals.yaml", Signals),
        milestones=_one(files, "config/milestones.yaml", Milestones),
        anchors=_one(files, "config/anchors.yaml", Anchors),
        plays=_many(files, "config/plays", Play, "play"),
    )


def _one(files: Mapping[str, str], path: str, model: type[Model]) -> Model:
    """The one file of its kind; a missing one is an empty one."""
    return parse(model, files.get(path, ""), path)


def _many(files: Files, folder: str, model: type[Model], key: str) -> dict[str, Model]:
    """Name → model for each YAML file of a folder; a file's name is its content's."""
    found = {}
    for path, text in files.under(folder, ".yaml").items():
        name = PurePosixPath(path).stem
        item = parse(model, text, path)
        if getattr(item, key) != name:
            raise ConfigError(f"'{getattr(item, key)}' stands in a file named '{name}'", file=path, line=1, key=key)
        found[name] = item
    return found


def _sources(files: Mapping[str, str]) -> dict[str, SourceSpec]:
    """Name → source, in the order of the file, which is the order of pulling."""
    path = "config/sources.yaml"
    data, lines = read_yaml(files.get(path, "sources: {}"), path)
    sources: dict[str, Any] = (data or {}).get("sources") or {}
    for key in set(data or {}) - {"sources"}:
        raise ConfigError("this key is not known; valid is: sources", file=path, line=lines.get((key,)), key=key)
    found = {}
    for name, values in sources.items():
        found[name] = build(SourceSpec, {**(values or {}), "name": name}, path, lines, ("sources", name))
        if f"config/sources/{name}.sql" not in files:
            raise ConfigError(f"config/sources/{name}.sql is missing: the SELECT that maps its rows", file=path, key=f"sources.{name}")
    return found
