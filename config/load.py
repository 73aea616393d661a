"""All rules of an installation, loaded and typed; every error names file, line, key and value."""

from dataclasses import dataclass
from functools import cached_property

from config.facts import load_facts
from config.files import Files
from config.parts import read_parts
from models.anchors import Anchors
from models.company import Company
from models.fact import Fact
from models.health import Health
from models.milestones import Milestones
from models.play import Play
from models.segments import Segments, Touch
from models.signals import Signals
from models.source import SourceSpec
from models.stages import Stages
from models.suite import Suite


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

    @cached_property
    def facts(self) -> dict[str, list[Fact]]:
        """Grain → its fact files; ConditionError as load_facts raises it."""
        return load_facts(self.files)


def load_rules(files: Files) -> Rules:
    """The rules in these files.

    Raises:
        ConfigError: the first thing that is wrong; `perennial check` tells all.
    """
    parts = read_parts(files)
    for problem in parts.problems:
        raise problem
    entities = {source.entity for source in parts.read["sources"].values()} | parts.read["company"].heard
    return Rules(files=files, **{**parts.read, "health": parts.read["health"].fitting(entities)})
