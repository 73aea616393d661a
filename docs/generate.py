"""Fill the generated parts of the reference from the code they describe.

    python -m docs.generate

A page under docs/reference/ says what it wants: between `<!-- begin NAME -->` and `<!-- end NAME -->` stands what NAME
gives here. The pages under docs/plays/ are made whole, one for each play that ships. A test compares the committed
pages with what this makes.
"""  # noqa: INP001 — scripts, no package

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import typer
from pydantic import BaseModel

from cli.main import app
from config.conditions import FUNCTION_NAMES
from config.expectation_names import FIGURES, ROWS, takes
from config.facts import load_facts
from config.files import ROOT, read_files
from config.load import load_rules
from docs.plays import play_pages
from docs.tables import command_text, model_tables, table
from models.anchors import Anchors
from models.company import Company
from models.entities import ENTITIES, Entity
from models.event import KINDS
from models.fact import GRAINS, UNITS
from models.health import Health
from models.message import FOLLOWS
from models.milestones import Milestones
from models.play import Play
from models.segments import Segments, Touch
from models.signals import Signals
from models.source import SourceSpec
from models.stages import Stages
from models.suite import Suite
from tasks.mail.filters import FILTER_NAMES
from tasks.mail.template import ROOTS, FrontMatter, find_template, languages_of, template_names

PAGES = ROOT / "docs" / "reference"
PLAYS = ROOT / "docs" / "plays"
PART = re.compile(r"(<!-- begin (?P<name>[a-z-]+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)
MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "company": (Company, "The file"),
    "sources": (SourceSpec, "A source"),
    "suite": (Suite, "The file"),
    "health": (Health, "The file"),
    "segments": (Segments, "The file"),
    "touch": (Touch, "The file"),
    "stages": (Stages, "The file"),
    "signals": (Signals, "The file"),
    "milestones": (Milestones, "The file"),
    "anchors": (Anchors, "The file"),
    "play": (Play, "The file"),
    "front-matter": (FrontMatter, "The front matter"),
}


def commands() -> str:
    """Every command."""
    found = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        each = {f"{name} {part}": one for part, one in below.items()} if below else {}
        if not below or command.invoke_without_command:
            each = {name: command, **each}
        found += [command_text(full, one) for full, one in each.items()]
    return "\n\n".join(found)


def settings() -> str:
    """The paragraphs of .env.example: what it says, then its variables with their defaults."""
    parts = []
    for paragraph in (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n"):
        lines = paragraph.strip().splitlines()
        words = " ".join(line.removeprefix("# ") for line in lines if line.startswith("#"))
        pairs = [line.split("=", 1) for line in lines if not line.startswith("#")]
        rows = [(f"`{name}`", f"`{value}`" if value else "empty") for name, value in pairs]
        parts.append(f"{words}\n\n{table(('variable', 'default'), rows)}" if rows else words)
    return "\n\n".join(parts)


def entities() -> str:
    """Every canonical entity with its columns."""
    return "\n\n".join(_entity(each) for each in ENTITIES.values())


def _entity(entity: Entity) -> str:
    """One entity."""
    told = [f"key `{entity.key}`"]
    if entity.cursor:
        told.append(f"dated by `{entity.cursor}`")
    for until, columns in entity.hidden_until.items():
        told.append(f"{', '.join(f'`{one}`' for one in columns)} unknown until `{until}` has passed")
    rows = [(f"`{c.name}`", c.type, "yes" if c.required else "", "yes" if c.person else "") for c in entity.columns]
    return f"### {entity.name}\n\n{'; '.join(told)}.\n\n{table(('column', 'type', 'required', 'person'), rows)}"


def facts() -> str:
    """Every fact that ships, by grain and file."""
    loaded, parts = load_facts(read_files()), []
    for grain in reversed(GRAINS):
        rows = [
            (f"`{column.name}`", column.window, column.unit, column.if_none or "", f"`{fact.path}`")
            for fact in loaded[grain]
            for column in fact.columns
        ]
        parts.append(f"### Per {grain}\n\n{table(('column', 'window', 'unit', 'if none', 'file'), rows)}")
    return "\n\n".join(parts)


def shipped_plays() -> str:
    """Every play, source and template that ships."""
    rules = load_rules(read_files())
    plays = [(f"`{name}`", each.per, f"`{each.anchor}`", str(len(each.steps))) for name, each in rules.plays.items()]
    sources = [(f"`{name}`", each.entity, each.adapter, _limit(each)) for name, each in rules.sources.items()]
    return "\n\n".join(
        [
            table(("play", "per", "anchor", "steps"), plays),
            table(("source", "entity", "adapter", "freshness limit"), sources),
            _templates(),
        ]
    )


def _limit(source: SourceSpec) -> str:
    """Its freshness limit in words."""
    return f"{source.freshness_days} days" if source.freshness_days else "none"


def _templates() -> str:
    """Every template."""
    files = read_files()
    rows = [
        (f"`{name}`", find_template(files, name, "en").front.klass, ", ".join(languages_of(files, name)))
        for name in template_names(files)
    ]
    return table(("template", "class", "languages"), rows)


def expectations() -> str:
    """Every expectation a suite may use."""
    parts = []
    for title, names in (("About rows", ROWS), ("About the batch (severity warn or hold)", FIGURES)):
        rows = [(f"`{name}`", ", ".join(f"`{one}`" for one in takes(name))) for name in sorted(names)]
        parts.append(f"{title}:\n\n{table(('expectation', 'arguments'), rows)}")
    return "\n\n".join(parts)


def events() -> str:
    """Every kind of event with its payload."""
    return table(("kind", "payload"), [(f"`{kind}`", payload) for kind, payload in KINDS.items()])


def message_states() -> str:
    """Message states and what may follow."""
    rows = [(f"`{state}`", ", ".join(sorted(after)) or "nothing") for state, after in FOLLOWS.items()]
    return table(("state", "may be followed by"), rows)


def _words(names: object) -> str:
    """Names in the order of the alphabet."""
    return ", ".join(f"`{name}`" for name in sorted(names))  # type: ignore[call-overload]


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "entities": entities,
    "facts": facts,
    "shipped": shipped_plays,
    "expectations": expectations,
    "events": events,
    "message-states": message_states,
    "functions": partial(_words, FUNCTION_NAMES),
    "units": partial(_words, UNITS),
    "filters": partial(_words, FILTER_NAMES),
    "roots": partial(_words, ROOTS),
    **{name: partial(model_tables, *model) for name, model in MODELS.items()},
}


def filled(page: str) -> str:
    """The page with its generated parts made anew; KeyError for a part that nobody makes."""
    return PART.sub(lambda match: f"{match[1]}{PARTS[match['name']]()}\n{match[3]}", page)


def plays() -> dict[str, str]:
    """File name under docs/plays/ → the page as it should be."""
    return play_pages(load_rules(read_files()))


def main() -> None:
    """Write every page that has changed; the page of a play that ships no more goes."""
    for path in sorted(PAGES.glob("*.md")):
        _write(path, filled(path.read_text(encoding="utf-8")))
    pages = plays()
    PLAYS.mkdir(exist_ok=True)
    for name, text in pages.items():
        _write(PLAYS / name, text)
    for path in PLAYS.glob("*.md"):
        if path.name not in pages:
            path.unlink()


def _write(path: Path, text: str) -> None:
    """The page, unless it is so already."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
