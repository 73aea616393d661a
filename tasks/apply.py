"""Apply a plan: events, tasks and queued messages, each once however often it is applied."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from models.decision import End, Enroll, Migrate, Plan, Resolve, Stuck, Verdict
from models.event import Event
from models.landing import Landing
from models.play import Play
from tasks.cancel import cancel
from tasks.decision_events import DecisionEvents
from tasks.failpoint import failpoint
from tasks.goals import goals
from tasks.letters import Letter
from tasks.night import Night
from tasks.people import people
from tasks.revisions import revise
from tasks.store.engine import begin
from tasks.store.events import append_all
from tasks.store.messages import keep_person
from tasks.triggers import triggers
from tasks.unsent import hand_over
from tasks.worklist import close_of, fall_due, resolve_all, stuck_tasks

BATCH = 500  # accounts a transaction


@dataclass
class _Parts:
    """What a plan says of one account."""

    enroll: list[Enroll] = field(default_factory=list)
    migrations: list[Migrate] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    resolves: list[Resolve] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)


def apply(
    night: Night, plan: Plan, landings: list[Landing], versions: Mapping[str, Play], hashes: Mapping[str, str]
) -> None:
    """Write the plan's events in transactions of at most 500 accounts; what is there already stays as it is.

    Args:
        night: gives the clock and the stores.
        plan: what was decided, or what an approval released of it.
        landings: those up to the night's watermark.
        versions: play hash → play.
        hashes: enrollment → hash of the play it follows (running ones; new ones say it themselves).
    """
    hand_over(night, landings)
    wanted = {verdict.account for verdict in plan.verdicts if verdict.verdict in ("due", "trapped")}
    known = people(night, landings, wanted | {one.account for one in plan.stuck})
    pinned = {**hashes, **{item.enrollment_id: item.play_hash for item in plan.enroll}}
    staff = {id_: row.get("team") for id_, row in known.csms.items()}
    writer = DecisionEvents(night, known, versions, pinned, staff)
    for batch in _batches(plan):
        written = [_written(writer, parts) for parts in batch]
        with begin(night.engine) as conn:
            append_all(conn, (event for events, _ in written for event in events))
            keep_person(conn, *(kept for _, found in written for letter in found if (kept := letter.kept)))
            resolve_all(conn, night, [one for parts in batch for one in parts.resolves])
            append_all(conn, stuck_tasks(night, (one for parts in batch for one in parts.stuck), known.accounts, staff))
            ends = [end for parts in batch for end in parts.ends]
            cancel(conn, night, [end.enrollment_id for end in ends])
            close_of(conn, night, [end.enrollment_id for end in ends if not end.keeps_tasks])
        failpoint("applied_batch")
    revise(night, lambda accounts: people(night, landings, accounts), versions, hashes)
    results = list(goals(night))
    with begin(night.engine) as conn:
        append_all(conn, triggers(night))
        append_all(conn, results)
        fall_due(conn, night)


def _batches(plan: Plan) -> Iterator[list[_Parts]]:
    """The plan, account by account, in batches."""
    accounts: dict[str, _Parts] = defaultdict(_Parts)
    for name in vars(_Parts()):
        for item in getattr(plan, name):
            getattr(accounts[item.account], name).append(item)
    parts = [accounts[account] for account in sorted(accounts)]
    yield from (parts[start : start + BATCH] for start in range(0, len(parts), BATCH))


def _written(writer: DecisionEvents, parts: _Parts) -> tuple[list[Event], list[Letter]]:
    """All events of one account, in their order, and its letters."""
    events = [event for item in parts.enroll for event in writer.enroll(item)]
    events += [event for item in parts.migrations for event in writer.migrate(item)]
    mails: list[Letter] = []
    for verdict in parts.verdicts:
        found = writer.letters(verdict)
        mails += found
        events += [letter.event for letter in found]
        events += writer.verdict(verdict, found)
    return events + [event for end in parts.ends for event in writer.end(end)], mails
