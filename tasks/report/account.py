"""Accounts for people: everything known of one, by a few queries for many; shared by the command line and the pages."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from models.errors import UsageError
from models.ledger import Message
from models.tables import message, task
from models.task_state import WORKED_ON
from tasks.night import Night
from tasks.report import account_parts as parts
from tasks.report.account_views import AccountView, ChangeView, EnrollmentView, Happening
from tasks.report.coming import Ahead, ahead
from tasks.report.moved import changes
from tasks.report.reading import Reading, Row, reading
from tasks.report.timeline import timelines
from tasks.store import enrollments
from tasks.store.csm_tasks import CsmTask, of
from tasks.store.engine import read
from tasks.store.enrollments import Enrollment

PORTION = 500
"""Accounts read by one round of queries."""
CONTRACT = (
    "contract_id", "contract_plan", "contract_mrr_minor", "contract_currency", "start_on", "end_on", "term_number",
    "term_start", "term_end", "opt_out_deadline", "days_to_opt_out", "contract_auto_renew", "contract_active",
    "contract_trial",
)  # fmt: skip


def account_view(night: Night, account_id: str) -> AccountView:
    """The account on that night.

    Raises:
        UsageError: the night does not know it.
    """
    with reading(night) as book, read(night.engine) as conn:
        found = next(account_views(conn, book, [account_id], book.csm_names()), None)
    if found is None:
        raise UsageError(f"the night of {night.as_of} knows no account '{account_id}'")
    return found


def account_views(
    conn: Connection, book: Reading, accounts: Collection[str], csms: dict[str, str]
) -> Iterator[AccountView]:
    """The accounts among these that the night knows, by id."""
    ids = sorted(accounts)
    coming = ahead(book.night, ids)
    for start in range(0, len(ids), PORTION):
        portion = _read(conn, book, ids[start : start + PORTION], csms, coming)
        yield from (portion.view(row) for row in portion.sheets)


@dataclass(frozen=True)
class _Portion:
    """What was read of some accounts; all but `coming`, `roles` and `csms` by account."""

    night: Night
    csms: dict[str, str]
    coming: dict[str, Ahead]
    roles: dict[str, str]
    verdicts: dict[str, list[Row]]
    timelines: dict[str, list[Happening]]
    sheets: list[Row]
    contributions: dict[str, list[Row]]
    changes: dict[str, list[ChangeView]]
    contracts: dict[str, list[Row]]
    contacts: dict[str, list[Row]]
    messages: dict[str, list[Message]]
    tasks: dict[str, list[CsmTask]]
    enrollments: dict[str, list[Enrollment]]

    def view(self, sheet: Row) -> AccountView:
        """One account."""
        id_, csm = sheet["account_id"], sheet.get("csm_id") or ""
        order = [component.component for component in self.night.rules.health.components]
        return AccountView(
            account_id=id_, name=sheet.get("name") or id_, as_of=self.night.as_of.isoformat(),
            csm=self.csms.get(csm, csm),
            health=parts.health(sheet, self.contributions[id_], order, self.changes.get(id_, [])),
            segment=parts.some(sheet, "segment", "segment_rule", "focus", "size"),
            touch=parts.some(sheet, "touch", "touch_rule"),
            stage=parts.some(sheet, "stage", "stage_since", "stage_entry", "stage_backfilled"),
            signals=parts.signals(sheet), milestones=parts.milestones(sheet),
            contracts=[parts.some(row, *CONTRACT) for row in self.contracts[id_]],
            contacts=parts.roles(self.contacts[id_]),
            enrollments=[self._enrollment(one) for one in self.enrollments[id_]],
            tasks=[parts.task_view(one, self.csms) for one in self.tasks[id_]],
            messages=[parts.message_view(one, self.roles) for one in self.messages[id_]],
            events=self.timelines.get(id_, []), facts=parts.some(sheet, *sheet),
        )  # fmt: skip

    def _enrollment(self, one: Enrollment) -> EnrollmentView:
        """One enrollment with what was done, decided tonight, and comes."""
        play = self.night.rules.plays.get(one.play)
        next_ = None if one.ended_on else self.coming.get(one.enrollment_id)
        verdicts = [row for row in self.verdicts[one.account or ""] if row["enrollment_id"] == one.enrollment_id]
        return EnrollmentView(
            enrollment_id=one.enrollment_id, play=one.play, title=play.title if play else "", subject=one.subject,
            occurrence=one.occurrence, arm=one.arm, enrolled_on=parts.iso(one.enrolled_on),
            ended_on=parts.iso(one.ended_on), outcome=one.outcome, reason=one.reason, done=parts.steps(one),
            tonight=[parts.verdict(row) for row in verdicts],
            coming=next_.steps if next_ else [], trigger=one.trigger,
            progress=next_.progress.state if next_ else None,
            progress_reason=next_.progress.reason if next_ else "",
            goal=parts.goal_view(one, play, next_.goal if next_ else None),
        )  # fmt: skip


def _read(conn: Connection, book: Reading, ids: list[str], csms: dict[str, str], coming: dict[str, Ahead]) -> _Portion:
    """Everything about these accounts."""
    mails = _messages(conn, ids)
    contacts = _rows(book, "contact", "contact_id", ids)
    roles = {row["contact_id"]: row.get("contact_role") or "" for row in contacts}
    found = sorted(
        enrollments.of_accounts(conn, ids), key=lambda one: (one.ended_on is not None, one.play, one.subject)
    )
    return _Portion(
        night=book.night, csms=csms, coming=coming, roles=roles, sheets=_rows(book, "account", "account_id", ids),
        verdicts=_by([row for row in book.decisions.get("verdicts", []) if row["account"] in set(ids)], "account"),
        timelines=timelines(conn, ids, {one.message_id: one for one in mails}, roles),
        contributions=_by(_rows(book, "contribution", "component", ids)), contacts=_by(contacts),
        changes=changes(conn, book, ids),
        contracts=_by(_rows(book, "contract", "term_end DESC, contract_id", ids)),
        messages=_by(mails), tasks=_by(_tasks(conn, ids)), enrollments=_by(found),
    )  # fmt: skip


def _messages(conn: Connection, ids: list[str]) -> list[Message]:
    """Their messages, the one that changed last first."""
    query = select(message).where(message.c.account.in_(ids)).order_by(message.c.changed_seq.desc())
    return [Message(**row._asdict()) for row in conn.execute(query)]


def _tasks(conn: Connection, ids: list[str]) -> list[CsmTask]:
    """Their tasks, open ones first."""
    order = (task.c.state.not_in(sorted(WORKED_ON)), task.c.due_on, task.c.task_id)
    query = select(task).where(task.c.account.in_(ids)).order_by(*order)
    return [of(row) for row in conn.execute(query)]


def _rows(book: Reading, table: str, order: str, ids: list[str]) -> list[Row]:
    """The accounts' rows of one of the night's files."""
    if not book.columns(table):
        return []
    chosen = f"SELECT * FROM {table} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS account_id) USING (account_id)"  # noqa: S608 — names are ours
    return book.rows(f"{chosen} ORDER BY account_id, {order}", ids)


def _by(rows: list[Any], key: str = "account_id") -> dict[str, list[Any]]:
    """Account → rows."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[key] if isinstance(row, dict) else row.account].append(row)
    return found
