"""What the CRM of the synthetic company exports: accounts, contacts, customer success managers."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from tasks.demo.customers import SOUR, Customer
from tasks.demo.names import CSMS
from tasks.demo.team import COLLEAGUES, sales_of

Rows = list[dict[str, Any]]
EXTRA_ROLES = {"power_user": 0.55, "executive": 0.35, "billing": 0.45, "user": 0.3}


def csm_rows() -> Rows:
    """The team: customer success managers, and the people of sales, support, product and finance."""
    columns = ("id", "name", "mail", "speaks", "weekly_hours", "model", "team")
    people = [*((*csm, "csm") for csm in CSMS), *COLLEAGUES]
    return [dict(zip(columns, person, strict=True)) for person in people]


def account_rows(rng: np.random.Generator, customers: list[Customer]) -> Rows:
    """One row a customer; dates are written day first, as the CRM does."""
    return [_account(rng, customer, customers) for customer in customers]


def _account(rng: np.random.Generator, customer: Customer, everybody: list[Customer]) -> dict[str, Any]:
    """A customer's row; every thirtieth belongs to another one."""
    parent = everybody[int(rng.integers(len(everybody)))].account_id if rng.random() < 1 / 30 else ""
    return {
        "id": customer.account_id,
        "company": customer.name,
        "website": customer.domain,
        "industry": customer.industry,
        "type": customer.company_type,
        "headcount": customer.employees,
        "revenue_usd": customer.employees * int(rng.integers(60, 240)) * 1_000,
        "country": customer.place.country,
        "timezone": customer.place.timezone,
        "language": customer.place.language,
        "owner": customer.csm_id,
        "sales": sales_of(customer),
        "parent": "" if parent == customer.account_id else parent,
        "customer_since": (customer.start - timedelta(days=int(rng.integers(1, 20)))).strftime("%d/%m/%Y"),
        "plan": customer.plan,
        "seats": customer.seats,
        "status": {"churned": "lost", "trial": "trial"}.get(customer.mood, "customer"),
    }


def contact_rows(rng: np.random.Generator, customers: list[Customer], as_of: date) -> Rows:
    """Two to six people a customer: a sponsor, a champion, and whom its size brings."""
    rows: Rows = []
    for customer in customers:
        roles = ["sponsor", "champion", *(role for role, share in EXTRA_ROLES.items() if rng.random() < share)]
        people = rng.permutation(len(customer.place.people))
        for nth, role in enumerate(roles):
            rows.append(_contact(rng, customer, role, int(people[nth % len(people)]), len(rows) + 1, as_of))
    return rows


def _contact(
    rng: np.random.Generator, customer: Customer, role: str, person: int, number: int, as_of: date
) -> dict[str, Any]:
    """One person; a few have left, and not everybody agreed to marketing."""
    first, last, local = customer.place.people[person]
    taken = f".{role[:2]}" if len(customer.place.people) < 6 else ""
    leaving = 0.4 if role == "sponsor" and customer.mood in SOUR else 0.02
    left = as_of - timedelta(days=int(rng.integers(3, 85))) if rng.random() < leaving else None
    return {
        "id": f"C{number:06d}",
        "account": customer.account_id,
        "first": first,
        "last": last,
        "mail": f"{local}{taken}@{customer.domain}",
        "role": role,
        "language": customer.place.language,
        "timezone": customer.place.timezone,
        "marketing": str(rng.choice(["granted", "withdrawn", ""], p=[0.62, 0.08, 0.30])) or None,
        "left": left.isoformat() if left else None,
    }
