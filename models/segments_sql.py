"""Segments and touch model as SQL: columns added to a sheet of accounts, one after the other.

What a person has set (`override`, a column) stands in the place of what was computed, which is kept beside it.
"""

from models.segments import MODELS, Segments, Touch
from models.sql_text import Checked, first_match, set_by_hand, text


def sized(source: str, segments: Segments, sql: Checked) -> str:
    """SELECT over `source` that adds size."""
    size = first_match((sql[rule.when], text(rule.size)) for rule in segments.sizes)
    return f"SELECT *, {size} AS size FROM {source}"


def segmented(source: str, segments: Segments, sql: Checked, override: str = "NULL") -> str:
    """SELECT over `source` that adds segment, segment_computed, and segment_rule: the condition that decided."""
    segment = first_match((sql[rule.when], text(rule.segment)) for rule in segments.segments)
    because = first_match((sql[rule.when], text(rule.when)) for rule in segments.segments)
    computed = f"SELECT *, {segment} AS segment_computed, {because} AS segment_rule FROM {source}"
    chosen = set_by_hand(override, dict.fromkeys(rule.segment for rule in segments.segments), "segment_computed")
    return f"SELECT *, {chosen} AS segment FROM ({computed})"


def focused(source: str, segments: Segments, sql: Checked) -> str:
    """SELECT over `source` that adds focus."""
    focus = first_match((sql[rule.when], text(rule.focus)) for rule in segments.focus)
    return f"SELECT *, {focus} AS focus FROM {source}"


def touched(source: str, touch: Touch, sql: Checked, override: str = "NULL") -> str:
    """SELECT over `source` that adds touch, touch_computed, and touch_rule: the condition that decided."""
    model = first_match((sql[rule.when], text(rule.touch)) for rule in touch.touch)
    because = first_match((sql[rule.when], text(rule.when)) for rule in touch.touch)
    computed = f"SELECT *, {model} AS touch_computed, {because} AS touch_rule FROM {source}"
    return f"SELECT *, {set_by_hand(override, MODELS, 'touch_computed')} AS touch FROM ({computed})"
