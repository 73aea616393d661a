"""A mail as the standard library makes one, header by header: slow, and what our bytes are held against."""

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from tasks.mail.headers import one_line, valid_address
from tasks.mail.mime import Letter
from tasks.mail.sandbox import clean

POLICY = SMTP.clone(raise_on_defect=True, max_line_length=998, cte_type="7bit")


def by_library(letter: Letter) -> bytes:
    """The letter by EmailMessage."""
    message = EmailMessage(policy=POLICY)
    domain = letter.mail_from.rpartition("@")[2]
    message["From"] = _address(letter.sender, letter.mail_from)
    message["To"] = _address(letter.name, letter.recipient)
    if letter.reply_to and letter.reply_to != letter.mail_from:
        message["Reply-To"] = _address(letter.sender, letter.reply_to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = letter.date
    message["Message-ID"] = f"<{letter.message_id}@{domain}>"
    if letter.references:
        message["In-Reply-To"] = letter.references[-1]
        message["References"] = " ".join(letter.references)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<{letter.play}.{domain}>"
    _unsubscribing(message, letter)
    if letter.feedback:
        message["Feedback-ID"] = ":".join(letter.feedback)
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if letter.calendar:
        request = {"method": "REQUEST"}
        message.add_alternative(letter.calendar, subtype="calendar", charset="utf-8", cte="base64", params=request)
    message.set_boundary("=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def _unsubscribing(message: EmailMessage, letter: Letter) -> None:
    if letter.unsubscribe:
        message["List-Unsubscribe"] = ", ".join(f"<{link}>" for link in letter.unsubscribe)
    if letter.unsubscribe and letter.unsubscribe[0].startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _address(name: str, address: str) -> Address:
    return Address(display_name=" ".join(clean(name).split())[:100].strip(), addr_spec=valid_address(address))
