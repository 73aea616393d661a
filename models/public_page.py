"""The pages of ours that a mail leads to: which path serves which purpose of a token."""

from datetime import date

from models.return_paths import LIFE
from models.token import Purpose, sign

PATHS: dict[Purpose, str] = {"unsubscribe": "u", "preferences": "p", "survey": "s", "booking": "b"}
PURPOSES: dict[str, Purpose] = {path: purpose for purpose, path in PATHS.items()}


def page_link(public_url: str, key: bytes, purpose: Purpose, message_id: str, today: date) -> str:
    """The address of a message's page: `{public_url}/s/TOKEN`."""
    return f"{public_url.rstrip('/')}/{page_path(key, purpose, message_id, today)}"


def page_path(key: bytes, purpose: Purpose, message_id: str, today: date) -> str:
    """The page's path below the public address, without a slash before it."""
    return f"{PATHS[purpose]}/{sign(key, purpose, message_id, today + LIFE)}"
