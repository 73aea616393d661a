"""What `perennial demo` shows at its end: counts by reason, and the paths to open."""

from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select

from models.tables import message, person_message
from tasks.night import Night
from tasks.store.engine import read


def tour(night: Night, summary: dict[str, Any]) -> str:
    """The summary of the night for a newcomer."""
    lines = [
        f"\nThe night of {summary['as_of']} is {summary['state']}: {summary['accounts']} accounts.",
        _row("health", summary["health"]), _row("segments", summary["segments"]), _row("touch", summary["touch"]),
        _row("stages", summary["stages"]), _row("enrolled", summary["enrolled"]), _row("steps", summary["steps"]),
        _row("messages", summary["messages"]), _row("mails sent", _by_play(night)), _quarantine(summary),
        "\nOpen:", f"  report    {night.settings.report_dir / 'index.html'}",
    ]  # fmt: skip
    lines += [f"  one mail  {path}" for path in _example(night)]
    lines += [
        f"  mailbox   {night.settings.mailbox_dir}",
        "\nNext: perennial status · perennial quarantine · perennial tasks",
    ]
    return "\n".join(lines)


def _row(name: str, counts: dict[str, Any]) -> str:
    """One line of counts."""
    return f"  {name:<12} " + ("  ".join(f"{key} {value}" for key, value in counts.items()) or "none")


def _quarantine(summary: dict[str, Any]) -> str:
    """How many rows were set aside, by source."""
    found = {name: source["quarantined"] for name, source in summary["sources"].items() if source["quarantined"]}
    return _row("quarantined", found)


def _by_play(night: Night) -> dict[str, int]:
    """Play → mails sent tonight."""
    query = select(message.c.play).where(*_mailed(night))
    with read(night.engine) as conn:
        return dict(sorted(Counter(conn.execute(query).scalars()).items()))


def _mailed(night: Night) -> tuple[ColumnElement[bool], ...]:
    """What went to customers by mail tonight; notices to our own people are told with the messages."""
    return message.c.state == "sent", message.c.channel == "email", message.c.as_of == night.as_of


def _example(night: Night) -> list[Path]:
    """One sent mail of each play, as a page a browser can open."""
    query = (
        select(message.c.play, person_message.c.html)
        .join(person_message, person_message.c.message_id == message.c.message_id)
        .where(*_mailed(night))
        .order_by(message.c.message_id)
    )
    with read(night.engine) as conn:
        pages = dict(conn.execute(query).tuples().all())
    folder = night.settings.var / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    for play, html in pages.items():
        (folder / f"{play}.html").write_text(html, encoding="utf-8")
    return [folder / f"{play}.html" for play in sorted(pages)]
