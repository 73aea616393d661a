"""A planned night customer by customer, and play by play: counted from the decisions and the events they write."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from models.decision import Plan
from models.person_tables import person_message
from models.record import Record
from tasks.planning.run import Planned
from tasks.planning.views import CustomerPlan, MessagePlan, PlayPlan
from tasks.report.account_parts import iso
from tasks.report.reading import Reading
from tasks.store.engine import read

WORDS = ("recipient", "subject", "text", "html")
TASK = ("task_id", "play", "step", "csm", "owner_team", "title", "due_on", "kind")
SHEET = ("account_id", "name", "health_band", "health_band_before")


def customers(planned: Planned, book: Reading, *, mails: bool) -> list[CustomerPlan]:
    """Every account of which anything is decided, by id; with the words of its messages where they are wanted."""
    found, words = dict[str, CustomerPlan](), _words(planned) if mails else {}
    for name, row in _said(planned.whole):
        getattr(found.setdefault(row["account"], CustomerPlan(row["account"])), name).append(row)
    for record in planned.records:
        one = found.setdefault(record.account or "", CustomerPlan(record.account or ""))
        if record.kind == "message_queued":
            one.messages.append(_message(record, words))
        elif record.kind == "task_opened":
            one.tasks.append({name: record.payload.get(name) for name in TASK})
    for row in book.rows(book.pick("account", SHEET)):
        if row["account_id"] in found:
            one = found[row["account_id"]]
            one.name = row["name"] or row["account_id"]
            one.band, one.band_before = row["health_band"] or "", row["health_band_before"]
    return [found[account] for account in sorted(found) if account]


def plays(whole: Plan, records: Iterable[Record]) -> dict[str, PlayPlan]:
    """Play → what the night does in it."""
    found: dict[str, PlayPlan] = defaultdict(PlayPlan)
    for enroll in whole.enroll:
        found[enroll.play].begin += enroll.lead is None
    for end in whole.ends:
        found[end.play].end += 1
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in whole.verdicts:
        steps[verdict.play][verdict.verdict] += 1
    for play, counts in steps.items():
        found[play].steps = dict(sorted(counts.items()))
    for record in records:
        if record.kind == "message_queued" and record.payload.get("state") != "trapped":
            found[record.payload["play"]].messages += 1
        elif record.kind == "task_opened":
            found[record.payload["play"]].tasks += 1
    return dict(sorted(found.items()))


def _said(whole: Plan) -> Iterable[tuple[str, dict[str, Any]]]:
    """Which list of a customer, and the row, of every decision."""
    for enroll in whole.enroll:
        if enroll.lead is None:
            yield "begin", _row(enroll, "account", "play", "subject", "occurrence", "arm", "enrollment_id")
    for end in whole.ends:
        yield "end", _row(end, "account", "play", "outcome", "reason", "enrollment_id")
    for verdict in whole.verdicts:
        shown = _row(verdict, "account", "play", "subject", "step", "kind", "verdict", "reason", "planned_on")
        yield "steps", {**shown, "recipients": len(verdict.recipients)}
    for out in whole.not_enrolled:
        yield "not_begun", _row(out, "account", "play", "subject", "reason")


def _row(decision: object, *names: str) -> dict[str, Any]:
    """These fields."""
    return {name: iso(getattr(decision, name)) for name in names}


def _message(record: Record, words: Mapping[str, tuple[str, ...]]) -> MessagePlan:
    """One message, with its words where they are known."""
    said = record.payload
    shown = MessagePlan(
        said["message_id"], said["play"] or "", said["step"] or "", said["channel"], said.get("template") or "",
        said.get("contact") or "", said.get("state") or "queued", said.get("not_before"), said.get("reason") or "",
    )  # fmt: skip
    return replace(shown, **dict(zip(WORDS, words.get(shown.message_id, ()), strict=False)))


def _words(planned: Planned) -> dict[str, tuple[str, ...]]:
    """Message → what the person area of the temporary database keeps of it, as WORDS lists it."""
    query = select(person_message.c.message_id, *(person_message.c[name] for name in WORDS))
    with read(planned.night.engine) as conn:
        return {id_: tuple(part or "" for part in parts) for id_, *parts in conn.execute(query)}
