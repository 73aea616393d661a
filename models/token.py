"""Tokens in links and addresses: short, signed, for one purpose, readable by nobody else, good for a while.

A token is 45 letters and digits without case, so that it survives in the local part of an address:
16 bytes of a message's id, 2 bytes of the day it ends, 10 bytes of HMAC-SHA256 over purpose, id and day.
"""

import hashlib
import hmac
from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

Purpose = Literal["unsubscribe", "preferences", "survey", "booking", "reply", "bounce"]
LENGTH = 45
_EPOCH = date(2020, 1, 1)
_BODY, _MAC = 18, 10


def sign(key: bytes, purpose: Purpose, message_id: str, ends: date) -> str:
    """The token of a message, its id a UUID in text, for one purpose; good to the day `ends`, inclusive."""
    body = UUID(message_id).bytes + max(0, (ends - _EPOCH).days).to_bytes(2)
    return b32encode(body + _mac(key, purpose, body)).decode().rstrip("=").lower()


def read(keys: Sequence[bytes], purpose: Purpose, token: str, today: date) -> str | None:
    """The id of the message; None for a token that is forged, of another purpose, or past its day.

    `keys` are all that still count: the newest signs, an older one may have.
    """
    raw = _raw(token)
    if raw is None:
        return None
    body, mac = raw[:_BODY], raw[_BODY:]
    # Every key is tried, so that the time taken does not tell which one fits.
    good = [hmac.compare_digest(mac, _mac(key, purpose, body)) for key in keys]
    if not any(good) or today > _EPOCH + timedelta(days=int.from_bytes(body[16:])):
        return None
    return str(UUID(bytes=body[:16]))


def _raw(token: str) -> bytes | None:
    """The 28 bytes of a token, if it has as many and is the one way to write them."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = b32decode(token.upper() + "===")
    except Error:
        return None
    return raw if b32encode(raw).decode().rstrip("=") == token.upper() else None


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\x00" + body, hashlib.sha256).digest()[:_MAC]
