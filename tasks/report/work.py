"""The CSMs' work: open tasks and the book of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from tasks.report.money import add
from tasks.report.reading import Reading, Row
from tasks.report.views import Money, Work
from tasks.store.csm_tasks import CsmTask, open_tasks

Told = tuple[date | None, str, str, str]
NOBODY = "no CSM"
_BOOKS = """
    SELECT coalesce(csm_id, '') AS csm_id, coalesce(currency, '') AS currency, count(*) AS accounts,
           coalesce(sum(mrr_minor), 0) AS minor
    FROM ({sheet}) WHERE contract_status IS DISTINCT FROM 'churned' GROUP BY ALL ORDER BY ALL"""
_NAMES = "SELECT account_id, name FROM ({sheet}) WHERE account_id IN (SELECT unnest(?::VARCHAR[]))"


def work(conn: Connection, book: Reading, csms: dict[str, str]) -> tuple[Work, ...]:
    """CSMs with accounts or open tasks, the one with most to do first."""
    tasks, books = defaultdict(list), defaultdict(list)
    for task in open_tasks(conn):
        tasks[task.csm or ""].append(task)
    for row in book.rows(
        _BOOKS.format(sheet=book.pick("account", ["csm_id", "contract_status", "mrr_minor", "currency"]))
    ):
        books[row["csm_id"]].append(row)
    names = account_names(book, {task.account or "" for some in tasks.values() for task in some})
    found = [
        _work(id_, csms.get(id_, id_) or NOBODY, tasks[id_], books[id_], book.night.as_of) for id_ in {*tasks, *books}
    ]
    told = [replace(one, tasks=tuple(_told(task, names) for task in tasks[one.csm_id])) for one in found]
    return tuple(sorted(told, key=lambda one: (-one.overdue, -one.open, -one.accounts, one.csm_id)))


def account_names(book: Reading, accounts: Iterable[str]) -> dict[str, str]:
    """Account id → name, of these accounts."""
    sheet = book.pick("account", ["account_id", "name"])
    rows = book.rows(_NAMES.format(sheet=sheet), sorted(accounts))
    return {row["account_id"]: row["name"] or row["account_id"] for row in rows}


def _work(csm_id: str, name: str, tasks: list[CsmTask], book: list[Row], as_of: date) -> Work:
    """One CSM, the tasks themselves apart."""
    due = [task.due_on for task in tasks if task.due_on]
    return Work(
        csm_id=csm_id, name=name, accounts=sum(row["accounts"] for row in book),
        mrr=add(Money(row["minor"], row["currency"]) for row in book if row["minor"]), open=len(tasks),
        overdue=sum(day < as_of for day in due), week=sum(as_of <= day <= as_of + timedelta(days=7) for day in due),
    )  # fmt: skip


def _told(task: CsmTask, names: dict[str, str]) -> Told:
    """A task's line."""
    account = task.account or ""
    return task.due_on, task.title or "", account, names.get(account, "")
