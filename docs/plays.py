"""A page for every play that ships, made from its file, for docs/generate.py."""  # noqa: INP001 — scripts, no package

from collections.abc import Iterator

from config.files import Files
from config.load import Rules
from docs.sql_words import in_words
from docs.step_words import late_rule, what, when, who
from docs.tables import table
from models.anchors import Anchor
from models.play import Play
from models.step import Step
from tasks.mail.template import find_template

TRIGGERS = {
    "customer": "something the customer does, or no longer does",
    "scheduled": "a date",
    "csm": "a person of the team",
}
REENTRY = {"occurrence": "once for each occurrence", "never": "once, and never again"}


def play_pages(rules: Rules) -> dict[str, str]:
    """File name under docs/plays/ → the page."""
    pages = {f"{name}.md": play_page(play, rules) for name, play in sorted(rules.plays.items())}
    return {"README.md": index(rules), **pages}


def index(rules: Rules) -> str:
    """The list of all plays, who speaks first at the top."""
    plays = sorted(rules.plays.values(), key=lambda play: (-play.precedence, play.play))
    rows = [
        (f"[{_title(play)}]({play.play}.md)", f"`{play.play}`", TRIGGERS[play.trigger], play.per, str(play.precedence))
        for play in plays
    ]
    return f"""# Plays that ship

Each page is made from the play's file in `config/plays/` by `python -m docs.generate`; a test fails when one is stale.
When several plays would write to a customer on one day, the higher precedence speaks. How to write one of your own:
[add a play](../how-to/add-a-play.md).

{table(("play", "name", "begun by", "for each", "precedence"), rows)}
"""


def play_page(play: Play, rules: Rules) -> str:
    """The page of one play."""
    parts = [
        f"# {_title(play)}",
        " ".join(play.about.split()),
        _named(play),
        "## When it begins, and for whom",
        _begins(play, rules.anchors.anchors.get(play.anchor)),
        "## Steps",
        _steps(play),
        *_mails(play, rules.files),
        "## How it ends",
        _ends(play),
        "## How it gets on with other plays",
        _others(play, rules),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _named(play: Play) -> str:
    """Its name, its grain, its file."""
    file = f"[config/plays/{play.play}.yaml](../../config/plays/{play.play}.yaml)"
    return f"`{play.play}`, one enrollment for each {play.per}; its file is {file}."


def _title(play: Play) -> str:
    """The play's title, or its name."""
    return play.title or play.play


def _begins(play: Play, anchor: Anchor | None) -> str:
    """Trigger, audience, anchor, goal."""
    again = REENTRY.get(str(play.reentry), f"again {play.reentry} days after the last one ended, at the earliest")
    rows = [
        ("begun by", TRIGGERS[play.trigger]),
        ("audience", _both(play.audience)),
        ("counted from", f"`{play.anchor}`{_date_of(anchor)}"),
        ("how often", again),
        ("goal", _goal(play)),
    ]
    if play.min_term:
        rows.append(("shortest term", f"{play.min_term} months"))
    return table(("", ""), [row for row in rows if row[1]])


def _date_of(anchor: Anchor | None) -> str:
    """Where the anchor's date comes from."""
    column = getattr(anchor, "date", None)
    built_in = getattr(anchor, "built_in", None)
    if column:
        return f": the column `{column}`, read again every night"
    return f": the night of the {built_in}" if built_in else ""


def _both(condition: str) -> str:
    """A condition in words, and as it stands in the file."""
    return f"{in_words(condition)}<br>`{' '.join(condition.split())}`"


def _goal(play: Play) -> str:
    """The number that is to move."""
    if play.goal is None:
        return ""
    return f"{play.goal.better} within {play.goal.window} days: {_both(play.goal.metric)}"


def _steps(play: Play) -> str:
    """Every step in the order of the file."""
    rows = [
        (f"`{step.id}`", when(step), what(step), who(step), _if(step.when), late_rule(play, step))
        for step in play.steps
    ]
    head = ("step", "when", "what", "whom", "only if", "if late")
    details = [f"**`{step.id}`**\n\n{text}" for step in play.steps if (text := _told(step))]
    return "\n\n".join([table(head, rows), *details])


def _told(step: Step) -> str:
    """What the owner is told: an agenda of more than a line, and the details."""
    agenda = step.meeting.agenda.strip() if step.meeting else ""
    return "\n\n".join(part for part in (agenda if "\n" in agenda else "", (step.details or "").strip()) if part)


def _if(condition: str | None) -> str:
    """A condition in words; nothing if there is none."""
    return in_words(condition) if condition else ""


def _mails(play: Play, files: Files) -> Iterator[str]:
    """The subject of each thing that is sent, with its template."""
    names = dict.fromkeys(step.template for step in play.steps if step.template)
    if not names:
        return
    yield "## What is said"
    fronts = {name: find_template(files, name, "en").front for name in names}
    rows = [(front.subject, front.klass, f"[{name}]({_source(name)})") for name, front in fronts.items()]
    yield table(("subject", "class", "template"), rows)


def _source(template: str) -> str:
    """The template's English file, seen from docs/plays/."""
    return f"../../templates/emails/{template}.en.md"


def _ends(play: Play) -> str:
    """Success, stop, the last step; when it counts as behind and as stuck."""
    rows = [("when every step has ended", "")]
    if play.exit.success:
        rows.insert(0, ("as a success, any night", _both(play.exit.success)))
    if play.exit.stop:
        rows.insert(len(rows) - 1, ("stopped, any night", _both(play.exit.stop)))
    if play.expected:
        rows.append(("is behind after", f"{play.expected} days"))
    rows.append(("is stuck when nothing has happened for", f"{play.stuck_after} days"))
    return table(("it ends, or", ""), rows)


def _others(play: Play, rules: Rules) -> str:
    """Precedence, group, rest, holdout, versions."""
    rows = [("precedence", str(play.precedence))]
    if play.group:
        fellows = sorted(f"`{name}`" for name, each in rules.plays.items() if each.group == play.group and each != play)
        rows.append(("group", f"`{play.group}`: one at a time on an account" + _with(fellows)))
    if play.cool_down:
        rows.append(
            ("rest", f"{play.cool_down} days on the account after {'one of the group' if play.group else 'it'} ended")
        )
    if play.coterm:
        rows.append(("joined", f"what ends within {play.coterm} days of each other is one conversation"))
    rows.append(("holdout", f"{play.holdout:.0%}" if play.holdout else "none"))
    rows.append(("a new version", f"`{play.migrate.how}`"))
    return table(("", ""), rows)


def _with(names: list[str]) -> str:
    """Names of other plays, if there are any."""
    return f", with {', '.join(names)}" if names else ""
