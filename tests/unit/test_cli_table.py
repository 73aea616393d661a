"""Tables on a terminal: aligned, cut, and unable to steer the terminal."""

import pytest

from cli.table import counts, plural, section, table


def test_columns_are_aligned_and_numbers_stand_right() -> None:
    """Texts left, numbers right, a dash for nothing."""
    assert table(("name", "n"), [("a", 5), ("long name", 12), (None, 0)]).splitlines() == [
        "  name        n",
        "  a           5",
        "  long name  12",
        "  -           0",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a\x1b[31mb", "a [31mb"), ("one\ntwo", "one two"), ("\u202eabc", " abc"), (True, "yes"), (0, "0"), ("", "-")],
)
def test_a_cell_is_one_harmless_line(value: object, shown: str) -> None:
    """Values of other people's systems are shown here."""
    assert table(("v",), [(value,)]).splitlines()[1].strip() == shown.strip()


def test_long_texts_are_cut_where_something_follows() -> None:
    """The last column holds reasons, and a reason is told to its end."""
    long = "x" * 100
    assert table(("v", "why"), [(long, long)]).splitlines()[1].split() == ["x" * 59 + "…", long]


def test_words_around_tables() -> None:
    """Nothing is said of what is not there."""
    assert section("Title", "") == ""
    assert counts({"sent": 3, "held": 1}) == "3 sent, 1 held"
    assert counts({}) == "none"
    assert (plural(1, "task"), plural(2, "address", "addresses")) == ("1 task", "2 addresses")
