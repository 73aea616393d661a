"""Bounces and other reports as mail servers write them, each with what it is and means.

The formats are those of the programs; names, hosts and ids are made up. `{to}` is the address that bounces come to,
`{id}` the Message-ID of our mail, `{who}` the address that we wrote to.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One mail with its label.

    Attributes:
        kind: what it must be taken for.
        scope: what must stand against the address afterwards; empty for nothing.
        effect: how the effect begins, where it matters.
    """

    name: str
    text: str
    kind: str
    scope: str = ""
    effect: str = ""


_HEAD = """\
Return-Path: <>
Delivered-To: {to}
From: %(from)s
To: {to}
Subject: %(subject)s
Date: Mon, 03 Mar 2025 08:00:00 +0000
Message-ID: <%(name)s@%(host)s>
Auto-Submitted: auto-replied
MIME-Version: 1.0
"""
_REPORT = (
    _HEAD
    + """\
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

This is a MIME-encapsulated message.

--=_b
Content-Type: text/plain; charset=utf-8

%(words)s

--=_b
Content-Type: %(status_part)s

Reporting-MTA: dns; %(host)s
Arrival-Date: Mon, 03 Mar 2025 07:59:00 +0000

Final-Recipient: rfc822; %(who)s
%(more)sAction: %(action)s
Status: %(status)s
Diagnostic-Code: %(diagnostic)s

--=_b
Content-Type: %(copy)s

From: success@perennial.example
To: {who}
Subject: Your contract
Message-ID: {id}

--=_b--
"""
)


def report(name: str, status: str, diagnostic: str, label: tuple[str, str, str], **more: str) -> Sample:
    """A report in the form of RFC 3464."""
    values = {
        "name": name, "status": status, "diagnostic": diagnostic, "action": "failed", "host": "mx.customer.example",
        "from": "Mail Delivery System <MAILER-DAEMON@mx.customer.example>", "subject": "Undelivered Mail Returned to Sender",
        "words": "I'm sorry to have to inform you that your message could not be delivered.", "who": "{who}", "more": "",
        "copy": "message/rfc822", "status_part": "message/delivery-status",
    }  # fmt: skip
    return Sample(name, _REPORT % (values | more), *label)


def text(name: str, sender: str, subject: str, words: str, label: tuple[str, str, str], headers: str = "") -> Sample:
    """A bounce in a server's own words."""
    head = _HEAD % {"name": name, "from": sender, "subject": subject, "host": "mx.customer.example"}
    return Sample(name, head.replace("Auto-Submitted: auto-replied\n", headers) + "\n" + words, *label)


DEAD = ("bounce", "all", "suppressed")
COUNTED = ("bounce", "", "counted")
POLICY = ("bounce", "", "refused by a filter")
OTHER = ("bounce", "", "")
LATE = ("delayed", "", "")
FINE = ("delivered", "", "")
_GMAIL = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
_O365 = "postmaster@customer.onmicrosoft.example"
_DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@mx.customer.example>"

REPORTS = (
    report("postfix-unknown", "5.1.1", "smtp; 550 5.1.1 <{who}>: Recipient address rejected: User unknown in virtual mailbox table", DEAD),
    report("postfix-host", "5.1.2", "X-Postfix; Host or domain name not found. Name service error type=MX: Host not found", DEAD, more="Original-Recipient: rfc822;{who}\n"),
    report("postfix-null-mx", "5.1.10", "smtp; 556 5.1.10 Recipient address has null MX", DEAD),
    report("postfix-bad-syntax", "5.1.3", "X-Postfix; bad address syntax", DEAD),
    report("postfix-moved", "5.1.6", "smtp; 551 5.1.6 Recipient no longer here", DEAD),
    report("postfix-local", "5.1.1", 'X-Postfix; unknown user: "jane"', DEAD, copy="text/rfc822-headers"),
    report("sendmail-unknown", "5.1.1", "SMTP; 550 5.1.1 <{who}>... User unknown", DEAD, **{"from": _DAEMON, "subject": "Returned mail: see transcript for details"}),
    report("sendmail-vague", "5.0.0", "SMTP; 550 5.1.1 No such user here", DEAD, **{"from": _DAEMON}),
    report("exim-report", "5.0.0", "smtp; 550 Unrouteable address", DEAD, subject="Mail delivery failed: returning message to sender"),
    report("exim-unknown", "5.0.0", "smtp; 550 No such user here", DEAD, more="Original-Recipient: rfc822;{who}\n"),
    report("exchange-not-found", "5.1.1", "smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", DEAD, **{"from": _O365, "subject": "Undeliverable: Your contract"}),
    report("o365-not-found", "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {who} not found by SMTP address lookup", DEAD, **{"from": _O365, "subject": "Unzustellbar: Your contract"}),
    report("gmail-no-account", "5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking", DEAD, **{"from": _GMAIL, "subject": "Delivery Status Notification (Failure)"}),
    report("gmail-domain", "5.1.2", "smtp; DNS Error: Domain name not found", DEAD, **{"from": _GMAIL}),
    report("yahoo-unknown", "5.1.1", "smtp; 554 delivery error: dd This user doesn't have a yahoo.example account ({who}) [0]", DEAD),
    report("icloud-unknown", "5.1.1", "smtp; 550 5.1.1 unknown or illegal alias: {who}", DEAD),
    report("lotus-unknown", "5.1.1", "X-Notes; User jane (jane@customer) not listed in public Name & Address Book", DEAD),
    report("groupwise-unknown", "5.1.1", "smtp; 550 No such recipient", DEAD),
    report("utf8-report", "5.1.1", "smtp; 550 5.1.1 User unknown", DEAD, status_part="message/global-delivery-status"),
    report("full-postfix", "5.2.2", "smtp; 552 5.2.2 Mailbox is full", COUNTED),
    report("full-gmail", "4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space", OTHER, **{"from": _GMAIL}),
    report("full-exchange", "5.2.2", "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", COUNTED, **{"from": _O365}),
    report("disabled-gmail", "5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is inactive", COUNTED, **{"from": _GMAIL}),
    report("disabled-postfix", "5.2.0", "smtp; 550 5.2.0 mailbox disabled", COUNTED),
    report("too-long-ago", "4.4.7", "smtp; 451 4.4.7 Message expired: delivery timed out", COUNTED, **{"from": _DAEMON, "subject": "Returned mail: Cannot send message for 5 days"}),
    report("exchange-expired", "4.4.7", "smtp;550 4.4.7 QUEUE.Expired; message expired", COUNTED, **{"from": _O365}),
    report("too-large", "5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit", OTHER),
    report("no-route", "5.4.4", "X-Postfix; Host or domain name not found", OTHER),
    report("loop", "5.4.6", "smtp; 554 5.4.6 Too many hops", POLICY),
    report("o365-access-denied", "5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", OTHER, **{"from": _O365}),
    report("gmail-spam", "5.7.1", "smtp; 550-5.7.1 Our system has detected that this message is likely unsolicited mail", POLICY, **{"from": _GMAIL}),
    report("gmail-dmarc", "5.7.26", "smtp; 550-5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy", POLICY, **{"from": _GMAIL}),
    report("o365-spam", "5.7.1", "smtp;550 5.7.1 Service unavailable, Client host blocked using Spamhaus", POLICY, **{"from": _O365}),
    report("o365-rights", "5.7.124", "smtp;550 5.7.124 RESOLVER.RST.SenderNotInGroup", POLICY, **{"from": _O365}),
    report("postfix-rbl", "5.7.1", "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.example", POLICY),
    report("disguised-policy", "5.1.1", "smtp; 550 5.7.1 Message rejected due to content restrictions", POLICY),
    report("disguised-words", "5.1.1", "smtp; 550 5.1.1 Blocked by policy: sender reputation", POLICY),
    report("sender-domain", "5.1.8", "smtp; 550 5.1.8 <success@perennial.example>: Sender address rejected: Domain not found", POLICY),
    report("sender-syntax", "5.1.7", "smtp; 501 5.1.7 Bad sender address syntax", POLICY),
    report("sender-verify", "5.1.0", "smtp; 550 5.1.0 Sender verification failed", POLICY),
    report("yahoo-policy", "5.0.0", "smtp; 554 Message not allowed - [PH01] Email not accepted for policy reasons", POLICY),
    report("forwarded-elsewhere", "5.1.1", "smtp; 550 5.1.1 User unknown", ("bounce", "", "counted"), who="jane.private@elsewhere.example"),
    report("postfix-delayed", "4.4.1", "X-Postfix; connect to mx.customer.example[192.0.2.9]:25: Connection timed out", LATE, action="delayed", subject="Delayed Mail (still being retried)"),
    report("sendmail-delayed", "4.2.0", "SMTP; 450 4.2.0 Greylisted", LATE, action="delayed", subject="Warning: could not send message for past 4 hours"),
    report("gmail-delayed", "4.4.2", "smtp; The recipient server did not accept our requests to connect", LATE, action="delayed", **{"from": _GMAIL, "subject": "Delivery Status Notification (Delay)"}),
    report("delayed-unknown", "4.1.1", "smtp; 450 4.1.1 User unknown, try later", LATE, action="delayed"),
    report("delivered", "2.1.5", "smtp; 250 2.1.5 Ok", FINE, action="delivered", subject="Successful Mail Delivery Report"),
    report("relayed", "2.0.0", "smtp; 250 2.0.0 queued", FINE, action="relayed", **{"from": _O365, "subject": "Relayed: Your contract"}),
    report("expanded", "2.0.0", "smtp; 250 OK", FINE, action="expanded"),
)  # fmt: skip

_COPY = "\n\nReceived: from perennial.example\nFrom: success@perennial.example\nTo: {who}\nSubject: Your contract\nMessage-ID: {id}\n"
_QMAIL = (
    "Hi. This is the qmail-send program at mx.customer.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{who}>:\n%s\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <{to}>"
    + _COPY.lstrip()
)
_EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {who}\n    %s\n\n------ This is a copy of the message, including all the headers. ------\n"
    + _COPY
)

TEXTS = (
    text("qmail-unknown", "MAILER-DAEMON@mx.customer.example", "failure notice", _QMAIL % "Sorry, no mailbox here by that name. (#5.1.1)", DEAD),
    text("qmail-remote", "MAILER-DAEMON@mx.customer.example", "failure notice", _QMAIL % "192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\nGiving up on 192.0.2.7.", DEAD),
    text("qmail-spam", "MAILER-DAEMON@mx.customer.example", "failure notice", _QMAIL % "192.0.2.7 failed after I sent the message.\nRemote host said: 554 5.7.1 This message has been blocked as spam", POLICY),
    text("qmail-full", "MAILER-DAEMON@mx.customer.example", "failure notice", _QMAIL % "The users mailfolder is over the allowed quota (size). (#5.2.2)", COUNTED),
    text("exim-text", "Mail Delivery System <Mailer-Daemon@mx.customer.example>", "Mail delivery failed: returning message to sender", _EXIM % "SMTP error from remote mail server after RCPT TO:<{who}>:\n    host mx.customer.example [192.0.2.3]: 550 5.1.1 User unknown", DEAD, "X-Failed-Recipients: {who}\nAuto-Submitted: auto-replied\n"),
    text("exim-no-code", "Mail Delivery System <Mailer-Daemon@mx.customer.example>", "Mail delivery failed: returning message to sender", _EXIM % "host mx.customer.example [192.0.2.3]: 550 no such user here", DEAD, "X-Failed-Recipients: {who}\nAuto-Submitted: auto-replied\n"),
    text("exim-policy", "Mail Delivery System <Mailer-Daemon@mx.customer.example>", "Mail delivery failed: returning message to sender", _EXIM % "host mx.customer.example [192.0.2.3]: 550 rejected because of your reputation", POLICY, "X-Failed-Recipients: {who}\nAuto-Submitted: auto-replied\n"),
    text("exim-vague", "Mail Delivery System <Mailer-Daemon@mx.customer.example>", "Mail delivery failed: returning message to sender", _EXIM % "retry timeout exceeded", OTHER, "X-Failed-Recipients: {who}\nAuto-Submitted: auto-replied\n"),
)  # fmt: skip
