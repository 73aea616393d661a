"""Where a mail leads back to: its links, its answers, its bounces; each with a token of its own."""

from dataclasses import dataclass
from datetime import date

from config.settings import Settings
from models.company import Company
from models.hosts import host_of
from models.message import Class
from models.public_page import PURPOSES, page_link
from models.return_paths import return_address

OBJECTED_TO: frozenset[Class] = frozenset({"service", "marketing"})
"""Classes whose mails can be unsubscribed from; what is owed by contract is talked about with the CSM."""


def own_host(settings: Settings) -> tuple[str, ...]:
    """The host of our own pages, to which every mail may lead; none where they are not reached from outside."""
    host = host_of(settings.public_url)
    return (host,) if host else ()


@dataclass(frozen=True)
class Paths:
    """The ways back, as far as they are configured.

    Attributes:
        key: signs the tokens.
        public_url: where customers reach `perennial serve`; empty for no links.
        replies: the domain whose mail is read for answers; empty where answers go to the CSM's own address.
        unsubscribe: the domain whose mail is read for wishes to be left alone.
        bounces: the domain that bounces go to; empty where they go to MAIL_FROM.
    """

    key: bytes = b""
    public_url: str = ""
    replies: str = ""
    unsubscribe: str = ""
    bounces: str = ""

    @classmethod
    def of(cls, settings: Settings, company: Company) -> "Paths":
        """Those of an installation: answers come to us only with `replies: inbox`."""
        domain = settings.reply_domain
        replies = domain if company.replies == "inbox" else ""
        key = settings.links[0] if settings.links else b""
        return cls(key, settings.public_url, replies, domain, settings.bounce_domain or domain) if key else cls()

    def page(self, path: str, message_id: str, today: date) -> str:
        """The address of a message's page; empty if there are no pages."""
        return page_link(self.public_url, self.key, PURPOSES[path], message_id, today) if self.public_url else ""

    def to_unsubscribe(self, klass: str | None, message_id: str, today: date) -> tuple[str, ...]:
        """Links for the header List-Unsubscribe, the best first."""
        if klass not in OBJECTED_TO:
            return ()
        page, address = self.page("u", message_id, today), self._address("u", self.unsubscribe, message_id, today)
        return tuple(filter(None, (page, f"mailto:{address}" if address else "")))

    def reply_to(self, message_id: str, today: date) -> str:
        """Where answers to the message go; empty if they do not come to us."""
        return self._address("r", self.replies, message_id, today)

    def envelope(self, message_id: str, today: date) -> str:
        """Where bounces of the message go; empty if that is not configured."""
        return self._address("b", self.bounces, message_id, today)

    def _address(self, prefix: str, domain: str, message_id: str, today: date) -> str:
        return return_address(prefix, self.key, message_id, domain, today) if domain else ""
