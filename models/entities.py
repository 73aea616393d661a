"""The canonical entities: what every source is mapped to, column by column."""

from dataclasses import dataclass, field
from typing import Literal

Type = Literal["VARCHAR", "INTEGER", "BIGINT", "DECIMAL(18,4)", "BOOLEAN", "DATE", "TIMESTAMP"]


@dataclass(frozen=True)
class Column:
    """One canonical column; `person` marks what can name a human being and is stored apart."""

    name: str
    type: Type
    person: bool = False
    required: bool = False


@dataclass(frozen=True)
class Entity:
    """One canonical entity.

    Attributes:
        key: the column whose newest landing wins.
        cursor: the column that dates a row, if rows are events in time.
        hidden_until: column → columns that are null as long as that column's date is not before as_of.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    cursor: str | None = None
    hidden_until: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError otherwise."""
        return next(column for column in self.columns if column.name == name)

    @property
    def person_columns(self) -> tuple[Column, ...]:
        """Columns stored in the person area only."""
        return tuple(column for column in self.columns if column.person)


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `name TYPE [person] [required]`."""
    found = []
    for line in filter(None, (line.split() for line in text.strip().splitlines())):
        name, type_, *marks = line
        found.append(Column(name, type_, "person" in marks, "required" in marks))  # type: ignore[arg-type]
    return tuple(found)


ACCOUNTS = Entity(
    "accounts",
    "account_id",
    _columns("""
    account_id VARCHAR required
    name VARCHAR required
    domain VARCHAR
    industry VARCHAR
    company_type VARCHAR
    employees INTEGER
    annual_revenue_minor BIGINT
    currency VARCHAR
    country VARCHAR
    timezone VARCHAR
    language VARCHAR
    csm_id VARCHAR
    parent_id VARCHAR
    created_on DATE
    plan VARCHAR
    seats INTEGER
    crm_status VARCHAR
"""),
)

CONTACTS = Entity(
    "contacts",
    "contact_id",
    _columns("""
    contact_id VARCHAR required
    account_id VARCHAR required
    first_name VARCHAR person
    last_name VARCHAR person
    email VARCHAR person
    role VARCHAR
    language VARCHAR
    timezone VARCHAR
    consent VARCHAR
    left_on DATE
"""),
)

# end_on is the end agreed beforehand; ended_on the day it really ended, which nobody knew before that day.
CONTRACTS = Entity(
    "contracts",
    "contract_id",
    _columns("""
    contract_id VARCHAR required
    account_id VARCHAR required
    start_on DATE required
    end_on DATE
    ended_on DATE
    mrr_minor BIGINT
    currency VARCHAR
    auto_renew BOOLEAN
    notice_days INTEGER
    billing_period VARCHAR
    term_months INTEGER
    plan VARCHAR
    seats INTEGER
    trial BOOLEAN
"""),
    cursor="start_on",
    hidden_until={"ended_on": ("ended_on",)},
)

USAGE = Entity(
    "usage",
    "usage_id",
    _columns("""
    usage_id VARCHAR required
    account_id VARCHAR
    contract_id VARCHAR
    day DATE required
    feature VARCHAR
    users INTEGER
    count BIGINT
    minutes DECIMAL(18,4)
    errors INTEGER
"""),
    cursor="day",
)

TICKETS = Entity(
    "tickets",
    "ticket_id",
    _columns("""
    ticket_id VARCHAR required
    account_id VARCHAR required
    opened_at TIMESTAMP required
    closed_at TIMESTAMP
    priority VARCHAR
    first_response_minutes INTEGER
    satisfaction INTEGER
    escalated BOOLEAN
"""),
    cursor="opened_at",
    hidden_until={"closed_at": ("closed_at", "satisfaction")},
)

FEEDBACK = Entity(
    "feedback",
    "feedback_id",
    _columns("""
    feedback_id VARCHAR required
    account_id VARCHAR required
    contact_id VARCHAR
    answered_at TIMESTAMP required
    kind VARCHAR required
    scale VARCHAR
    score INTEGER
    comment VARCHAR person
"""),
    cursor="answered_at",
)

CHURN_EVENTS = Entity(
    "churn_events",
    "churn_id",
    _columns("""
    churn_id VARCHAR required
    account_id VARCHAR required
    churned_on DATE required
    reason VARCHAR
    refund_minor BIGINT
    reactivation BOOLEAN
    comment VARCHAR person
"""),
    cursor="churned_on",
)

CSMS = Entity(
    "csms",
    "csm_id",
    _columns("""
    csm_id VARCHAR required
    name VARCHAR person
    email VARCHAR person
    languages VARCHAR
    hours_per_week INTEGER
    touch VARCHAR
"""),
)

EVENTS = Entity(
    "events",
    "event_seq",
    _columns("""
    event_seq BIGINT required
    effective_at TIMESTAMP required
    kind VARCHAR required
    account_id VARCHAR
    subject VARCHAR
    play VARCHAR
    step VARCHAR
    outcome VARCHAR
"""),
    cursor="effective_at",
)

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (ACCOUNTS, CONTACTS, CONTRACTS, USAGE, TICKETS, FEEDBACK, CHURN_EVENTS, CSMS, EVENTS)
}
