"""Plain aligned text: tables and counts, for terminals and for logs."""

from collections.abc import Iterable, Mapping, Sequence

GAP = "  "
LONGEST = 60
WORDS = {True: "yes", False: "no"}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under their heads, indented by two; numbers stand right, long texts are cut but in the last column."""
    given = [list(row) for row in rows]
    cells = [[*(_cell(value) for value in row[:-1]), _cell(row[-1], longest=None)] for row in given]
    widths = [max(len(head[place]), *(len(row[place]) for row in cells), 0) for place in range(len(head))]
    right = [_numeric([row[place] for row in given]) for place in range(len(head))]
    lines = [_line(row, widths, right) for row in ([*head], *cells)]
    return "\n".join(lines)


def section(title: str, body: str) -> str:
    """A title with its text below; nothing for an empty text."""
    return f"{title}\n{body}\n" if body else ""


def counts(values: Mapping[str, object]) -> str:
    """`3 sent, 1 held`, or a word that there is nothing."""
    return ", ".join(f"{count} {name}" for name, count in values.items()) or "none"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """One line of the table."""
    cells = [
        cell.rjust(width) if far else cell.ljust(width) for cell, width, far in zip(row, widths, right, strict=True)
    ]
    return (GAP + GAP.join(cells)).rstrip()


def _cell(value: object, longest: int | None = LONGEST) -> str:
    """A value on one line; control characters of a terminal stay out."""
    text = WORDS[value] if isinstance(value, bool) else str(value)
    text = "-" if value is None or value == "" else "".join(letter if letter.isprintable() else " " for letter in text)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def _numeric(values: Sequence[object]) -> bool:
    """Whether the column holds numbers."""
    return any(isinstance(value, int | float) for value in values) and all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    )
