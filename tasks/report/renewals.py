"""Renewals to come: contracts in force by their opt-out deadline, with the health of who must decide."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from tasks.report.money import add
from tasks.report.reading import Reading, Row
from tasks.report.views import RISK_ORDER, Money, Month, Reach, Renewal

MONTHS = 13
SOON = 90
SPANS = ((0, 30, "30 days"), (31, 60, "31 to 60 days"), (61, 90, "61 to 90 days"), (91, 400, "later"))
_COMING = """
    SELECT * FROM ({sheet})
    WHERE contract_active AND NOT coalesce(contract_trial, false)
      AND opt_out_deadline >= ? AND opt_out_deadline < ?
    ORDER BY opt_out_deadline, contract_id"""
COLUMNS = (
    "contract_id", "account_id", "name", "opt_out_deadline", "term_end", "days_to_opt_out", "contract_mrr_minor",
    "contract_currency", "health_band", "contract_auto_renew", "csm_id", "contract_active", "contract_trial",
    "term_months",
)  # fmt: skip


def renewals(book: Reading, csms: dict[str, str]) -> tuple[Renewal, ...]:
    """Contracts in force, trials apart, whose deadline lies in as_of's month or the twelve after it.

    Terms shorter than six months are left out: they renew all the time (the renewal play's min_term).
    """
    first = book.night.as_of
    rows = book.rows(_COMING.format(sheet=book.pick("contract", COLUMNS)), first, month_after(first, MONTHS))
    least = _least(book)
    return tuple(_renewal(row, csms) for row in rows if (row["term_months"] or least) >= least)


def soon(found: Sequence[Renewal]) -> list[Renewal]:
    """Those due within 90 days, the most at risk first."""
    due = [one for one in found if one.days <= SOON]
    return sorted(due, key=lambda one: (RISK_ORDER.index(one.band), -one.mrr.minor, one.deadline, one.contract_id))


def by_month(found: Sequence[Renewal], as_of: date, currency: str) -> tuple[Month, ...]:
    """As_of's month and the twelve after it, in one currency."""
    minor: dict[date, Counter[str]] = defaultdict(Counter)
    number: dict[date, Counter[str]] = defaultdict(Counter)
    for one in found:
        if one.mrr.currency == currency:
            minor[one.deadline.replace(day=1)][one.band] += one.mrr.minor
            number[one.deadline.replace(day=1)][one.band] += 1
    starts = [month_after(as_of, index) for index in range(MONTHS)]
    return tuple(Month(start, dict(minor[start]), dict(number[start])) for start in starts)


def by_reach(found: Sequence[Renewal]) -> tuple[Reach, ...]:
    """How soon, at which risk, how much."""
    return tuple(_reach(label, [one for one in found if first <= one.days <= last]) for first, last, label in SPANS)


def _reach(label: str, found: Sequence[Renewal]) -> Reach:
    """One span."""
    contracts = {band: sum(one.band == band for one in found) for band in RISK_ORDER}
    return Reach(label, contracts, {band: add(one.mrr for one in found if one.band == band) for band in RISK_ORDER})


def month_after(day: date, months: int) -> date:
    """The first day of the month that many months on."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _least(book: Reading) -> int:
    """Months below which a term gets no timeline, by the renewal play; 1 without one."""
    play = book.night.rules.plays.get("renewal")
    return play.min_term or 1 if play else 1


def _renewal(row: Row, csms: dict[str, str]) -> Renewal:
    """One contract's row."""
    return Renewal(
        contract_id=row["contract_id"], account_id=row["account_id"], name=row["name"] or row["account_id"],
        deadline=row["opt_out_deadline"], term_end=row["term_end"], days=row["days_to_opt_out"],
        mrr=Money(row["contract_mrr_minor"] or 0, row["contract_currency"] or ""),
        band=row["health_band"] or "insufficient_data", auto_renew=row["contract_auto_renew"],
        csm=csms.get(row["csm_id"], row["csm_id"] or ""),
    )  # fmt: skip
