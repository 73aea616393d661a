"""Who the synthetic customers are: their size, their mood, and where in a contract they stand on the demo's date."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from dateutil.relativedelta import relativedelta

from tasks.demo.names import CSMS, ENDINGS, FIRST_WORDS, INDUSTRIES, PLACES, SECOND_WORDS, Place

Mood = Literal["steady", "growing", "declining", "quiet", "unhappy", "churned", "trial"]
MOODS: dict[Mood, float] = {
    "steady": 0.50,
    "growing": 0.15,
    "declining": 0.11,
    "quiet": 0.05,
    "unhappy": 0.08,
    "churned": 0.07,
    "trial": 0.04,
}
SOUR: frozenset[Mood] = frozenset({"declining", "quiet", "unhappy"})
"""Who means to leave: more of them have ended the automatic renewal, and lost their sponsor."""
PRICES = {"starter": 19, "team": 49, "enterprise": 99}
STARTED = (1, 1, 1, 3, 3, 7, 7, 15, 15, 30, 30, 90)
DEADLINES = (180, 180, 180, 120, 120, 120, 90, 90, 90, 60, 60, 60, 30, 30, 30)
BLOCK = 300
KINDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (60, ("startup", "agency")),
    (800, ("scale-up", "manufacturer", "retailer")),
    (float("inf"), ("corporation", "public")),
)


@dataclass(frozen=True)
class Customer:
    """One customer as we made it up; the sources show only its traces.

    Attributes:
        start: first day of the first contract.
        ended: the day the customer left, if it did.
        term_months: length of a term; `notice_days` before its end the customer may still opt out.
        fixed: the contract has an agreed end (`end`) and does not renew by itself.
    """

    account_id: str
    name: str
    domain: str
    industry: str
    company_type: str
    employees: int
    place: Place
    csm_id: str
    mood: Mood
    plan: str
    seats: int
    start: date
    ended: date | None
    term_months: int
    notice_days: int
    fixed: bool
    end: date | None

    @property
    def mrr_minor(self) -> int:
        """Cents a month; a trial pays nothing."""
        return 0 if self.mood == "trial" else PRICES[self.plan] * self.seats * 100


def make_customers(rng: np.random.Generator, accounts: int, as_of: date) -> list[Customer]:
    """`accounts` customers; in each 300 some start or near an opt-out deadline so that mails are due on as_of."""
    slots = rng.permutation(BLOCK)
    places = slots if accounts >= BLOCK else np.arange(BLOCK)
    return [_customer(rng, number, int(places[number % BLOCK]), as_of) for number in range(accounts)]


def _customer(rng: np.random.Generator, number: int, slot: int, as_of: date) -> Customer:
    """One customer; the slot says whether its dates are planted."""
    planted = slot < len(STARTED) + len(DEADLINES)
    mood = _mood(rng, planted=planted)
    place = PLACES[int(rng.choice(len(PLACES), p=[place.weight for place in PLACES]))]
    employees = int(np.clip(np.exp(rng.normal(5.2, 1.5)), 3, 60_000))
    seats = max(2, int(employees * rng.uniform(0.05, 0.35))) if employees < 2_000 else int(rng.integers(150, 600))
    plan = "starter" if employees < 60 else "team" if employees < 800 else "enterprise"
    start, term, notice, fixed = _contract(rng, slot, mood, as_of)
    ended = start + timedelta(days=int((as_of - start).days * rng.uniform(0.4, 0.97))) if mood == "churned" else None
    name, domain = _name(rng, number)
    return Customer(
        account_id=f"A{number + 1:05d}",
        name=name,
        domain=domain,
        industry=INDUSTRIES[int(rng.integers(len(INDUSTRIES)))],
        company_type=_company_type(employees, rng),
        employees=employees,
        place=place,
        csm_id=_csm(rng, place, plan),
        mood=mood,
        plan=plan,
        seats=seats,
        start=start,
        ended=ended,
        term_months=term,
        notice_days=notice,
        fixed=fixed,
        end=_end(start, term, as_of) if fixed else None,
    )


def _mood(rng: np.random.Generator, *, planted: bool) -> Mood:
    """A mood by its share; whose dates are planted neither tries nor has left."""
    mood: Mood = list(MOODS)[int(rng.choice(len(MOODS), p=list(MOODS.values())))]
    return "steady" if planted and mood in ("churned", "trial") else mood


def _contract(rng: np.random.Generator, slot: int, mood: Mood, as_of: date) -> tuple[date, int, int, bool]:
    """Start, months of a term, days of notice, and whether the end is fixed."""
    notice = int(rng.choice([30, 60, 90]))
    if slot < len(STARTED):
        return as_of - timedelta(days=STARTED[slot]), 12, notice, False
    if slot < len(STARTED) + len(DEADLINES):
        months = int(rng.choice([12, 12, 24]))
        due = as_of + timedelta(days=DEADLINES[slot - len(STARTED)] + notice)
        return due - relativedelta(months=months), months, notice, slot % 2 == 0
    if mood == "trial":
        return as_of - timedelta(days=int(rng.integers(2, 28))), 1, 0, True
    tenure = int(np.clip(rng.gamma(1.7, 330), 4 if mood != "churned" else 90, 1_400))
    term = int(rng.choice([12, 24, 36, 6, 1], p=[0.66, 0.1, 0.04, 0.06, 0.14]))
    return (
        as_of - timedelta(days=tenure),
        term,
        notice if term > 1 else 0,
        bool(rng.random() < (0.6 if mood in SOUR else 0.2) and term > 1),
    )


def _end(start: date, months: int, as_of: date) -> date:
    """The agreed end: that of the term that runs on as_of."""
    terms = 1
    while start + relativedelta(months=months * terms) <= as_of:
        terms += 1
    return start + relativedelta(months=months * terms)


def _company_type(employees: int, rng: np.random.Generator) -> str:
    """What kind of company it is, roughly by its size."""
    kinds = next(kinds for limit, kinds in KINDS if employees < limit)
    return kinds[int(rng.integers(len(kinds)))]


def _csm(rng: np.random.Generator, place: Place, plan: str) -> str:
    """Somebody who speaks the customer's language, else anybody of the customer's touch."""
    touch = "high" if plan == "enterprise" else "low"
    any_touch = place.language != "en"
    speaks = [csm[0] for csm in CSMS if place.language in csm[3].split() and (any_touch or csm[5] == touch)]
    return speaks[int(rng.integers(len(speaks)))]


def _name(rng: np.random.Generator, number: int) -> tuple[str, str]:
    """A name and its domain; when the words are used up, they are numbered."""
    first, second = FIRST_WORDS[number % len(FIRST_WORDS)], SECOND_WORDS[number // len(FIRST_WORDS) % len(SECOND_WORDS)]
    again = number // (len(FIRST_WORDS) * len(SECOND_WORDS))
    name = f"{first}{second}{f' {again + 1}' if again else ''} {ENDINGS[int(rng.integers(len(ENDINGS)))]}"
    return name, f"{first}{second}{again + 1 if again else ''}.example".lower()
