"""Gather the first page: every number of it, from the night's files and the database."""

from sqlalchemy import Connection

from models.health import BANDS
from tasks.report.accounts import active_tonight, lines
from tasks.report.health import band_mrr, matrix, moves, scores
from tasks.report.money import add
from tasks.report.outcomes import message_outcomes, step_outcomes
from tasks.report.reading import Reading
from tasks.report.renewals import by_month, by_reach, renewals
from tasks.report.sources import broken, source_lines
from tasks.report.summary import accounts, enrolled
from tasks.report.views import Money, Report
from tasks.report.work import work
from tasks.store import runs
from tasks.store.messages import by_state

_MRR = """
    SELECT coalesce(contract_currency, '') AS currency, sum(contract_mrr_minor) AS minor FROM ({sheet})
    WHERE contract_active AND contract_mrr_minor > 0 GROUP BY ALL"""


def gather(conn: Connection, book: Reading) -> Report:
    """The night as the first page shows it."""
    night, csms = book.night, book.csm_names()
    run = runs.get(conn, night.run_key)
    moved, coming, amounts = moves(book), renewals(book, csms), _mrr(book)
    currency = amounts[0].currency if amounts else night.rules.company.currency
    health = book.counts("health_band")
    return Report(
        company=night.rules.company.company.name, as_of=night.as_of, previous=night.previous,
        state=run.state if run else "running", reason=(run.reason or "") if run else "",
        accounts=accounts(book), active=book.counts("contract_status").get("active", 0), mrr=amounts, currency=currency,
        bands={band: health.get(band, 0) for band in BANDS}, band_mrr=band_mrr(book), scores=scores(book), moves=moved,
        matrix=matrix(book),
        renewals=coming, months=by_month(coming, night.as_of, currency), reaches=by_reach(coming),
        other_currencies=sum(one.mrr.currency != currency for one in coming),
        messages=message_outcomes(conn, night), steps=step_outcomes(book.decisions), enrolled=enrolled(conn, night),
        ledger=by_state(conn),
        sources=source_lines(conn, book), broken=broken(conn, book), work=work(conn, book, csms),
        lines=lines(conn, book, csms, active_tonight(conn, book, [move.account_id for move in moved])),
        segments=book.counts("segment"), touch=book.counts("touch"), stages=book.counts("stage"),
    )  # fmt: skip


def _mrr(book: Reading) -> tuple[Money, ...]:
    """MRR in force by currency; an account with contracts in several counts with each."""
    columns = ["contract_currency", "contract_mrr_minor", "contract_active"]
    return add(
        Money(row["minor"], row["currency"]) for row in book.rows(_MRR.format(sheet=book.pick("contract", columns)))
    )
