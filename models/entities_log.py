"""What was done: usage of the product, our own events, and tasks whose state changed elsewhere."""

from models.entity import Entity, columns

USAGE = Entity(
    "usage",
    "usage_id",
    columns("""
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

# name, value and until tell what a person set by hand (overridden); value is null where the override was lifted.
EVENTS = Entity(
    "events",
    "event_seq",
    columns("""
    event_seq BIGINT required
    effective_at TIMESTAMP required
    kind VARCHAR required
    account_id VARCHAR
    subject VARCHAR
    play VARCHAR
    step VARCHAR
    outcome VARCHAR
    name VARCHAR
    value VARCHAR
    until DATE
"""),
    cursor="effective_at",
)

# Our tasks (task_id) as the CRM shows them: what was closed there is closed here.
TASK_STATES = Entity(
    "task_states",
    "task_id",
    columns("""
    task_id VARCHAR required
    state VARCHAR required
    changed_at TIMESTAMP required
    changed_by VARCHAR
"""),
    cursor="changed_at",
)
