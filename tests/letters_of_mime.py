"""Letters to make bytes of: a short one, and one with everything a letter may have."""

from dataclasses import replace
from datetime import UTC, datetime

from tasks.mail.mime import Letter

LETTER = Letter(
    message_id="0b8e",
    recipient="ada@customer.example",
    name="Ada Löw, PhD",
    sender="Nina Park",
    reply_to="nina@perennial.example",
    mail_from="success@perennial.example",
    subject="Preparing the end of your term",
    text="Hello Ada,\n.\n.leading dot\n" + "long " * 400 + "\n",
    html="<p>Hello Äda</p>",
    play="renewal",
    date=datetime(2024, 12, 31, 9, tzinfo=UTC),
)
FULL = replace(
    LETTER,
    references=("<a@perennial.example>", "<b@perennial.example>"),
    calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    unsubscribe=(f"https://success.perennial.example/u/{'a' * 45}", f"mailto:u+{'b' * 45}@reply.perennial.example"),
    feedback=("renewal", "notice-90", "contractual", "perennial"),
)
