"""The go-live checklist: everything that live mail depends on, looked at in the order in which it is set up."""

import asyncio
from datetime import datetime

from config.files import read_files
from config.parts import read_parts
from config.settings import DEVELOPMENT_KEY, Settings, missing_for_live
from models.address import normalize
from models.company import Company
from models.errors import ConfigError, PerennialError
from models.ids import made_of
from tasks.mail.dkim import signed, signers
from tasks.mail.dns_records import Nameserver, dkim, dmarc, mail_comes, spf
from tasks.mail.finding import Line
from tasks.mail.mime import Letter, to_bytes, valid_address
from tasks.mail.paths import Paths
from tasks.mail.smtp import Answer, Courier
from tasks.mail.ways_in import inbox, mail_server, pages, server_of

TEST = """This mail was asked for by `perennial mail doctor`. It is signed, and leads back, as mails to customers are.

If you can read it, it has arrived. Look at its source: under Authentication-Results, SPF, DKIM and DMARC should say
pass. Then answer it, and see that the answer arrives where you expect it.
"""


def checkup(settings: Settings, to: str, now: datetime) -> list[Line]:
    """Every line of the checklist; one mail goes to the address `to`, if there is one, and no other mail at all."""
    lines = [*mail_server(settings), *_records(settings), *_domains(settings), pages(settings), inbox(settings)]
    lines += [_key(settings, "address"), _key(settings, "link"), _live(settings)]
    return [*lines, _test(settings, to, now)] if to else lines


def _records(settings: Settings) -> list[Line]:
    """SPF for the envelope, DKIM for each key, DMARC for what people see."""
    server, sender = Nameserver(settings.dns_server), settings.mail_from.rpartition("@")[2]
    envelope = settings.bounce_domain or settings.reply_domain or sender
    return [spf(server, envelope), *_signatures(settings, server, sender), dmarc(server, sender)]


def _signatures(settings: Settings, server: Nameserver, sender: str) -> list[Line]:
    """A line a key."""
    todo = "PERENNIAL_DKIM_RSA_SELECTOR and PERENNIAL_DKIM_RSA_KEY; unless your relay signs"
    try:
        found = signers(settings)
    except ConfigError as error:
        return [Line("DKIM", "failed", str(error), todo)]
    lines = [dkim(server, one, sender) for one in found]
    return lines or [Line("DKIM", "not configured", "mails are not signed here", todo)]


def _domains(settings: Settings) -> list[Line]:
    """Where answers and bounces go."""
    server = Nameserver(settings.dns_server)
    if not settings.reply_domain:
        todo = "PERENNIAL_REPLY_DOMAIN, a domain whose mail comes to the inbox"
        return [Line("reply domain", "not configured", "answers and unsubscribing by mail have no domain", todo)]
    lines = [mail_comes(server, settings.reply_domain, "answers and unsubscribing by mail")]
    if settings.bounce_domain not in ("", settings.reply_domain):
        lines.append(mail_comes(server, settings.bounce_domain, "bounces"))
    return lines


def _key(settings: Settings, which: str) -> Line:
    """A key of ours is not the one that everybody knows."""
    secret, name = getattr(settings, f"{which}_key").get_secret_value(), f"PERENNIAL_{which.upper()}_KEY"
    if not secret.strip() or DEVELOPMENT_KEY in secret:
        return Line(f"{which} key", "failed", f"{name} is the development key", "any long random text, kept safe")
    return Line(f"{which} key", "passed", f"{name} is your own")


def _live(settings: Settings) -> Line:
    """What LIVE itself asks for."""
    missing = missing_for_live(settings)
    if missing:
        return Line("LIVE", "failed", f"would be refused: {'; '.join(missing)}", "set what is missing")
    said = "mail goes to customers" if settings.live else "PERENNIAL_LIVE=true would be accepted"
    return Line("LIVE", "passed", said)


def _test(settings: Settings, to: str, now: datetime) -> Line:
    """The one message to an address of one's own; while LIVE is false it must be among those that are allowed."""
    name = "a mail to you"
    allowed = {normalize(one).removeprefix("@") for one in settings.allow_recipients.split(",") if one.strip()}
    address = normalize(to)
    if not settings.smtp_host:
        return Line(name, "not configured", "no mail server is named", "PERENNIAL_SMTP_HOST")
    if not settings.live and not {address, address.rpartition("@")[2]} & allowed:
        said = "LIVE is false, and the address is not among PERENNIAL_ALLOW_RECIPIENTS"
        return Line(name, "failed", said, "name it there")
    try:
        answer = asyncio.run(_send(settings, to, now))
    except PerennialError as error:
        return Line(name, "failed", str(error))
    if answer.state != "sent":
        return Line(name, "failed", f"{answer.state}: {answer.reply}", "what the server says is in its log")
    return Line(name, "passed", f"the server took it: {answer.reply}; see that it arrives, and what its source says")


async def _send(settings: Settings, to: str, now: datetime) -> Answer:
    """One SMTP transaction, outside of the ledger."""
    paths, id_ = Paths.of(settings, _company(settings)), made_of("doctor", to, now.isoformat())
    content = signed(to_bytes(_letter(settings, paths, id_, to, now)), signers(settings))
    courier = await Courier.connect(server_of(settings))

    async def before() -> bytes:
        return content

    try:
        sender = paths.envelope(id_, now.date()) or settings.mail_from
        return await courier.send(sender, valid_address(to), before)
    finally:
        await courier.quit()


def _letter(settings: Settings, paths: Paths, id_: str, to: str, now: datetime) -> Letter:
    """What it says, with every header that a customer's mail has."""
    return Letter(
        id_, to, "", _company(settings).company.sender_name, paths.reply_to(id_, now.date()), settings.mail_from,
        "A test of our mail", TEST, f"<p>{TEST.replace(chr(10) * 2, '</p><p>')}</p>", "doctor", now,
        unsubscribe=paths.to_unsubscribe("service", id_, now.date()),
    )  # fmt: skip


def _company(settings: Settings) -> Company:
    """The company of the configuration; ours if that cannot be read, for this is not its checker."""
    company: Company | None = read_parts(read_files(settings.config)).read.get("company")
    return company or Company()
