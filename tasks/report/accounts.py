"""The list of accounts: which of them have a page, and what stands in their line."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from models.tables import enrollment, message, task
from models.task_state import WORKED_ON
from tasks.report.reading import Reading, Row
from tasks.report.views import AccountLine, Money

COLUMNS = (
    "account_id", "name", "health_band", "health_score", "mrr_minor", "currency", "stage", "segment", "touch", "csm_id",
    "next_opt_out_deadline", "days_to_opt_out", "contract_status",
)  # fmt: skip


_RANKED = """
    SELECT s.* FROM ({sheet}) s
    LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS account_id, true AS now) USING (account_id)
    LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS account_id, true AS busy) USING (account_id)
    ORDER BY now IS NULL, busy IS NULL, contract_status IS NOT DISTINCT FROM 'churned', mrr_minor DESC NULLS LAST,
             account_id
    LIMIT ?"""


def lines(conn: Connection, book: Reading, csms: dict[str, str], active: set[str]) -> tuple[AccountLine, ...]:
    """At most `report.pages` accounts: those with activity first, then by MRR; shown in the order of their names."""
    running = _counted(conn, enrollment.c.account, enrollment.c.ended_on.is_(None))
    tasks = _counted(conn, task.c.account, task.c.state.in_(sorted(WORKED_ON)))
    ranked = _RANKED.format(sheet=book.pick("account", COLUMNS))
    busy = sorted(account for account in {*running, *tasks} if account)
    rows = book.rows(ranked, sorted(active), busy, book.night.rules.company.report.pages)
    found = [_line(row, csms, running[row["account_id"]], tasks[row["account_id"]]) for row in rows]
    return tuple(sorted(found, key=lambda line: (line.name.casefold(), line.account_id)))


def active_tonight(conn: Connection, book: Reading, movers: Iterable[str]) -> set[str]:
    """Accounts about which something was decided, written or found tonight."""
    verdicts = {verdict["account"] for verdict in book.decisions.get("verdicts", [])}
    written = conn.execute(select(message.c.account).where(message.c.as_of == book.night.as_of)).scalars()
    return {*verdicts, *(account for account in written if account), *movers}


def _counted(conn: Connection, column: Any, *where: Any) -> Counter[str]:
    """Account → rows."""
    return Counter(dict(conn.execute(select(column, func.count()).where(*where).group_by(column)).tuples().all()))


def _line(row: Row, csms: dict[str, str], running: int, tasks: int) -> AccountLine:
    """One account."""
    return AccountLine(
        account_id=row["account_id"], name=row["name"] or row["account_id"],
        band=row["health_band"] or "insufficient_data", score=row["health_score"],
        mrr=Money(row["mrr_minor"] or 0, row["currency"] or ""), stage=row["stage"] or "",
        segment=row["segment"] or "", touch=row["touch"] or "", csm=csms.get(row["csm_id"], row["csm_id"] or ""),
        deadline=row["next_opt_out_deadline"], days=row["days_to_opt_out"], enrollments=running, tasks=tasks,
    )  # fmt: skip
