"""Who there is: accounts, their people, our team, and which accounts became one or went."""

from models.entity import Entity, columns

ACCOUNTS = Entity(
    "accounts",
    "account_id",
    columns("""
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
    sales_id VARCHAR
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
    columns("""
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

# The people of every team, not of customer success alone; accounts.csm_id and accounts.sales_id name them.
CSMS = Entity(
    "csms",
    "csm_id",
    columns("""
    csm_id VARCHAR required
    name VARCHAR person
    email VARCHAR person
    languages VARCHAR
    hours_per_week INTEGER
    touch VARCHAR
    team VARCHAR
"""),
)

# account_id is now into_id: the views give every row of the one to the other.
MERGES = Entity(
    "merges",
    "account_id",
    columns("""
    account_id VARCHAR required
    into_id VARCHAR required
    merged_on DATE required
"""),
    cursor="merged_on",
)

# An account that asked to be forgotten, or was entered by mistake: no view shows it any more.
TOMBSTONES = Entity(
    "tombstones",
    "account_id",
    columns("""
    account_id VARCHAR required
    deleted_on DATE required
"""),
    cursor="deleted_on",
)
