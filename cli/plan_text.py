"""What tonight would do, in words."""

from collections.abc import Iterator
from typing import Any

from cli.table import counts, plural, section, table

SHOWN = 25
"""Customers told one by one; the page and the JSON have all."""


def plan_text(told: dict[str, Any]) -> str:
    """For people."""
    parts = [_headline(told), _plays(told), _people(told), _bands(told), _customers(told)]
    return "\n".join(part for part in parts if part).rstrip()


def _headline(told: dict[str, Any]) -> str:
    """The night, its inputs, its gates, and how it differs from the last one."""
    does = "does this, as it was sealed" if told["sealed"] else "would do this; nothing was changed"
    lines = [f"The night of {told['as_of']} {does}.", f"  inputs   {told['inputs']}", f"  plan     {told['plan_hash']}"]
    lines += [f"  waits    for approval: {reason}" for reason in told["approval"]]
    before = told["compared"]
    if before:
        change = {name: f"{by:+d}" for name, by in before["change"].items() if by}
        lines.append(f"  against  {before['as_of']}: {before['more_mails']:+d} mails; steps {counts(change)}")
    late = {name: one["status"] for name, one in told["sources"].items() if one["status"] not in ("ok", "unchanged")}
    lines += [f"  source   {name} is {status}" for name, status in late.items()]
    lines += [f"  error    {account}: {why}" for account, why in told["errors"].items()]
    return "\n".join(lines) + "\n"


def _plays(told: dict[str, Any]) -> str:
    """A row a play."""
    rows = [
        (name, one["begin"], one["end"], one["messages"], one["tasks"], counts(one["steps"]))
        for name, one in told["plays"].items()
    ]
    return section("By play", table(("play", "begin", "end", "messages", "tasks", "steps"), rows) if rows else "")


def _people(told: dict[str, Any]) -> str:
    """A row a person."""
    rows = [
        (one["name"], one["tasks"], _hours(one["minutes"]), one["open_tasks"], _hours(one["open_minutes"]),
         one["hours_per_week"], "over" if one["over"] else "")
        for one in told["csms"]
    ]  # fmt: skip
    head = ("who", "new tasks", "hours", "due in 7 days", "hours", "a week has", "")
    return section("By person (half an hour a task)", table(head, rows) if rows else "")


def _hours(minutes: int) -> float:
    """To a tenth."""
    return round(minutes / 60, 1)


def _bands(told: dict[str, Any]) -> str:
    """Whose band changes."""
    rows = [(one["account"], one["name"], one["before"], one["after"], one["cause"]) for one in told["bands"]]
    return section("Health bands that change", table(("account", "name", "was", "is", "because"), rows) if rows else "")


def _customers(told: dict[str, Any]) -> str:
    """What happens to each, as far as something does."""
    acted = [one for one in told["customers"] if one["acted"]]
    lines = [line for one in acted[:SHOWN] for line in _customer(one)]
    if len(acted) > SHOWN:
        lines.append(f"  and {plural(len(acted) - SHOWN, 'customer')} more: --html FILE or --json has all")
    return section(f"{plural(len(acted), 'customer')} with something to be done", "\n".join(lines))


def _customer(one: dict[str, Any]) -> Iterator[str]:
    """One account."""
    moved = f", {one['band_before']} before" if one["band_before"] not in (None, one["band"]) else ""
    yield f"  {one['name'] or one['account']} ({one['account']}), {one['band']}{moved}"
    for row in one["begin"]:
        yield f"    begins  {row['play']} of {row['subject']}{', held out' if row['arm'] == 'held_out' else ''}"
    for row in one["end"]:
        yield f"    ends    {row['play']}: {row['outcome']}, {row['reason']}"
    for row in one["tasks"]:
        yield f"    task    {row['play']} {row['step']}: {row['title']}, due {row['due_on']}"
    for row in one["messages"]:
        yield from _message(row)


def _message(row: dict[str, Any]) -> Iterator[str]:
    """One message, with its words if they were asked for."""
    state = "" if row["state"] == "queued" else f", {row['state']}: {row['reason']}"
    to = row["recipient"] or row["contact"] or "our own"
    yield f"    {row['channel']:<7} {row['play']} {row['step']}: to {to}{state}"
    if row["subject"]:
        yield f"      Subject: {row['subject']}"
    yield from (f"      | {line}" for line in row["text"].splitlines())
