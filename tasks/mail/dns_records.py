"""What the nameserver says of our domains: SPF, DKIM, DMARC and where their mail goes; no answer is no finding."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dns.exception
import dns.rdatatype
import dns.resolver

from models.errors import ConfigError
from tasks.mail.dkim import Signer
from tasks.mail.finding import Line

SECONDS = 5.0
"""How long a question is asked altogether."""
NO_RECORD = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


@dataclass(frozen=True)
class Nameserver:
    """Who is asked: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::1]:53`; the system's own if empty."""

    server: str = ""

    @cached_property
    def resolver(self) -> dns.resolver.Resolver:
        """The resolver.

        Raises:
            ConfigError: the server is no address.
        """
        resolver = dns.resolver.Resolver(configure=not self.server)
        if self.server:
            host, _, port = self.server.rpartition(":") if self._has_port() else (self.server, "", "53")
            try:
                resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
            except ValueError as error:
                said = f"'{self.server}' is no address of a nameserver; write for example 192.0.2.53 or 192.0.2.53:5353"
                raise ConfigError(said, file="environment or .env", key="PERENNIAL_DNS_SERVER") from error
        resolver.timeout, resolver.lifetime = SECONDS / 2, SECONDS
        return resolver

    def _has_port(self) -> bool:
        return self.server.count(":") == 1 or "]:" in self.server

    def texts(self, name: str) -> list[str]:
        """Its TXT records; DNSException if nobody answers."""
        return [b"".join(one.strings).decode("utf-8", "replace") for one in self._ask(name, dns.rdatatype.TXT)]

    def servers(self, domain: str) -> list[str]:
        """The names of its mail servers, the preferred first."""
        found = sorted(self._ask(domain, dns.rdatatype.MX), key=lambda one: one.preference)
        return [str(one.exchange).rstrip(".") for one in found]

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[Any]:
        try:
            return list(self.resolver.resolve(name, kind, search=False))
        except NO_RECORD:
            return []


def asked(name: str, look: Callable[[], Line]) -> Line:
    """The finding; unknown where the nameserver does not answer."""
    try:
        return look()
    except (dns.exception.DNSException, OSError) as error:
        said = f"the nameserver gives no answer ({type(error).__name__})"
        return Line(name, "unknown", said, "ask again, or another one: PERENNIAL_DNS_SERVER")


def spf(server: Nameserver, domain: str) -> Line:
    """Who may send for the domain of the envelope."""
    name = f"SPF of {domain}"

    def look() -> Line:
        found = [one for one in server.texts(domain) if one.lower().split(" ")[0] == "v=spf1"]
        todo = f"publish one TXT record at {domain} that names your relay, e.g. v=spf1 include:RELAY -all"
        if len(found) != 1:
            many = f"there are {len(found)} SPF records, and receivers then heed none"
            return Line(name, "failed", many if found else "there is no SPF record", todo)
        terms = found[0].lower().split()[1:]
        if {"all", "+all"} & set(terms):
            return Line(name, "failed", f"everybody may send: {found[0]}", todo)
        if not [one for one in terms if not one.endswith("all")]:
            return Line(name, "failed", f"nobody may send: {found[0]}", todo)
        return Line(name, "passed", f"{found[0]} (see that it names your relay)")

    return asked(name, look)


def dkim(server: Nameserver, signer: Signer, sender: str) -> Line:
    """The public half of a signer's key, and whether it signs for the domain of From."""
    name = f"DKIM {signer.selector} ({signer.algorithm})"

    def look() -> Line:
        todo = f"publish at {signer.place} the TXT record {signer.record}"
        found = [tags for tags in map(tags_of, server.texts(signer.place)) if "p" in tags]
        if not found:
            return Line(name, "failed", f"there is no record at {signer.place}", todo)
        if all("".join(tags["p"].split()) != signer.public for tags in found):
            return Line(name, "failed", f"the record at {signer.place} is of another key than ours", todo)
        if not aligned(signer.domain, sender):
            said = f"it signs for {signer.domain}, which is not the domain of MAIL_FROM, {sender}"
            return Line(name, "failed", said, "set PERENNIAL_DKIM_DOMAIN")
        return Line(name, "passed", f"the record at {signer.place} is that of our key")

    return asked(name, look)


def dmarc(server: Nameserver, domain: str) -> Line:
    """What receivers are to do with mail that is not ours: asked of the domain, then of those above it."""
    name = f"DMARC of {domain}"

    def look() -> Line:
        labels = domain.split(".")
        for place in (".".join(labels[start:]) for start in range(max(1, len(labels) - 1))):
            found = [tags for tags in map(tags_of, server.texts(f"_dmarc.{place}")) if tags.get("v") == "DMARC1"]
            if len(found) == 1 and found[0].get("p") in ("none", "quarantine", "reject"):
                policy = found[0]["p"]
                more = "; p=none only watches: move on to quarantine and reject" if policy == "none" else ""
                return Line(name, "passed", f"p={policy} at _dmarc.{place}{more}")
            if found:
                said = f"the record at _dmarc.{place} is not one record with a policy"
                return Line(name, "failed", said, "v=DMARC1; p=none; rua=mailto:ADDRESS")
        todo = f"publish at _dmarc.{domain} for example v=DMARC1; p=none; rua=mailto:ADDRESS"
        return Line(name, "failed", "there is no DMARC record", todo)

    return asked(name, look)


def mail_comes(server: Nameserver, domain: str, what: str) -> Line:
    """Whether mail to one of our domains goes anywhere."""
    name = f"MX of {domain}"

    def look() -> Line:
        found = [one for one in server.servers(domain) if one]
        if not found:
            return Line(name, "failed", "mail to it goes nowhere", f"publish an MX record: {what} go there")
        return Line(name, "passed", f"{', '.join(found)} (see that its mail comes to the inbox)")

    return asked(name, look)


def tags_of(record: str) -> dict[str, str]:
    """`v=DKIM1; p=…` as a dictionary."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def aligned(one: str, other: str) -> bool:
    """Whether one domain is the other, or lies beneath it."""
    first, second = one.lower(), other.lower()
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")
