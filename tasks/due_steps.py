"""What became of the steps of each conversation, a row a conversation, laid out for the due query of one version."""

from models.play import Play


def steps_sql(play: Play) -> str:
    """One row a conversation of this version that has taken or ended a step.

    Columns: talk; steps and waiting (how many are known, how many of them have no outcome); newest and due (days); for
    each step taken:, open:, on:, ended: and outcome:. DuckDB makes only those that are read.
    """
    columns = [
        "talk",
        "count(*) AS steps",
        "count(*) FILTER (outcome IS NULL) AS waiting",
        'max(greatest("on", ended_on)) AS newest',
        "min(due_on) FILTER (outcome IS NULL) AS due",
        *(column for step in play.steps for column in _columns(step.id)),
    ]
    return f"SELECT {', '.join(columns)} FROM steps WHERE play_hash = '{play.hash}' GROUP BY talk"  # noqa: S608 — our own names


def _columns(step: str) -> tuple[str, ...]:
    """What is told of one step."""
    this = f"step = '{step}'"
    return (
        f'bool_or({this}) AS "taken:{step}"',
        f'bool_or({this} AND outcome IS NULL) AS "open:{step}"',
        f'max("on") FILTER ({this}) AS "on:{step}"',
        f'max(ended_on) FILTER ({this}) AS "ended:{step}"',
        f'max(outcome) FILTER ({this}) AS "outcome:{step}"',
    )


def taken(step: str) -> str:
    """Whether the step was taken or has ended."""
    return f'coalesce(k."taken:{step}", false)'


def is_open(step: str) -> str:
    """Whether the step was taken and has not ended."""
    return f'coalesce(k."open:{step}", false)'


def told(step: str, part: str) -> str:
    """The day or the outcome of the step: on, ended, outcome."""
    return f'k."{part}:{step}"'
