"""Plays rehearsed: night after night over one account with the real engine, everything around it plain data."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from models.case import AccountCase, Answer, Case, Enrolled, Past, Policy, Recipient
from models.company import Caps
from models.decide import decide
from models.decision import Plan
from models.play import Play
from models.touches import limit_addresses
from models.workdays import Workdays
from tests.books import Books, Line

DAY = timedelta(days=1)
EVERY_DAY = Workdays(frozenset(range(7)))
OPEN = Policy(Caps(account_per_day=9, account_per_7_days=9, address_per_day=9, primary_days=0), EVERY_DAY)
SPONSOR = Recipient("P-1", "sponsor", "key-1")
Decide = Callable[[AccountCase, Policy, date], Plan]


@dataclass(frozen=True)
class Sheet:
    """What is known of one subject in one play on one night; of its conditions the audience holds, if not said."""

    subject: str
    play: str
    occurrence: str | None
    anchors: Mapping[str, date | None]
    truth: Mapping[str, bool | None] = field(default_factory=dict)
    stale: Mapping[str, float] = field(default_factory=dict)
    term_months: int | None = 12
    gone: str = ""


@dataclass(frozen=True)
class Tonight:
    """All that a night is given beside the books."""

    on: date
    sheets: tuple[Sheet, ...]
    plays: Mapping[str, Play]
    people: tuple[Recipient, ...] = (SPONSOR,)
    answers: tuple[Answer, ...] = ()
    policy: Policy = OPEN
    country: str = ""
    account: str = "A"


def account(books: Books, tonight: Tonight) -> AccountCase:
    """What decide is told, as the night gathers it."""
    cases = (*_running(books, tonight), *_starting(books, tonight))
    week = [(day, play) for day, play, *_ in books.touches if tonight.on - day < 7 * DAY]
    past = tuple(
        Past(line.enroll.subject, line.enroll.play, line.ended_on)
        for line in books.lines.values()
        if line.ended_on and not line.enroll.lead
    )
    return AccountCase(
        tonight.account, cases, tonight.people, tuple(day for day, _ in week),
        {play: day for day, play in sorted(week)}, tonight.answers, past, dict(books.surveyed), tonight.country,
    )  # fmt: skip


def night(books: Books, tonight: Tonight, engine: Decide = decide, *, backwards: bool = False) -> Plan:
    """The plan of a night, whose versions the books then know. Any order of its input gives the same."""
    books.versions |= {play.hash: play for play in tonight.plays.values()}
    given = account(books, tonight)
    if backwards:
        given = replace(given, cases=given.cases[::-1], recipients=given.recipients[::-1])
    plan = engine(given, tonight.policy, tonight.on)
    today = [key for day, *_, keys in _sent(books) if day == tonight.on for key in keys]
    return limit_addresses(plan, {key: today.count(key) for key in today}, tonight.policy.caps)


def _sent(books: Books) -> Iterator[tuple[date, tuple[str, ...]]]:
    """The addresses of each mail."""
    for entry in books.log.values():
        if entry.kind == "ended" and isinstance(entry.told[1], tuple):
            yield entry.on, entry.told[1]


def running(books: Books) -> dict[str, Line]:
    """Enrollment → its line, of those that run, and of those that have joined one that runs."""
    lines = books.lines
    return {id_: line for id_, line in lines.items() if lines[line.enroll.lead or id_].ended_on is None}


def _running(books: Books, tonight: Tonight) -> Iterator[Case]:
    """The cases of running conversations and of their members."""
    sheets = {(sheet.play, sheet.subject): sheet for sheet in tonight.sheets}
    for id_, line in running(books).items():
        item, lead = line.enroll, books.lines[line.enroll.lead or id_]
        play, live = books.versions[line.play_hash], tonight.plays.get(item.play)
        sheet = sheets.get((item.play, item.subject)) or Sheet(item.subject, item.play, None, {}, gone="deleted")
        base = item.occurrence.split("~")[0]
        if _by_request(books, item.play, base):
            sheet = replace(sheet, occurrence=base)
        enrolled = Enrolled(id_, item.occurrence, item.arm, item.lead, line.on, renamed=dict(line.renamed))
        moves = live is not None and live.hash != play.hash and live.migrate.how != "finish_old"
        yield replace(
            _case(sheet, play, tonight.account), enrolled=enrolled, taken=lead.steps, successor=live if moves else None,
            reached=_reached(books, item.lead or id_),
        )  # fmt: skip


def _starting(books: Books, tonight: Tonight) -> Iterator[Case]:
    """What may begin: what somebody asked for, else what the sheet says."""
    known = {(line.enroll.play, line.enroll.subject, line.enroll.occurrence) for line in books.lines.values()}
    busy = {(line.enroll.play, line.enroll.subject) for line in running(books).values() if not line.enroll.lead}
    for sheet in tonight.sheets:
        if sheet.gone or sheet.play not in tonight.plays:
            continue
        play, whose = tonight.plays[sheet.play], (sheet.play, sheet.subject)
        asked = [id_ for id_, (name, subject, _) in books.requests.items() if (name, subject) == whose]
        fresh = [id_ for id_ in asked[-1:] if (*whose, id_) not in known]
        if fresh and whose not in busy:
            yield replace(_case(sheet, play, tonight.account), occurrence=fresh[0], requested=True)
        elif sheet.occurrence and (*whose, sheet.occurrence) not in known:
            yield _case(sheet, play, tonight.account)


def _by_request(books: Books, play: str, occurrence: str) -> bool:
    """Whether an enrollment was asked for."""
    return occurrence in books.requests and books.requests[occurrence][0] == play


def _case(sheet: Sheet, play: Play, account: str) -> Case:
    """One subject in one play: of what is known of it what the play asks."""
    truth = {where: {"audience": True, **sheet.truth}.get(where) for where in play.conditions}
    return Case(
        sheet.subject, account, play, sheet.occurrence, sheet.anchors, truth, sheet.stale,
        sheet.term_months, gone=sheet.gone,
    )  # fmt: skip


def _reached(books: Books, enrollment: str) -> dict[str, frozenset[str]]:
    """Step → addresses that have had it."""
    found: dict[str, set[str]] = {}
    for entry in books.log.values():
        if entry.kind == "ended" and entry.enrollment == enrollment and isinstance(entry.told[1], tuple):
            found.setdefault(entry.step, set()).update(entry.told[1])
    return {step: frozenset(keys) for step, keys in found.items()}


def play_of(name: str, steps: Iterable[Mapping[str, Any]], **more: Any) -> Play:
    """A play per account, counted from the anchor `start`."""
    whole = {"play": name, "per": "account", "audience": "a", "anchor": "start", **more, "steps": list(steps)}
    return Play.model_validate(whole)
