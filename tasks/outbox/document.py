"""A message of the outbox as the JSON that whoever takes it reads."""

import json
from typing import Any

from models.ledger import Message, PersonMessage


def document(message: Message, letter: PersonMessage) -> bytes:
    """The same message always gives the same bytes.

    `inapp` has a contact and rendered words, `notify` an owner and a text, `update` the fields of an account.
    """
    told = {
        "id": message.message_id,
        "channel": message.channel,
        "account": message.account,
        **_content(message, letter),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _content(message: Message, letter: PersonMessage) -> dict[str, Any]:
    """What its channel carries."""
    if message.channel == "update":
        return {"fields": json.loads(letter.text)}
    if message.channel == "notify":
        to = {"owner": letter.recipient, "team": letter.sender, "name": letter.name}
        return {"to": to, "account_name": letter.subject, "text": letter.text}
    person = {"contact": message.contact, "email": letter.recipient, "name": letter.name}
    return {"to": person, "from": letter.sender, "subject": letter.subject, "text": letter.text, "html": letter.html}
