"""The documentation says what is there."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from cli.main import app
from config.check import check
from config.files import ROOT, Files, read_files
from config.load import load_rules
from config.settings import Settings
from docs.generate import PAGES, PART, PARTS, PLAYS, filled, plays
from models import errors
from models.decision import Outcome, VerdictName
from models.errors import PerennialError
from models.message import FOLLOWS
from models.night import State
from models.source import Status
from tasks.mail.template import template_names

DOCS = [*sorted((ROOT / "docs").rglob("*.md"))]
PAGES_OF_TEXT = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *DOCS]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES_OF_TEXT}
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
PLACES = ("bench", "cli", "config", "docs", "examples", "flows", "migrations", "models", "tasks", "templates", "tests")
A_PATH = re.compile(rf"^(?:(?:{'|'.join(PLACES)})/[\w./-]*|\w[\w.-]*\.(?:md|py|yaml|toml)|\.env\.example|Makefile)$")
OF_A_NIGHT = {"conditions.json", "history.json"}
STATES = {*get_args(State), *get_args(Status), *get_args(VerdictName), *get_args(Outcome), *FOLLOWS}


def commands() -> dict[str, Any]:
    """Every command by the words that call it."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found |= {f"{name} {part}": one for part, one in below.items()} if below else {name: command}
    return found


COMMANDS = commands()


def exists(named: str) -> bool:
    """Whether the project has a file or folder at that path; a bare name may be that of a file people know."""
    places = (ROOT, ROOT / "config", ROOT / "docs", ROOT / "examples" / "ravenstack")
    return any((place / named).exists() for place in places)


@pytest.mark.parametrize("page", TEXTS)
def test_every_path_that_is_named_exists(page: str) -> None:
    """Paths in backticks and links lead somewhere; blocks of code may show what a reader is to make."""
    text = FENCED.sub("", TEXTS[page])
    named = {word for word in CODE.findall(text) if A_PATH.match(word)} - OF_A_NIGHT
    links = {link for link in LINK.findall(text) if not (ROOT / page).parent.joinpath(link).exists()}

    assert [word for word in sorted(named) if not exists(word)] == []
    assert sorted(links) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_and_a_row_in_the_readme(name: str) -> None:
    """`--help` shows a line to copy, and the README's table has the command."""
    assert re.search(rf"Example: perennial (--\S+ \S+ )?{name}\b", COMMANDS[name].help)
    assert re.search(rf"^\| `{name}\b", TEXTS["README.md"], re.MULTILINE)


def test_every_play_source_and_template_is_mentioned() -> None:
    """What ships is somewhere in the docs."""
    files = read_files()
    rules = load_rules(files)
    text = "\n".join(TEXTS.values())

    assert [name for name in (*rules.plays, *rules.sources, *template_names(files)) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_generated_parts_are_current(page: str) -> None:
    """`python -m docs.generate` would change nothing."""
    text = (PAGES / page).read_text(encoding="utf-8")

    assert filled(text) == text


def test_every_play_has_its_page_and_the_page_says_what_the_play_does() -> None:
    """`python -m docs.generate` would change none of them, add none, and take none away."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in PLAYS.glob("*.md")}
    made = plays()

    assert sorted(pages) == sorted(made)
    assert [name for name, text in made.items() if pages[name] != text] == []


def test_the_worked_example_of_a_play_is_a_play() -> None:
    """Whoever copies it from the page has a play that `check` takes, as far as conditions and anchors go."""
    shown = re.findall(r"```yaml\n(.*?)```", TEXTS["docs/how-to/add-a-play.md"], re.DOTALL)
    files = Files({**read_files(), "config/plays/second-team.yaml": shown[0]})

    assert [str(one) for one in check(files) if "template" not in one.problem] == []


def test_every_generated_part_has_its_place() -> None:
    """What can be generated is shown somewhere."""
    shown = {match["name"] for path in PAGES.glob("*.md") for match in PART.finditer(path.read_text(encoding="utf-8"))}

    assert shown == set(PARTS)


def test_every_state_and_exit_code_is_explained() -> None:
    """Whatever a command may print as a state or return as a code stands in the reference."""
    text = TEXTS["docs/reference/exit-codes-and-states.md"]
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, PerennialError)]

    assert [state for state in sorted(STATES) if f"`{state}`" not in text] == []
    assert [kind.exit_code for kind in kinds if f"\n| {kind.exit_code} | " not in text] == []


def test_settings_that_are_named_exist() -> None:
    """No page speaks of a variable that nothing reads."""
    named = set(re.findall(r"PERENNIAL_([A-Z0-9_]+)", "\n".join(TEXTS.values())))

    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_no_page_names_a_place_of_one_machine() -> None:
    """Paths are those of the project."""
    found = [page for page, text in TEXTS.items() if re.search(r"(?<![\w.}])/(root|home|work|tmp|Users)/", text)]

    assert found == []


def test_decisions_are_numbered_one_by_one() -> None:
    """A decision's number is its file's and its title's."""
    paths = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [_numbers(path) for path in paths] == [(number, number) for number in range(1, len(paths) + 1)]


def _numbers(path: Path) -> tuple[int, int]:
    """The number in the file's name and that in its title."""
    title = path.read_text(encoding="utf-8").splitlines()[0]
    return int(path.name[:4]), int(title.removeprefix("# ").split(".")[0])
