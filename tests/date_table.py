"""A case of the table of dates: what is known from which night on, and what the nights then bring, day by day."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from config.calendar import blackouts, calendars
from models.company import Calendar
from models.decision import Plan
from models.play import Play
from models.touches import is_touch
from models.workdays import Workdays
from tests.books import Books
from tests.rehearsal import DAY, EVERY_DAY, OPEN, Sheet, Tonight, night, play_of


def day(text: str) -> date:
    """A date as people write it."""
    return date.fromisoformat(text)


def mail(id_: str = "s", **more: Any) -> dict[str, Any]:
    """A step that writes to the sponsor."""
    return {"id": id_, "email": "m/x", "to": ["sponsor"], **more}


def notice(id_: str = "n", **more: Any) -> dict[str, Any]:
    """A step that must not be lost, counted from the term's end."""
    return mail(id_, anchor="end", deadline=True, **{"if_late": {"after": "30 days"}, **more})


@dataclass(frozen=True)
class Case:
    """Nights from `first` to `last`.

    Attributes:
        told: what they bring: `day step verdict` whenever a verdict is another than the night before; `day begins
            occurrence` after the first night, `day ends outcome` unless every step has ended.
        facts: night → what is known from it on: anchors (start, end) as dates, `occurrence`, `term` in months, `gone`;
            all else is a condition. `B.start` is that of another subject.
        work: step → the day on which somebody does its task.
        down: nights that do not run, first and last of each gap.
    """

    steps: tuple[Mapping[str, Any], ...]
    last: str
    told: tuple[str, ...]
    facts: Mapping[str, Mapping[str, Any]]
    play: Mapping[str, Any] = field(default_factory=dict)
    work: Mapping[str, str] = field(default_factory=dict)
    down: tuple[tuple[str, str], ...] = ()
    country: str = ""
    blackouts: tuple[tuple[str, str], ...] = ()

    @property
    def nights(self) -> Iterator[date]:
        """Those that run."""
        now = day(min(self.facts))
        while now <= day(self.last):
            if not any(day(first) <= now <= day(last) for first, last in self.down):
                yield now
            now += DAY

    @cached_property
    def version(self) -> Play:
        """The play."""
        return play_of("p", self.steps, **self.play)

    def sheets(self, now: date) -> tuple[Sheet, ...]:
        """What is known on a night, a sheet a subject."""
        known: dict[str, dict[str, Any]] = {}
        for since, facts in sorted(self.facts.items()):
            for name, value in facts.items() if day(since) <= now else ():
                subject, fact = name.split(".", 1) if name[0].isupper() else ("A", name)
                known.setdefault(subject, {})[fact] = value
        return tuple(_sheet(f"account:{subject}", facts) for subject, facts in known.items())


@cache
def workdays(country: str, closed: tuple[tuple[str, str], ...], year: int) -> Workdays:
    """The country's, or every day, as they are known in a year."""
    calendar = Calendar.model_validate(
        {"holidays": "account", "blackouts": [{"from": first, "to": last} for first, last in closed]}
    )
    found = calendars(calendar, [country], date(year, 1, 1)).get(country)
    return found or replace(EVERY_DAY, blackouts=blackouts(calendar))


def _sheet(subject: str, facts: Mapping[str, Any]) -> Sheet:
    """Facts in plain words as a sheet."""
    dates = {name: day(value) if value else None for name, value in facts.items() if name in ("start", "end")}
    other = ("occurrence", "term", "gone", *dates)
    return Sheet(
        subject, "p", facts.get("occurrence", "1"), dates,
        {name: value for name, value in facts.items() if name not in other},
        term_months=facts.get("term", 12), gone=facts.get("gone", ""),
    )  # fmt: skip


def table(cases: dict[str, Case]) -> Callable[..., None]:
    """What adds a line to a table: the sentence, what the nights bring, and the case; `first` is its first night."""

    def says(sentence: str, *told: str, steps: Iterable[Mapping[str, Any]], last: str, **case: Any) -> None:
        assert sentence not in cases
        known = {name: case.pop(name) for name in ("start", "end", "occurrence") if name in case}
        facts = case.pop("facts", None) or {}
        if "first" in case:
            facts = {case.pop("first"): known, **facts}
        cases[sentence] = Case(tuple(steps), last, told, facts, **case)

    return says


def story(case: Case) -> tuple[str, ...]:
    """What the nights of a case bring."""
    books, last, lines = Books(), dict[tuple[str, str], str](), list[str]()
    first = True
    for now in case.nights:
        books.write(_worked(books, case, now))
        policy = replace(OPEN, workdays=workdays(case.country, case.blackouts, now.year))
        plan = night(books, Tonight(now, case.sheets(now), {"p": case.version}, policy=policy))
        books.write(books.plan_entries(plan, now))
        lines += [f"{now} begins {item.occurrence}" for item in plan.enroll if not first]
        lines += _new(plan, now, last)
        lines += [f"{now} ends {end.outcome}" for end in plan.ends if end.reason != "every step has ended"]
        first = False
    return tuple(lines)


def _worked(books: Books, case: Case, now: date) -> Iterator[Any]:
    """The tasks that were done before this night."""
    for id_, line in books.lines.items():
        for step, taken in line.steps.items():
            if taken.outcome is None and step in case.work and day(case.work[step]) < now:
                yield books.done(id_, step, day(case.work[step]))


def _new(plan: Plan, now: date, last: dict[tuple[str, str], str]) -> Iterator[str]:
    """The verdicts that are others than the night before."""
    for one in plan.verdicts:
        word = "instead" if one.instead else "sent" if is_touch(one) else one.outcome or one.verdict
        if last.get((one.enrollment_id, one.step)) != word:
            yield f"{now} {one.step} {word}"
        last[one.enrollment_id, one.step] = word
