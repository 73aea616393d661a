"""The CSMs' work: open tasks and the book of each."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import Connection

from tasks.report.money import add
from tasks.report.reading import Reading, Row
from tasks.report.views import Money, Work
from tasks.store.csm_tasks import CsmTask, open_tasks

NOBODY = "no CSM"


def work(conn: Connection, book: Reading, csms: dict[str, str], names: dict[str, str]) -> tuple[Work, ...]:
    """CSMs with accounts or open tasks, the one with most to do first."""
    tasks, books = defaultdict(list), defaultdict(list)
    for task in open_tasks(conn):
        tasks[task.csm or ""].append(task)
    for row in book.rows(book.pick("account", ["account_id", "csm_id", "contract_status", "mrr_minor", "currency"])):
        if row["contract_status"] != "churned":
            books[row["csm_id"] or ""].append(row)
    found = [_work(id_, csms.get(id_, id_) or NOBODY, tasks[id_], books[id_], book, names) for id_ in {*tasks, *books}]
    return tuple(sorted(found, key=lambda one: (-one.overdue, -one.open, -one.accounts, one.csm_id)))


def _work(
    csm_id: str, name: str, tasks: list[CsmTask], accounts: list[Row], book: Reading, names: dict[str, str]
) -> Work:
    """One CSM."""
    as_of = book.night.as_of
    due = [task.due_on for task in tasks if task.due_on]
    return Work(
        csm_id=csm_id, name=name, accounts=len(accounts),
        mrr=add(Money(row["mrr_minor"], row["currency"] or "") for row in accounts if row["mrr_minor"]),
        open=len(tasks), overdue=sum(day < as_of for day in due),
        week=sum(as_of <= day <= as_of + timedelta(days=7) for day in due),
        tasks=tuple((one.due_on, one.title or "", one.account or "", names.get(one.account or "", "")) for one in tasks)
    )  # fmt: skip
