"""The lifecycle as SQL: one stage an account, since when, for the how-manieth time, and none skipped silently.

Remembered as `stage:<name>`: value in, left or skipped, the day of that, and how often the stage was entered.
"""

from models.memory_sql import Remembered, past
from models.sql_text import Checked, first_match, set_by_hand, text
from models.stages import Stage, Stages

SHEET_COLUMNS = {
    "stage": "text",
    "stage_computed": "text",
    "stage_since": "date",
    "stage_entry": "number",
    "stage_backfilled": "boolean",
}


def memory_name(stage: Stage) -> str:
    """The name under which a stage is remembered."""
    return f"stage:{stage.stage}"


def staged(source: str, stages: Stages, sql: Checked, as_of: str, override: str = "NULL") -> str:
    """SELECT that adds stage, stage_computed, stage_since, _entry, _backfilled; `source` holds what is remembered.

    While no stage's condition is true (something is missing), the account stays where it was. A stage that a person
    has set (`override`, a column) is the account's, and is entered and left like any other.
    """
    was = first_match((f"{past(memory_name(each), 'value')} = 'in'", text(each.stage)) for each in stages.ordered)
    now = first_match((sql[each.when], text(each.stage)) for each in stages.ordered)
    asked = f'SELECT *, {was} AS "~stage.was", {now} AS "~stage.now" FROM {source}'
    computed = 'SELECT *, coalesce("~stage.now", "~stage.was") AS stage_computed FROM asked'
    placed = f"SELECT *, {set_by_hand(override, stages.names, 'stage_computed')} AS stage FROM computed"
    since, entry = _since(stages, sql, as_of), _entry(stages)
    backfilled = _backfilled(stages, as_of, sql)
    dated = f"SELECT *, {since} AS stage_since, {entry} AS stage_entry, {backfilled} AS stage_backfilled"
    return f"WITH asked AS ({asked}), computed AS ({computed}), placed AS ({placed}) {dated} FROM placed"


def remembered(stages: Stages, as_of: str) -> list[Remembered]:
    """Tonight's memory of the stages: only of those once entered or skipped."""
    return [_remembered(stages, each, as_of) for each in stages.ordered]


def _moved() -> str:
    """Whether the account came to another stage tonight, known from memory."""
    return '"~stage.was" IS NOT NULL AND stage <> "~stage.was"'


def _dated(stages: Stages, sql: Checked) -> str:
    """The dated fact that tells since when the account has been in its stage."""
    return first_match(
        (f"stage = {text(each.stage)}", f"CAST({sql[each.since]} AS DATE)" if each.since else "CAST(NULL AS DATE)")
        for each in stages.ordered
    )


def _since(stages: Stages, sql: Checked, as_of: str) -> str:
    """Remembered, tonight, or, when nothing is remembered, from the dated fact."""
    kept = first_match((f"stage = {text(each.stage)}", past(memory_name(each), "since")) for each in stages.ordered)
    first = f"least(coalesce({_dated(stages, sql)}, {as_of}), {as_of})"
    return (
        f'CASE WHEN stage IS NULL THEN NULL WHEN "~stage.was" IS NULL THEN {first} '
        f"WHEN {_moved()} THEN {as_of} ELSE {kept} END"
    )


def _entry(stages: Stages) -> str:
    """How often the account has entered its stage."""
    kept = first_match(
        (f"stage = {text(each.stage)}", f"coalesce({past(memory_name(each), 'entry')}, 0)") for each in stages.ordered
    )
    return (
        f'CASE WHEN stage IS NULL THEN NULL WHEN "~stage.was" IS NULL OR {_moved()} '
        f"THEN CAST({kept} + 1 AS INTEGER) ELSE CAST({kept} AS INTEGER) END"
    )


def _backfilled(stages: Stages, as_of: str, sql: Checked) -> str:
    """Whether stage_since was not seen, but told by a dated fact."""
    kept = first_match(
        (f"stage = {text(each.stage)}", past(memory_name(each), "backfilled")) for each in stages.ordered
    )
    first = f"coalesce({_dated(stages, sql)} < {as_of}, false)"
    return (
        f'CASE WHEN stage IS NULL THEN NULL WHEN "~stage.was" IS NULL THEN {first} '
        f"WHEN {_moved()} THEN false ELSE {kept} END"
    )


def _remembered(stages: Stages, stage: Stage, as_of: str) -> Remembered:
    """What is remembered of one stage."""
    key, here = memory_name(stage), f"stage = {text(stage.stage)}"
    left = f"{past(key, 'value')} = 'in'"
    skipped = f"({past(key, 'value')} IS NULL AND {_skips(stages, stage)})"
    value = first_match([(here, "'in'"), (left, "'left'"), (skipped, "'skipped'")], past(key, "value"))
    since = first_match([(here, "stage_since"), (f"{left} OR {skipped}", as_of)], past(key, "since"))
    entry = first_match([(here, "stage_entry"), (skipped, "0")], past(key, "entry"))
    backfilled = first_match([(here, "stage_backfilled"), (f"{left} OR {skipped}", "false")], past(key, "backfilled"))
    return Remembered(key, value, since, entry, backfilled)


def _skips(stages: Stages, stage: Stage) -> str:
    """Whether tonight's move leads over this stage."""
    if stage not in stages.stages:
        return "false"
    place = stages.stages.index(stage)
    before = [text(each.stage) for each in (*stages.outside, *stages.stages[:place])]
    after = [text(each.stage) for each in stages.stages[place + 1 :]]
    if not before or not after:
        return "false"
    return f'coalesce("~stage.was" IN ({", ".join(before)}) AND stage IN ({", ".join(after)}), false)'
