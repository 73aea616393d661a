"""E-mail addresses as keys: what may be stored beside a decision instead of the address."""

import hashlib
import hmac
import unicodedata


def normalize(address: str) -> str:
    """The address as it is compared: NFC, trimmed, lower case (local parts in the wild are case-blind)."""
    return unicodedata.normalize("NFC", address).strip().lower()


def address_key(secret: bytes, address: str) -> str:
    """32 hex digits of HMAC-SHA256 over the normalized address: the same person in every table, unreadable."""
    return hmac.new(secret, normalize(address).encode(), hashlib.sha256).hexdigest()[:32]
