"""What must hold after any number of nights, told by the event log, the mailbox and the contracts' dates alone.

Nothing here asks the engine or its projections. Each invariant takes a story and says in words what breaks it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from models.company import Caps
from models.record import Record
from tests.night_story import Story, Term

WEEK = timedelta(days=7)
LAST_NOTICE = timedelta(days=30)
"""The last notice of a renewal is planned that long before its deadline; nobody is down for so long."""
REACHED = frozenset({"sent", "transmitting", "uncertain"})


def no_step_twice(story: Story) -> Iterator[str]:
    """A step is taken once, and each of its mails goes to an address once and arrives once."""
    taken = Counter(_business(story, event) for event in story.of("step_taken"))
    yield from (f"{key} was taken {count} times" for key, count in taken.items() if count > 1)
    reached: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for event in story.of("message_sent"):
        queued = story.messages[event.payload["message_id"]]
        reached[*_business(story, queued), queued.payload["address_key"]].add(event.payload["message_id"])
    yield from (f"{key} went out as {sorted(ids)}" for key, ids in reached.items() if len(ids) > 1)
    sent = Counter(event.payload["message_id"] for event in story.of("message_sent"))
    yield from (f"message {key} was sent {count} times" for key, count in sent.items() if count > 1)
    yield from _arrived(story, sent)


def _arrived(story: Story, sent: Iterable[str]) -> Iterator[str]:
    """The mailbox holds each sent mail once, and no other."""
    if story.mailbox is None:
        return
    arrived = Counter(name.strip("<>").partition("@")[0] for name in story.mailbox)
    mails = {id_ for id_ in sent if story.messages[id_].payload.get("channel", "email") == "email"}
    yield from (f"message {id_} arrived {count} times" for id_, count in arrived.items() if count > 1)
    yield from (f"message {id_} is marked sent and did not arrive" for id_ in sorted(mails - set(arrived)))
    yield from (f"message {id_} arrived and is not marked sent" for id_ in sorted(set(arrived) - mails))


def _business(story: Story, event: Record) -> tuple[str, str, str, str]:
    """What a step is to the customer: subject, play, occurrence and step, whatever ids it has with us."""
    enrolled = story.enrolled[event.payload["enrollment_id"]]
    step = story.renamed(event.payload["enrollment_id"], event.payload["step"])
    return enrolled["subject"], enrolled["play"], enrolled["occurrence"], step


def no_step_of_two_versions(story: Story) -> Iterator[str]:
    """Each step that is taken or sent stands in the version its enrollment follows, and says what that one says."""
    for event in story.of("step_taken", "message_queued"):
        id_, step = event.payload["enrollment_id"], event.payload["step"]
        version = story.pinned(id_, event.seq)
        told = story.versions[version].get(step)
        if told is None:
            yield f"{event.kind}: {step} of {id_} is not in version {version}"
        elif event.kind == "message_queued" and event.payload.get("template") and _template(told) is None:
            yield f"{step} of {id_} sends {event.payload['template']}; in version {version} it sends nothing"
        elif event.kind == "message_queued" and _template(told) not in (event.payload.get("template"), ""):
            yield f"{step} of {id_} sends {event.payload['template']}, not {_template(told)} of version {version}"
    starts = Counter((one["subject"], one["play"], one["occurrence"]) for one in story.enrolled.values())
    yield from (f"{key} was enrolled {count} times" for key, count in starts.items() if count > 1)


def _template(step: dict[str, Any]) -> str | None:
    """The template that a step sends; empty when it sends words of its own."""
    for kind in ("email", "inapp"):
        if step.get(kind):
            return str(step[kind])
    if step.get("meeting"):
        invite = step["meeting"].get("invite")
        return str(invite) if invite else None
    return "" if step.get("notify") or step.get("update") else None


def caps_hold(story: Story) -> Iterator[str]:
    """When a touch without a deadline goes out, account and address have not yet had their share."""
    touches: dict[str, dict[tuple[str, str], date]] = defaultdict(dict)
    addresses: Counter[tuple[str, date]] = Counter()
    for event in story.of("message_sent"):
        told, day = story.messages[event.payload["message_id"]].payload, event.effective_at.date()
        if not told.get("touch"):
            continue
        mine, address = touches[told["account"]], (told["address_key"], day)
        first = mine.setdefault((told["enrollment_id"], told["step"]), day)
        addresses[address] += 1
        if not told["deadline"]:
            yield from _over(story.caps, told, day, mine, first, addresses[address])


def _over(
    caps: Caps, told: dict[str, Any], day: date, mine: dict[tuple[str, str], date], first: date, mails: int
) -> Iterator[str]:
    """The caps that this touch exceeds; its further recipients make it no second touch."""
    name = f"{told['play']}/{told['step']} for {told['account']} on {day}"
    today, week = (sum(since < at <= day for at in mine.values()) for since in (day - timedelta(days=1), day - WEEK))
    if first == day and today > caps.account_per_day:
        yield f"{name} is touch {today} of the day"
    if first == day and week > caps.account_per_7_days:
        yield f"{name} is touch {week} in 7 days"
    if mails > caps.address_per_day:
        yield f"{name} is mail {mails} of the day for its address"


def nothing_after_exit_or_suppression(story: Story) -> Iterator[str]:
    """No mail starts on its way after its enrollment ended or its address was suppressed; no step is taken then."""
    suppressed = {event.payload["address_key"]: event.seq for event in reversed(list(story.of("suppressed")))}
    never = float("inf")
    for event in story.of("message_transmitting"):
        told = story.messages[event.payload["message_id"]].payload
        if event.seq > story.ended.get(told["enrollment_id"], never):
            yield f"{told['play']}/{told['step']} for {told['account']} went out after its enrollment had ended"
        if _to_customer(told) and event.seq > suppressed.get(told["address_key"], never):
            yield f"{told['play']}/{told['step']} for {told['account']} went to a suppressed address"
    for event in story.of("step_taken"):
        if event.seq > story.ended.get(event.payload["enrollment_id"], never):
            yield f"{event.payload['step']} of {event.payload['enrollment_id']} was taken after the end"


def _to_customer(message: dict[str, Any]) -> bool:
    """Whether it leaves the house: notices go to our own people, updates to the CRM."""
    return message.get("channel", "email") in ("email", "inapp")


def renewals_in_time(story: Story) -> Iterator[str]:
    """A term whose opt-out deadline passes while it is live has a notice sent, or a task for it, by that day."""
    told = _told_of_renewals(story)
    known: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in story.terms:
        known[term.subject, term.occurrence].append(term)
    for key, terms in known.items():
        seen = [one for one in terms if one.seen_on <= one.deadline]
        if not seen:
            continue
        last = max(seen, key=lambda one: one.seen_on)
        watched = any(one.live and last.deadline - one.seen_on <= LAST_NOTICE for one in seen)
        if not (last.live and watched and last.deadline < story.as_of):
            continue
        if not any(day <= last.deadline for day in told.get(key, ())):
            days = ", ".join(map(str, sorted(told.get(key, ())))) or "no day"
            yield f"{key[0]} ({key[1]}): deadline {last.deadline} passed, told on {days}"


def _told_of_renewals(story: Story) -> dict[tuple[str, str], list[date]]:
    """(subject, occurrence) → days on which a notice was sent or a task opened in its conversation."""
    days: dict[str, list[date]] = defaultdict(list)
    for event in story.of("message_sent"):
        queued = story.messages[event.payload["message_id"]].payload
        if queued["deadline"]:
            days[queued["enrollment_id"]].append(event.effective_at.date())
    for event in story.of("task_opened"):
        id_, step = str(event.payload.get("enrollment_id")), str(event.payload.get("step"))
        if id_ in story.enrolled and story.versions[story.pinned(id_, event.seq)].get(step, {}).get("deadline"):
            days[id_].append(date.fromisoformat(event.payload["on"]))
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for id_, told in story.enrolled.items():
        leads = [name.removeprefix("lead:") for name in told.get("members") or () if name.startswith("lead:")]
        since = date.fromisoformat(told["on"])  # what a conversation said before it was joined, it said of others
        for lead in leads or [id_]:
            found[told["subject"], told["occurrence"]] += [day for day in days[lead] if day >= since]
    return found


def one_outcome_each(story: Story) -> Iterator[str]:
    """A step has one outcome, that of its mails; when its enrollment has ended, every step of its version has one."""
    outcomes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for event in story.of("step_ended"):
        outcomes[_key(story, event)].append(event.payload["outcome"])
    yield from (f"{key} ended {len(said)} times: {said}" for key, said in outcomes.items() if len(said) > 1)
    meetings = {_key(story, event) for event in story.of("step_taken") if event.payload["kind"] == "meeting"}
    sent = {
        key for key, states in _mails(story).items() if "sent" in states
    } - meetings  # those end when they were held
    yield from (
        f"{key} was sent and ended {outcomes[key] or 'never'}" for key in sorted(sent)
        if outcomes[key] not in (["sent"], ["done"])
    )  # fmt: skip
    open_ = _with_people(story)
    for id_, seq in story.ended.items():
        if id_ in story.enrolled and not any(_joined(story.enrolled[id_])):
            steps = story.versions[story.pinned(id_, seq)]
            lacking = [step for step in steps if not outcomes.get((id_, step)) and (id_, step) not in open_]
            yield from (f"{step} of {id_} has no outcome, though its enrollment has ended" for step in lacking)


def _key(story: Story, event: Record) -> tuple[str, str]:
    """The enrollment and the step of an event, as the newest version calls it."""
    id_ = str(event.payload["enrollment_id"])
    return id_, story.renamed(id_, event.payload["step"])


def _joined(enrolled: dict[str, Any]) -> Iterator[str]:
    """The conversation an enrollment has joined: its steps are that one's."""
    return (name for name in enrolled.get("members") or () if name.startswith("lead:"))


def _mails(story: Story) -> dict[tuple[str, str], set[str]]:
    """(enrollment, step) → the states of its mails."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id_, queued in story.messages.items():
        found[_key(story, queued)].add(story.states[id_])
    return found


def _with_people(story: Story) -> set[tuple[str, str]]:
    """Steps that a person still has on the table: a task that is not done, a mail that is on its way."""
    tasks = {
        event.payload["task_id"]: (event.payload["enrollment_id"], event.payload["step"])
        for event in story.of("task_opened")
    }
    for event in story.of("task_done", "task_changed"):
        if event.kind == "task_done" or event.payload.get("state") in ("done", "resolved", "closed"):
            tasks.pop(event.payload["task_id"], None)
    return set(tasks.values()) | {key for key, states in _mails(story).items() if states & REACHED}


ALL: tuple[Callable[[Story], Iterator[str]], ...] = (
    no_step_twice, no_step_of_two_versions, caps_hold, nothing_after_exit_or_suppression, renewals_in_time,
    one_outcome_each,
)  # fmt: skip


def broken(story: Story) -> list[str]:
    """What breaks any of them, each with its invariant's name."""
    return [f"{check.__name__}: {words}" for check in ALL for words in check(story)]
