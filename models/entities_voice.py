"""What customers say, and what is said of them: tickets, answers, wishes, notes, goals, engagement."""

from models.entity import Entity, columns

TICKETS = Entity(
    "tickets",
    "ticket_id",
    columns("""
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
    columns("""
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

REQUESTS = Entity(
    "requests",
    "request_id",
    columns("""
    request_id VARCHAR required
    account_id VARCHAR required
    asked_at TIMESTAMP required
    feature VARCHAR
    status VARCHAR
    delivered_on DATE
"""),
    cursor="asked_at",
    hidden_until={"delivered_on": ("delivered_on",)},
)

# kind: note | reason | concern | hope | promise | pulse | meeting. The pulse is the CSM's own feeling, 1 to 5.
NOTES = Entity(
    "notes",
    "note_id",
    columns("""
    note_id VARCHAR required
    account_id VARCHAR required
    written_at TIMESTAMP required
    author_id VARCHAR
    team VARCHAR
    kind VARCHAR required
    pulse INTEGER
    body VARCHAR person
"""),
    cursor="written_at",
)

GOALS = Entity(
    "goals",
    "goal_id",
    columns("""
    goal_id VARCHAR required
    account_id VARCHAR required
    set_on DATE required
    horizon VARCHAR
    kpi VARCHAR
    target VARCHAR
    reached_on DATE
"""),
    cursor="set_on",
    hidden_until={"reached_on": ("reached_on",)},
)

# kind: reply | booking | meeting | webinar | workshop | in_app | click. message_id is our own Message-ID, where it is
# known; meets_on is the day that a booking booked.
ENGAGEMENT = Entity(
    "engagement",
    "engagement_id",
    columns("""
    engagement_id VARCHAR required
    account_id VARCHAR required
    contact_id VARCHAR
    happened_at TIMESTAMP required
    kind VARCHAR required
    message_id VARCHAR
    meets_on DATE
    session_id VARCHAR
"""),
    cursor="happened_at",
)

# A snapshot of what is planned for many accounts at once: next month's webinar is known today.
SESSIONS = Entity(
    "sessions",
    "session_id",
    columns("""
    session_id VARCHAR required
    kind VARCHAR
    topic VARCHAR
    starts_at TIMESTAMP
    stage VARCHAR
    language VARCHAR
    seats INTEGER
    url VARCHAR
"""),
)
