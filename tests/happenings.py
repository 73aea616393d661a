"""What may happen to one customer over many nights: drawn by hypothesis as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Happening = tuple[Any, ...]
ROLES = ("sponsor", "champion", "user")
LIVES = ("A", "C", "B")
"""Accounts; the last is held out."""
INTO = {"A": "D", "C": "F", "B": "E"}
"""The account that each may be merged into, which is held out where it is."""
PLACES = ("anchor:end", "anchor:start", "when", "until", "resolve", "arm", "audience", "success")
HOURS = (24.0, 48.0, 49.0, 200.0)
CHOICES: dict[str, tuple[int, tuple[Sequence[Any], ...]]] = {
    "work": (4, ((0, 1), ("done", "done", "canceled"))),
    "answer": (3, (("reply", "booking", "click"), (True, False))),
    "edit": (6, (("rename", "rename", "drop", "later", "more", "revert"), range(25), ("map", "restart", "finish_old"))),
    "move": (3, (("start", "end"), range(-40, 41))),
    "lose": (1, (("start", "end"),)),
    "find": (1, (("start", "end"),)),
    "outage": (2, ((1, 2, 3, 4, 5, 6, 8, 10, 14, 30, 61, 120),)),
    "renew": (1, (range(20, 121),)),
    "flip": (6, (("w", "w", "b", "s", "u", "r", "w", "u", "success", "audience"), (True, False, None))),
    "turn": (1, (("stop", "audience", "success"),)),
    "age": (2, (PLACES, HOURS)),
    "fresh": (1, ()),
    "come": (2, (ROLES,)),
    "leave": (2, (ROLES,)),
    "suppress": (2, (ROLES,)),
    "object": (1, (ROLES,)),
    "consent": (1, (ROLES,)),
    "kill": (1, (("*", "life", "loud", "m/notice", "m/invite"),)),
    "resume": (1, ()),
    "signal": (2, (("rescue", "rescue", "praise", "loud"), (True, False))),
    "again": (2, (("rescue", "praise"),)),
    "ask": (2, (("extra", "rescue"),)),
    "bounce": (1, ()),
    "merge": (1, ()),
}
"""What may happen → how often, and with which words."""
_kinds = st.sampled_from([kind for kind, (often, _) in CHOICES.items() for _ in range(often)])
_numbers = st.integers(0, 9999)


def _meant(drawn: tuple[str, int, int, int]) -> Happening:
    """Numbers as words."""
    kind, *numbers = drawn
    return (kind, *(words[number % len(words)] for words, number in zip(CHOICES[kind][1], numbers, strict=False)))


HAPPENING = st.tuples(_kinds, _numbers, _numbers, _numbers).map(_meant)


@dataclass(frozen=True)
class Life:
    """A customer's life: what happens, each after some nights; then `rest` nights in which nothing does.

    Attributes:
        ends_after: days from the start of the term to its end.
        loud: another play writes every third day.
        pace: days until a task is done. replies: days until the first mail is answered. None: never, of itself.
    """

    account: str
    ends_after: int
    loud: bool
    pace: int | None
    replies: int | None
    story: tuple[tuple[int, Happening], ...]
    rest: int


LIFETIMES = st.builds(
    Life, st.sampled_from(LIVES), st.integers(10, 150), st.booleans(),
    st.none() | st.integers(1, 12), st.none() | st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 9), HAPPENING), min_size=10, max_size=20).map(tuple), st.integers(0, 40),
)  # fmt: skip
