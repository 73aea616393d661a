"""Two plans of one night under two configurations: what the one would do and the other does not."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
Key = Callable[[Row], tuple[Any, ...]]
PARTS: dict[str, Key] = {
    "begin": lambda row: (row["play"], row["subject"], row["occurrence"]),
    "end": lambda row: (row["play"], row["enrollment_id"], row["outcome"]),
    "steps": lambda row: (row["play"], row["subject"], row["step"], row["verdict"]),
    "messages": lambda row: (row["play"], row["step"], row["contact"], row["channel"]),
    "tasks": lambda row: (row["play"], row["step"], row["task_id"], row["title"]),
}
"""List of a customer → what makes one of its rows the same under both configurations."""
WORDS = ("play", "subject", "step", "verdict", "outcome", "reason", "template", "contact", "title", "kind")


def difference(this: Row, other: Row) -> dict[str, Any]:
    """Customer by customer what only one of the two does; `changes` counts the rows of both sides and the bands."""
    ours, theirs = ({one["account"]: one for one in plan["customers"]} for plan in (this, other))
    customers = []
    for account in sorted({*ours, *theirs}):
        mine, its = ours.get(account, {}), theirs.get(account, {})
        parts = {name: _parted(mine.get(name, ()), its.get(name, ()), key) for name, key in PARTS.items()}
        parts = {name: sides for name, sides in parts.items() if sides["added"] or sides["gone"]}
        bands = [one["band"] for one in (mine, its) if one.get("band")]
        moved = bands if len(set(bands)) > 1 else None
        if parts or moved:
            name = its.get("name") or mine.get("name") or account
            customers.append({"account": account, "name": name, "band": moved, **parts})
    changes = sum(_count(one) for one in customers)
    return {"as_of": this["as_of"], "plan_hash": this["plan_hash"], "other_plan_hash": other["plan_hash"],
            "changes": changes, "customers": customers}  # fmt: skip


def _parted(mine: Iterable[Row], its: Iterable[Row], key: Key) -> dict[str, list[dict[str, Any]]]:
    """What only the other configuration does, and what only this one does."""
    ours, theirs = ({key(row): row for row in rows} for rows in (mine, its))
    return {"added": [_told(theirs[one]) for one in sorted(theirs.keys() - ours.keys(), key=repr)],
            "gone": [_told(ours[one]) for one in sorted(ours.keys() - theirs.keys(), key=repr)]}  # fmt: skip


def _told(row: Row) -> dict[str, Any]:
    """The row, without what nobody compares."""
    return {name: row[name] for name in WORDS if row.get(name)}


def _count(one: Row) -> int:
    """Rows that are on one side alone, and a band that is another."""
    sides = [one[name] for name in PARTS if name in one]
    return sum(len(side["added"]) + len(side["gone"]) for side in sides) + bool(one["band"])
