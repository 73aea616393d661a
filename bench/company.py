"""A company of any size as canonical rows, made by DuckDB; numbers are hashes, so that it is always equal."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from models.entities import ENTITIES

DAYS = 90
"""Days of usage of each account."""
MACRO = "CREATE MACRO pick(i, salt, n) AS CAST(hash(i, salt) % n AS INTEGER)"
ROWS = {
    "accounts": """
        SELECT {account}, 'Company ' || i AS name, NULL AS domain,
            ['retail', 'health', 'finance', 'software'][1 + pick(i, 'industry', 4)] AS industry,
            ['private', 'public', 'partner', 'nonprofit'][1 + pick(i, 'type', 12) // 3] AS company_type,
            CASE WHEN pick(i, 'known', 10) > 0 THEN 5 + pick(i, 'staff', 40) * pick(i, 'many', 60) END AS employees,
            CAST(pick(i, 'revenue', 1000000) AS BIGINT) * 100 AS annual_revenue_minor, 'USD' AS currency,
            ['US', 'DE', 'IN'][1 + pick(i, 'country', 3)] AS country, 'UTC' AS timezone, 'en' AS language,
            'M-' || pick(i, 'csm', 20) AS csm_id, NULL AS parent_id, {start} AS created_on,
            ['starter', 'team', 'enterprise'][1 + pick(i, 'plan', 3)] AS plan, 5 + pick(i, 'seats', 195) AS seats,
            'customer' AS crm_status
        FROM range({n}) AS it(i)""",
    "csms": """
        SELECT 'M-' || i AS csm_id, 'Manager ' || i AS name, 'm' || i || '@example.com' AS email, 'en' AS languages,
            40 AS hours_per_week, 'low' AS touch
        FROM range(20) AS it(i)""",
    "contacts": """
        SELECT 'P-' || lpad(CAST(c AS VARCHAR), 8, '0') AS contact_id, {account}, 'Kim' AS first_name,
            'Number ' || c AS last_name, 'p' || c || '@example.com' AS email,
            ['sponsor', 'champion', 'user'][1 + c % 3] AS role, 'en' AS language, 'UTC' AS timezone,
            CASE WHEN pick(c, 'consent', 2) = 0 THEN 'granted' END AS consent,
            CASE WHEN pick(c, 'left', 25) = 0 THEN {as_of} - pick(c, 'gone', 200) END AS left_on
        FROM (SELECT c, c // 3 AS i FROM range(3 * {n}) AS it(c))""",
    "contracts": """
        SELECT 'C-' || lpad(CAST(i AS VARCHAR), 8, '0') AS contract_id, {account}, {start} AS start_on,
            NULL::DATE AS end_on,
            CASE WHEN {ends} AND pick(i, 'end', 12) = 0 AND {start} < {as_of} - 70 THEN {as_of} - 20 END AS ended_on,
            CAST(20 + pick(i, 'mrr', 900) AS BIGINT) * 1000 AS mrr_minor, 'USD' AS currency,
            pick(i, 'renews', 5) > 0 AS auto_renew, 60 AS notice_days, 'annual' AS billing_period, 12 AS term_months,
            ['starter', 'team', 'enterprise'][1 + pick(i, 'plan', 3)] AS plan, 5 + pick(i, 'seats', 195) AS seats,
            false AS trial
        FROM range({n}) AS it(i)""",
    "usage": """
        SELECT 'U-' || CAST(i * 100000 + (day - DATE '2000-01-01') AS VARCHAR) AS usage_id, {account},
            'C-' || lpad(CAST(i AS VARCHAR), 8, '0') AS contract_id, day,
            'feature ' || pick(u, 'feature', 1 + pick(i, 'broad', 8)) AS feature, 1 + pick(u, 'users', 20) AS users,
            CAST(pick(u, 'count', 60) * (1 + pick(i, 'level', 5)
                + CASE WHEN pick(i, 'mood', 4) = 0 THEN u % {days} // 30 ELSE 1 END) AS BIGINT) AS count,
            CAST(pick(u, 'minutes', 6000) / 25 AS DECIMAL(18, 4)) AS minutes, pick(u, 'errors', 40) // 38 AS errors
        FROM (SELECT u, u // {days} AS i, {as_of} - 1 - {skip} - CAST(u % {days} AS INTEGER) AS day
            FROM range({n} * {days}) AS it(u))""",
    "tickets": """
        SELECT 'T-' || t AS ticket_id, {account}, opened_at,
            CASE WHEN pick(t, 'open', 6) > 0 THEN opened_at + to_hours(pick(t, 'hours', 90)) END AS closed_at,
            ['low', 'normal', 'urgent'][1 + pick(t, 'priority', 3)] AS priority,
            pick(t, 'reply', 900) AS first_response_minutes,
            CASE WHEN pick(t, 'rated', 3) = 0 THEN 1 + pick(t, 'stars', 5) END AS satisfaction,
            pick(t, 'escalated', 12) = 0 AS escalated
        FROM (SELECT t, t // 2 AS i, {as_of} - to_hours(24 * (1 + {skip}) + pick(t, 'age', 24 * 200)) AS opened_at
            FROM range(2 * {n}) AS it(t) WHERE pick(t, 'any', 3) > 0)""",
    "feedback": """
        SELECT 'F-' || i AS feedback_id, {account}, NULL AS contact_id,
            {as_of} - to_hours(24 * (1 + {skip}) + pick(i, 'asked', 24 * 220)) AS answered_at,
            CASE WHEN i % 2 = 0 THEN 'NPS' ELSE 'CSAT' END AS kind, NULL AS scale,
            CASE WHEN i % 2 = 0 THEN pick(i, 'score', 11) ELSE 1 + pick(i, 'score', 5) END AS score, NULL AS comment
        FROM range({n}) AS it(i) WHERE pick(i, 'answers', 3) > 0""",
    "churn_events": """
        SELECT 'X-' || i AS churn_id, {account}, CAST({as_of} - 20 - {skip} AS DATE) AS churned_on, 'price' AS reason,
            0::BIGINT AS refund_minor, pick(i, 'back', 4) = 0 AS reactivation, NULL AS comment
        FROM range({n}) AS it(i) WHERE pick(i, 'end', 12) = 0""",
}


@dataclass(frozen=True)
class Company:
    """A company as of a day.

    Attributes:
        accounts: how many.
        days: days of usage before as_of, a row an account and day.
        skip: how many days before as_of its newest rows lie.
        due: every how many accounts one has a renewal step due on as_of; None: contracts start on all days, some ended.
        started: the number of days before as_of over which contracts began, when they start on all days.
        leaving: whether some of those ended.
    """

    accounts: int
    as_of: date
    days: int = DAYS
    skip: int = 0
    due: int | None = None
    started: int = 1100
    leaving: bool = True

    def select(self, entity: str) -> str:
        """The SELECT of an entity's rows, an account's together."""
        values = {
            "account": "'A-' || lpad(CAST(i AS VARCHAR), 8, '0') AS account_id", "n": self.accounts, "days": self.days,
            "as_of": f"DATE '{self.as_of}'", "skip": self.skip, "start": self._start,
            "ends": self.due is None and self.leaving,
        }  # fmt: skip
        return ROWS[entity].format(**values)

    def write(self, entity: str, path: Path, extra: str = "") -> None:
        """The entity's rows as Parquet; `extra` are more columns."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"threads": 2}) as con:
            con.execute(MACRO)
            known = {row[0] for row in con.execute(f"DESCRIBE {self.select(entity)}").fetchall()}
            typed = ", ".join(
                f"CAST({column.name if column.name in known else 'NULL'} AS {column.type}) AS {column.name}"
                for column in ENTITIES[entity].columns
            )
            con.execute(f"COPY (SELECT {typed}{extra} FROM ({self.select(entity)})) TO '{path}' (COMPRESSION zstd)")

    @property
    def _start(self) -> str:
        """The first day of account i's contract: whole years and 105 days ago nothing of the renewal is due."""
        if self.due is None:
            return f"DATE '{self.as_of}' - 1 - pick(i, 'start', {self.started})"
        quiet, step = self.as_of - timedelta(days=105), self.as_of - timedelta(days=90)
        day = f"CASE WHEN {self.due} > 0 AND i % greatest({self.due}, 1) = 0 THEN DATE '{step}' ELSE DATE '{quiet}' END"
        return f"CAST({day} - to_years(pick(i, 'years', 4)) AS DATE)"
