"""The canonical entities: what every source is mapped to, column by column."""

from models.entities_crm import ACCOUNTS, CONTACTS, CSMS, MERGES, TOMBSTONES
from models.entities_log import EVENTS, TASK_STATES, USAGE
from models.entities_money import CHURN_EVENTS, CONTRACTS, INVOICES, OPPORTUNITIES
from models.entities_voice import ENGAGEMENT, FEEDBACK, GOALS, NOTES, REQUESTS, SESSIONS, TICKETS
from models.entity import Column, Entity, Type

__all__ = ["ENTITIES", "Column", "Entity", "Type"]

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        ACCOUNTS, CONTACTS, CONTRACTS, INVOICES, OPPORTUNITIES, USAGE, TICKETS, REQUESTS, FEEDBACK, NOTES, GOALS,
        ENGAGEMENT, SESSIONS, CHURN_EVENTS, CSMS, TASK_STATES, MERGES, TOMBSTONES, EVENTS,
    )
}  # fmt: skip
