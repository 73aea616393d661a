"""Answers of machines and people, complaints and wishes, each with what it is.

`{reply}`, `{bounce}` and `{unsubscribe}` are our signed addresses, `{id}` is the Message-ID of our mail, `{who}` the
customer's address.
"""

from tests.inbox_samples.delivery import Sample


def said(name: str, kind: str, subject: str, headers: str = "", to: str = "{reply}", text: str = "Hello.") -> Sample:
    """A mail of the customer."""
    head = f"From: Jane Doe <{{who}}>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{name}@customer.example>\n"
    return Sample(name, f"{head}{headers}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n", kind)


AUTO = "auto_reply"
MACHINES = (
    said("rfc-3834", AUTO, "Re: Your contract", "Auto-Submitted: auto-replied\nIn-Reply-To: {id}\n"),
    said("rfc-3834-vacation", AUTO, "Re: Your contract", "Auto-Submitted: auto-replied (vacation)\n", "{bounce}"),
    said("generated", AUTO, "Your message", "Auto-Submitted: auto-generated\n"),
    said("exchange-oof", AUTO, "Automatic reply: Your contract", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n"),
    said("exchange-oof-old", AUTO, "Out of Office: Your contract", "X-Auto-Response-Suppress: DR, OOF, AutoReply\n"),
    said("gmail-vacation", AUTO, "Re: Your contract", "Precedence: bulk\nX-Autoreply: yes\n"),
    said("cpanel", AUTO, "Away", "X-Autorespond: Your contract\nPrecedence: auto_reply\n"),
    said("unix-vacation", AUTO, "away from my mail", "Precedence: junk\n", "{bounce}"),
    said("to-the-return-path", AUTO, "Re: Your contract", "", "{bounce}"),
    said("empty-return-path", AUTO, "Re: Your contract", "Return-Path: <>\n"),
    said("german", AUTO, "Automatische Antwort: Ihr Vertrag"),
    said("german-absent", AUTO, "Abwesenheitsnotiz: Ihr Vertrag"),
    said("german-encoded", AUTO, "=?utf-8?q?Nicht_im_B=C3=BCro?="),
    said("french", AUTO, "=?iso-8859-1?q?R=E9ponse_automatique=A0=3A?= contrat"),
    said("spanish", AUTO, "Respuesta automática: contrato"),
    said("russian", AUTO, "Автоматический ответ: договор"),
    said("russian-short", AUTO, "Автоответ"),
    said("arabic", AUTO, "رد تلقائي: العقد"),
    said("arabic-office", AUTO, "خارج المكتب"),
    said("dutch", AUTO, "Automatisch antwoord: contract"),
    said("polish", AUTO, "Odpowiedź automatyczna: umowa"),
    said("japanese", AUTO, "自動返信: 契約"),
    said("bracketed", AUTO, "[Auto-Reply] Your contract"),
    said("desk-ticket", AUTO, "Ticket received: Your contract", "Auto-Submitted: auto-generated\n"),
    said("challenge", AUTO, "Please confirm your message", "Precedence: bulk\n"),
    said("list", AUTO, "Re: Your contract", "List-Id: <team.customer.example>\nPrecedence: list\n"),
    Sample(
        "opened",
        "From: Jane <{who}>\nTo: {reply}\nSubject: Read: Your contract\nMessage-ID: <opened@customer.example>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour message was read.\n\n--b\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822;{who}\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n",
        AUTO,
    ),
)  # fmt: skip

REPLIES = (
    said("plain", "reply", "Re: Your contract", "In-Reply-To: {id}\nReferences: {id}\n"),
    said("to-the-token-alone", "reply", "contract"),
    said("by-message-id-alone", "reply", "AW: Your contract", "In-Reply-To: {id}\n", "success@perennial.example"),
    said("references-alone", "reply", "Re: Your contract", "References: <a@b.example> {id}\n", "success@perennial.example"),
    said("not-automatic", "reply", "Re: Your contract", "Auto-Submitted: no\n"),
    said("about-an-office", "reply", "Re: Out of office next week, shall we meet?"),
    said("about-holidays", "reply", "When are you on leave?"),
    said("says-bounce", "reply", "Re: 550 5.1.1 user unknown?", text="We saw 550 5.1.1 <x@y.example> User unknown."),
    said("shouting-token", "reply", "Re: contract", to="{REPLY}"),
    said("delivered-to", "reply", "Re: contract", "Delivered-To: {reply}\n", "undisclosed-recipients:;"),
    said("stop-alone", "reply", "UNSUBSCRIBE"),
)  # fmt: skip

_ARF = (
    "From: feedback@mailbox.example\nTo: abuse@perennial.example\nSubject: FW: Your contract\nMessage-ID: <%s@mailbox.example>\n"
    'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n--b\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: %s\nUser-Agent: Feedback/1.0\nVersion: 1\n%s\n--b\nContent-Type: %s\n\n"
    "From: success@perennial.example\nSubject: Your contract\n%s\n\nHello.\n--b--\n"
)
_ID = "Message-ID: {id}"
COMPLAINTS = tuple(
    Sample(name, _ARF % (name, type_, more, copy, inside), kind, scope)
    for name, type_, more, copy, inside, kind, scope in (
        ("arf-yahoo", "abuse", "Original-Mail-From: <{bounce}>\n", "message/rfc822", "To: redacted", "complaint", "class:service"),
        ("arf-outlook", "abuse", "", "message/rfc822", _ID, "complaint", "class:service"),
        ("arf-headers", "abuse", "Original-Rcpt-To: redacted\n", "text/rfc822-headers", _ID, "complaint", "class:service"),
        ("arf-fraud", "fraud", "", "message/rfc822", _ID, "complaint", "class:service"),
        ("arf-link", "abuse", "", "message/rfc822", "List-Unsubscribe: <mailto:{unsubscribe}>", "complaint", "class:service"),
        ("arf-not-spam", "not-spam", "", "message/rfc822", _ID, "unknown", ""),
        ("arf-foreign", "abuse", "", "message/rfc822", "Message-ID: <1@other.example>", "unknown", ""),
    )
)  # fmt: skip

WISHES = (
    Sample("mailto", said("mailto", "", "unsubscribe", to="{unsubscribe}").text, "unsubscribe", "class:service"),
    Sample("mailto-empty", said("mailto-empty", "", "", to="<{unsubscribe}>", text="").text, "unsubscribe", "class:service"),
    Sample("mailto-gmail", said("mailto-gmail", "", "Unsubscribe", "Auto-Submitted: auto-generated\n", "{unsubscribe}").text, "unsubscribe", "class:service"),
)  # fmt: skip

STRANGERS = (
    said("spam", "unknown", "Cheap watches", to="success@perennial.example"),
    said("wrong-id", "unknown", "Re: x", "In-Reply-To: <b5a6c9de-0000-5000-8000-000000000000@perennial.example>\n", "success@perennial.example"),
    said("other-domain", "unknown", "Re: x", "In-Reply-To: {other}\n", "success@perennial.example"),
    said("no-token", "unknown", "Re: x", to="r+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@perennial.example"),
)  # fmt: skip
