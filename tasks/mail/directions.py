"""Latin names in sentences that run from right to left: what belongs to a name stays with it."""

import unicodedata

from babel import Locale

MARK = "\u200e"
"""A Latin letter that nobody sees: what stands between it and another Latin letter runs from left to right."""
ADDRESSES = ("://", "@")


def held_together(text: str, locale: Locale) -> str:
    """A value as it stands in the language's sentences: `Acme Inc.` keeps its full stop, `7-Eleven` its order.

    Only languages that run from right to left change it, and only values in Latin letters; addresses stay as they are,
    for they become links.
    """
    if locale.text_direction != "rtl" or not _left_to_right(text) or any(part in text for part in ADDRESSES):
        return text
    before = "" if text[0].isalpha() else MARK
    return before + text + ("" if text[-1].isalnum() else MARK)


def _left_to_right(text: str) -> bool:
    """Whether it has letters, and all of them run from left to right."""
    return {unicodedata.bidirectional(char) for char in text} & {"L", "R", "AL"} == {"L"}
