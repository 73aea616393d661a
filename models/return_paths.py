"""Addresses that lead back to a message: where bounces go (VERP), where answers go, where unsubscribing goes."""

from collections.abc import Sequence
from datetime import date, timedelta

from models.token import Purpose, read, sign

PREFIXES: dict[str, Purpose] = {"b": "bounce", "r": "reply", "u": "unsubscribe"}
LIFE = timedelta(days=400)
"""So long after it was made an address or a link of ours still leads somewhere: a yearly renewal is answered late."""


def return_address(prefix: str, key: bytes, message_id: str, domain: str, today: date) -> str:
    """For example `b+…@bounces.example.com`; its local part has 47 letters of the 64 allowed."""
    return f"{prefix}+{sign(key, PREFIXES[prefix], message_id, today + LIFE)}@{domain}"


def returned(keys: Sequence[bytes], address: str, today: date) -> tuple[Purpose, str] | None:
    """(purpose, message's id) that an address of ours was made for; None for any other address."""
    local = address.rpartition("@")[0].strip().lower()
    prefix, plus, token = local.partition("+")
    purpose = PREFIXES.get(prefix) if plus else None
    found = read(keys, purpose, token, today) if purpose else None
    return (purpose, found) if purpose and found else None
