"""A customer's answer as a mail to the CSM: our words, and the mail as it came beside them."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from sqlalchemy import Connection

from models.ledger import Message as Row
from models.ledger import PersonMessage
from tasks.mail.mime import message_id_header, valid_address
from tasks.mail.sandbox import clean
from tasks.store.inbound import words_of

_POLICY = SMTP.clone(cte_type="7bit")
_ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+")
_LONGEST = 998  # bytes of a line that mail servers take


def forwarded(conn: Connection, row: Row, letter: PersonMessage, mail_from: str, at: datetime) -> bytes:
    """The mail that hands an answer on. Its Reply-To is the customer; it never answers and is never answered itself.

    Args:
        conn: to read the answer as it came; without it (erased, too large) the words go alone.
        row: the message; its occurrence is the answer's id.
        letter: to whom, from whom, and our words.
        mail_from: the address we send from.
        at: when it is first transmitted.

    Raises:
        RenderError: the CSM's address is not valid.
    """
    kept = words_of(conn, row.occurrence or "")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_name(letter.sender), addr_spec=mail_from)
    mail["To"] = Address(_name(letter.name), addr_spec=valid_address(letter.recipient))
    if letter.reply_to and _ADDRESS.fullmatch(letter.reply_to) and letter.reply_to.isascii():
        mail["Reply-To"] = Address(_name(letter.sender), addr_spec=letter.reply_to)
    mail["Subject"] = clean(letter.subject)[:200]
    mail["Date"] = at
    mail["Message-ID"] = message_id_header(row.message_id, mail_from)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    if kept and kept.raw:
        _attach(mail, kept.raw)
        mail.set_boundary(f"=_{row.message_id}")
    return mail.as_bytes()


def _attach(mail: EmailMessage, raw: bytes) -> None:
    """The answer as it came: as a mail where its bytes can go unchanged, as a file where they could not."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    if raw.isascii() and all(len(line) <= _LONGEST for line in lines) and b"\x00" not in raw:
        mail.make_mixed()
        part = EmailMessage(policy=_POLICY)
        part["Content-Type"] = "message/rfc822"
        part["Content-Disposition"] = "attachment"
        part.set_payload(b"\n".join(lines).decode("ascii"))
        mail.attach(part)
    else:
        mail.add_attachment(raw, "application", "octet-stream", filename="answer.eml")


def _name(name: str | None) -> str:
    """A name as it may stand in a header."""
    return " ".join(clean(name or "").split())[:100]
