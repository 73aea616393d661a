"""What is agreed and paid: contracts, who left them, invoices, and what sales works on."""

from models.entity import Entity, columns

# end_on is the end agreed beforehand; ended_on the day it really ended, which nobody knew before that day.
CONTRACTS = Entity(
    "contracts",
    "contract_id",
    columns("""
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

CHURN_EVENTS = Entity(
    "churn_events",
    "churn_id",
    columns("""
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

INVOICES = Entity(
    "invoices",
    "invoice_id",
    columns("""
    invoice_id VARCHAR required
    account_id VARCHAR required
    contract_id VARCHAR
    issued_on DATE required
    due_on DATE
    paid_on DATE
    amount_minor BIGINT
    currency VARCHAR
"""),
    cursor="issued_on",
    hidden_until={"paid_on": ("paid_on",)},
)

# A snapshot. close_on is when sales expects the end, closed_on the day it came, which nobody knew before.
OPPORTUNITIES = Entity(
    "opportunities",
    "opportunity_id",
    columns("""
    opportunity_id VARCHAR required
    account_id VARCHAR required
    contract_id VARCHAR
    kind VARCHAR required
    stage VARCHAR
    amount_minor BIGINT
    currency VARCHAR
    opened_on DATE
    close_on DATE
    closed_on DATE
    won BOOLEAN
"""),
    hidden_until={"closed_on": ("closed_on", "won")},
)
