"""A message as bytes: every header is set here, by code, and the same message always gives the same bytes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from email_validator import EmailNotValidError, validate_email

from models.errors import RenderError
from tasks.mail.sandbox import clean

_NARROW = SMTP.clone(cte_type="7bit")
_PEOPLE = frozenset({"subject", "from", "to", "reply-to"})


class _Policy(EmailPolicy):
    """Long lines for all but words and names: a folded List-Unsubscribe is broken, an encoded word has a limit."""

    def fold_binary(self, name: str, value: object) -> bytes:
        """The header's lines."""
        if name.lower() in _PEOPLE:
            return _NARROW.fold_binary(name, value)  # type: ignore[arg-type]
        return super().fold_binary(name, value)  # type: ignore[arg-type]


POLICY = _Policy(linesep="\r\n", raise_on_defect=True, max_line_length=998, cte_type="7bit")


@dataclass(frozen=True)
class Letter:
    """What a message consists of, before it is bytes.

    Attributes:
        mail_from: the address we send from; its domain is that of the Message-ID.
        sender: the name shown beside it, usually the CSM's.
        reply_to: where answers go; empty for `mail_from`.
        date: when it is first transmitted, aware.
        references: Message-IDs of the mails that this one continues, the one it answers last.
        calendar: the invitation it carries, RFC 5545.
    """

    message_id: str
    recipient: str
    name: str
    sender: str
    reply_to: str
    mail_from: str
    subject: str
    text: str
    html: str
    play: str
    date: datetime
    references: tuple[str, ...] = ()
    calendar: str = ""


def message_id_header(message_id: str, mail_from: str) -> str:
    """The Message-ID, made of the message's id."""
    return f"<{message_id}@{mail_from.rpartition('@')[2]}>"


def valid_address(address: str) -> str:
    """The address as SMTP takes it; test domains are fine.

    Raises:
        RenderError: this is no address. The address itself is not told: the reason goes to places without names.
    """
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise RenderError("the contact's e-mail address is not valid") from error
    return found.ascii_email or found.normalized


def to_bytes(letter: Letter) -> bytes:
    """The whole message in CRLF lines, 7-bit clean.

    Raises:
        RenderError: an address is not valid, or the subject is not one line.
    """
    message = EmailMessage(policy=POLICY)
    domain = letter.mail_from.rpartition("@")[2]
    message["From"] = _address(letter.sender, letter.mail_from)
    message["To"] = _address(letter.name, letter.recipient)
    if letter.reply_to and letter.reply_to != letter.mail_from:
        message["Reply-To"] = _address(letter.sender, letter.reply_to)
    message["Subject"] = clean(letter.subject)
    message["Date"] = letter.date
    message["Message-ID"] = message_id_header(letter.message_id, letter.mail_from)
    if letter.references:
        message["In-Reply-To"] = letter.references[-1]
        message["References"] = " ".join(letter.references)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<{letter.play}.{domain}>"
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if letter.calendar:
        request = {"method": "REQUEST"}
        message.add_alternative(letter.calendar, subtype="calendar", charset="utf-8", cte="base64", params=request)
    message.set_boundary("=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def _address(name: str, address: str) -> Address:
    """Name and address as one header value; the name may be anything, the address must be one."""
    return Address(display_name=" ".join(clean(name).split())[:100], addr_spec=valid_address(address))
