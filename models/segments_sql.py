"""Segments and touch model as SQL: columns added to a sheet of accounts, one after the other."""

from models.segments import Segments, Touch
from models.sql_text import Checked, first_match, text


def sized(source: str, segments: Segments, sql: Checked) -> str:
    """SELECT over `source` that adds size."""
    size = first_match((sql[rule.when], text(rule.size)) for rule in segments.sizes)
    return f"SELECT *, {size} AS size FROM {source}"


def segmented(source: str, segments: Segments, sql: Checked) -> str:
    """SELECT over `source` that adds segment, and segment_rule: the condition that decided."""
    segment = first_match((sql[rule.when], text(rule.segment)) for rule in segments.segments)
    because = first_match((sql[rule.when], text(rule.when)) for rule in segments.segments)
    return f"SELECT *, {segment} AS segment, {because} AS segment_rule FROM {source}"


def focused(source: str, segments: Segments, sql: Checked) -> str:
    """SELECT over `source` that adds focus."""
    focus = first_match((sql[rule.when], text(rule.focus)) for rule in segments.focus)
    return f"SELECT *, {focus} AS focus FROM {source}"


def touched(source: str, touch: Touch, sql: Checked) -> str:
    """SELECT over `source` that adds touch, and touch_rule: the condition that decided."""
    model = first_match((sql[rule.when], text(rule.touch)) for rule in touch.touch)
    because = first_match((sql[rule.when], text(rule.when)) for rule in touch.touch)
    return f"SELECT *, {model} AS touch, {because} AS touch_rule FROM {source}"
