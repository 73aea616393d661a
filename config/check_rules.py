"""What can be wrong in facts, in the rules that score, in anchors and plays: all SQL against the sheet it reads."""

import re

from config.conditions import Condition, Expression
from config.facts import load_facts
from config.files import Files
from config.growth import Scoring, grow
from config.load import Rules
from config.parts import SINGLE, Parts
from config.scoring import all_columns, check_anchor, fact_columns
from models.anchors import Anchors
from models.company import Company
from models.errors import ConditionError, ConfigError
from models.fact import GRAINS, Fact, Kind
from models.nearest import did_you_mean
from models.play import Play
from models.step import Step

ANCHORS = SINGLE["anchors"][0]
SCORING = ("segments", "touch", "milestones", "health", "stages", "signals")
EMAILS = "templates/emails/"
Columns = dict[str, dict[str, Kind]]


def check_rules(parts: Parts) -> None:
    """Facts first; conditions only if the columns they read are known."""
    facts = _facts(parts)
    if facts is None:
        return
    scoring = _Collecting(parts, fact_columns(facts, "account"))
    if all(section in parts.read for section in SCORING):
        grow(scoring, _rules(parts))
        columns: Columns = all_columns(facts, scoring.columns)
        _check_anchors(parts, columns)
        for play in parts.read["plays"].values():
            _check_conditions(parts, play, columns[play.per])
    for play in parts.read["plays"].values():
        _check_steps(parts, play)


class _Collecting(Scoring):
    """Scoring that notes what is wrong and goes on."""

    def __init__(self, parts: Parts, columns: dict[str, Kind]) -> None:
        super().__init__(columns)
        self.parts = parts

    def condition(self, text: str, file: str, key: str) -> set[str]:
        try:
            return super().condition(text, file, key)
        except ConditionError as error:
            return self._note(error)

    def value(self, text: str, kind: Kind, file: str, key: str) -> set[str]:
        try:
            return super().value(text, kind, file, key)
        except ConditionError as error:
            return self._note(error)

    def add(self, column: str, kind: Kind, reads: set[str], file: str) -> None:
        try:
            super().add(column, kind, reads, file)
        except ConditionError as error:
            self._note(error)

    def _note(self, error: ConditionError) -> set[str]:
        """With the line at which the key stands."""
        line = self.parts.line(error.file, error.key)
        self.parts.problems.append(ConfigError(error.problem, file=error.file, line=line, key=error.key))
        return set()


def _rules(parts: Parts) -> Rules:
    """Rules with at least the sections that score."""
    spare = {"company": Company(), "anchors": Anchors.model_construct(anchors={})}
    return Rules(files=parts.files, **{**spare, **parts.read})


def _facts(parts: Parts) -> dict[str, list[Fact]] | None:
    """The facts; None with what is wrong noted, file by file."""
    try:
        return load_facts(parts.files)
    except ConfigError as first:
        before = len(parts.problems)
        for grain in GRAINS:
            for path, text in parts.files.under(f"config/facts/{grain}", ".sql").items():
                _try_facts(parts, Files({path: text}))
        if len(parts.problems) == before:
            _note(parts, first)
    return None


def _try_facts(parts: Parts, files: Files) -> None:
    """Note what is wrong with these fact files."""
    try:
        load_facts(files)
    except ConfigError as error:
        _note(parts, error)


def _note(parts: Parts, error: ConfigError) -> None:
    """A problem of a fact file, with its line as far as it can be guessed."""
    line = error.line or _guessed(parts.files.get(error.file, ""), error)
    parts.problems.append(ConfigError(error.problem, file=error.file, line=line, key=error.key))


def _guessed(sql: str, error: ConfigError) -> int | None:
    """The line a SQL error is about: as the parser says, or where the key or the first quoted name stands."""
    if said := re.search(r"[Ll]ine (\d+)", error.problem):
        return int(said[1])
    quoted = re.search(r"'([^']+)'", error.problem)
    word = error.key or (quoted[1] if quoted else "")
    return next((number for number, line in enumerate(sql.splitlines(), 1) if word and word in line), None)


def _check_anchors(parts: Parts, columns: Columns) -> None:
    """Every anchor's date and occurrence are in its sheet."""
    anchors: Anchors | None = parts.read.get("anchors")
    for name, anchor in anchors.anchors.items() if anchors else ():
        try:
            check_anchor(anchor, columns[anchor.grain], name)
        except ConditionError as error:
            parts.say(error.problem, ANCHORS, *error.key.split("."))


def _check_conditions(parts: Parts, play: Play, columns: dict[str, Kind]) -> None:
    """Every condition of a play."""
    file = f"config/plays/{play.play}.yaml"
    places = {f"{step.id}.when": ("steps", place, "when") for place, step in enumerate(play.steps)}
    for where, text in play.conditions.items():
        path = places.get(where, tuple(where.split(".")))
        try:
            Condition.parse(text, columns)
        except ConditionError as error:
            parts.say(error.problem, file, *path)
    if play.goal:
        _check_goal(parts, play.goal.metric, file, columns)


def _check_goal(parts: Parts, metric: str, file: str, columns: dict[str, Kind]) -> None:
    """A goal is a number of the sheet."""
    try:
        kind = Expression.parse(metric, columns).kind
    except ConditionError as error:
        parts.say(error.problem, file, "goal", "metric")
        return
    if kind not in ("number", None):
        parts.say(f"a goal is a number, `{metric}` gives a {kind}", file, "goal", "metric")


def _check_steps(parts: Parts, play: Play) -> None:
    """Anchors and templates that a play names exist."""
    _check_anchor_name(parts, play, play.anchor, "anchor")
    for place, step in enumerate(play.steps):
        if step.anchor:
            _check_anchor_name(parts, play, step.anchor, "steps", place, "anchor")
        _check_template(parts, play, step, place)


def _check_anchor_name(parts: Parts, play: Play, name: str, *path: str | int) -> None:
    """The anchor exists, and the play's subject has it."""
    found: Anchors | None = parts.read.get("anchors")
    file = f"config/plays/{play.play}.yaml"
    if found is None:
        return
    if name not in found.anchors:
        parts.say(f"there is no anchor '{name}'; {did_you_mean(name, found.anchors)}", file, *path)
    elif found.anchors[name].grain not in ("account", play.per):
        parts.say(f"the anchor '{name}' is per {found.anchors[name].grain}, this play per {play.per}", file, *path)


def _check_template(parts: Parts, play: Play, step: Step, place: int) -> None:
    """What the step sends is written, and a survey has a page to answer on."""
    names = {path.removeprefix(EMAILS).rsplit(".", 2)[0] for path in parts.files.under(EMAILS.rstrip("/"), ".md")}
    file, key = f"config/plays/{play.play}.yaml", ("inapp",) if step.inapp else ("email",)
    if step.template and step.template not in names:
        said = f"there is no template '{step.template}'; {did_you_mean(step.template, names)}"
        parts.say(said, file, "steps", place, *(("meeting", "invite") if step.meeting else key))
    company: Company | None = parts.read.get("company")
    if step.survey and company and not company.survey_url:
        said = "a survey needs the page on which it is answered: survey_url: in config/perennial.yaml"
        parts.say(said, file, "steps", place, "survey")
