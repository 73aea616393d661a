"""Values for a mail as a night gives them."""

from datetime import date
from typing import Any


def values(**changes: Any) -> dict[str, Any]:
    """Values as a night gives them."""
    contract = {
        "contract_id": "S-1",
        "term_start": date(2024, 1, 1),
        "term_end": date(2025, 1, 1),
        "opt_out_deadline": date(2024, 10, 3),
        "contract_auto_renew": True,
    }
    given: dict[str, Any] = {
        "company": {
            "name": "Example Software",
            "product": "Example",
            "sender_name": "Customer Success",
            "address": "1 St",
        },
        "account": {"id": "A-1", "name": "Acme", "mrr_minor": 123450},
        "contract": contract,
        "contracts": [contract, {"contract_id": "S-2", "term_end": None}],
        "contact": {"first_name": "Ada", "last_name": "Löw", "role": "sponsor", "language": "en"},
        "csm": {"name": "Nina Park", "email": "nina@perennial.example"},
        "step": {"day": 1, "planned_on": date(2024, 1, 2)},
        "as_of": date(2024, 12, 31),
    }
    return {**given, **changes}
