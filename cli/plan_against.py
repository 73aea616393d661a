"""Two plans held against each other, in words and as Markdown for a comment."""

from collections.abc import Iterator
from typing import Any

from cli.table import plural

PARTS = {"begin": "begins", "end": "ends", "steps": "step", "messages": "message", "tasks": "task"}
SHOWN = 50


def against_text(told: dict[str, Any], *, markdown: bool) -> str:
    """What the other configuration would do otherwise, `+` what only it does, `-` what only this one does."""
    head = f"The night of {told['as_of']}: {plural(told['changes'], 'change')} for {_who(told)}"
    lines = [f"### {head}" if markdown else head]
    for one in told["customers"][:SHOWN]:
        lines += ["", f"**{one['name']}** ({one['account']})" if markdown else f"{one['name']} ({one['account']})"]
        lines += [f"- `{line}`" if markdown else f"  {line}" for line in _customer(one)]
    if len(told["customers"]) > SHOWN:
        lines += ["", f"and {plural(len(told['customers']) - SHOWN, 'customer')} more"]
    return "\n".join(lines)


def _who(told: dict[str, Any]) -> str:
    """How many of whom."""
    return plural(len(told["customers"]), "customer")


def _customer(one: dict[str, Any]) -> Iterator[str]:
    """One account's differences."""
    if one["band"]:
        yield f"band {one['band'][0]} → {one['band'][1]}"
    for part, word in PARTS.items():
        for sign, side in (("+", "added"), ("-", "gone")):
            for row in one.get(part, {}).get(side, ()):
                yield f"{sign} {word} {' '.join(str(row[name]) for name in row if name != 'reason')}{_why(row)}"


def _why(row: dict[str, Any]) -> str:
    """The reason, where there is one."""
    return f": {row['reason']}" if row.get("reason") else ""
