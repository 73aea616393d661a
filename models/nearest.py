"""The nearest valid name, for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """A sentence that names the nearest valid name, or all of them when they are few."""
    names = sorted(valid)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"valid are: {', '.join(names[:12])}" + (" …" if len(names) > 12 else "")
