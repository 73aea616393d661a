"""What the synthetic company knows of its customers beside the product: money, wishes, notes, responses, sessions.

Each table draws from a stream of its own, so that a new one leaves the others as they were.
"""

from datetime import date

import numpy as np

from tasks.demo.crm import Rows
from tasks.demo.customers import Customer
from tasks.demo.dirt_of_care import (
    dirty_engagement,
    dirty_goals,
    dirty_invoices,
    dirty_merges,
    dirty_notes,
    dirty_opportunities,
    dirty_requests,
    dirty_sessions,
    dirty_tombstones,
)
from tasks.demo.doubles import double_notes, merge_rows, tombstone_rows
from tasks.demo.engagement import engagement_rows
from tasks.demo.invoices import invoice_rows
from tasks.demo.notes import note_rows
from tasks.demo.pipeline import opportunity_rows
from tasks.demo.sessions import session_rows
from tasks.demo.wishes import goal_rows, request_rows

STREAMS = ("invoices", "opportunities", "requests", "goals", "notes", "engagement")


def care_tables(seed: int, customers: list[Customer], made: dict[str, Rows], as_of: date) -> dict[str, Rows]:
    """The tables, the bad rows included; `made` holds the clean accounts, contacts and contracts."""
    rng = {name: np.random.default_rng([seed, nth]) for nth, name in enumerate(STREAMS)}
    account, sessions = made["accounts"][0]["id"], session_rows(as_of)
    engagement = engagement_rows(rng["engagement"], customers, made["contacts"], sessions, as_of)
    return {
        "invoices": invoice_rows(rng["invoices"], customers, made["contracts"], as_of) + dirty_invoices(account, as_of),
        "opportunities": opportunity_rows(rng["opportunities"], customers, as_of) + dirty_opportunities(account, as_of),
        "requests": request_rows(rng["requests"], customers, as_of) + dirty_requests(account, as_of),
        "goals": goal_rows(rng["goals"], customers, as_of) + dirty_goals(account, as_of),
        "notes": note_rows(rng["notes"], customers, as_of) + double_notes(as_of) + dirty_notes(account, as_of),
        "engagement": engagement + dirty_engagement(made["contacts"][0], as_of),
        "sessions": sessions + dirty_sessions(sessions),
        "task_states": [],
        "merges": merge_rows(made["accounts"], as_of) + dirty_merges(account, as_of),
        "tombstones": tombstone_rows(as_of) + dirty_tombstones(),
    }
