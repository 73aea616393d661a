"""What is at hand while a mail is taken: whose it can be, when it is, whom to ask."""

from dataclasses import dataclass

from config.settings import Settings
from models.address import address_key
from models.clock import Clock
from models.incoming import Incoming
from tasks.inbox.owners import Owners


@dataclass(frozen=True)
class Desk:
    """One pass over the mailbox.

    Attributes:
        clock: of what people do between two nights.
    """

    settings: Settings
    clock: Clock
    owners: Owners

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.settings.mail_from.rpartition("@")[2].lower()

    def key_of(self, address: str) -> str:
        """The address as a key."""
        return address_key(self.settings.secret, address)

    def is_own(self, mail: Incoming) -> bool:
        """Whether it comes from ourselves: our domain, one above or below it, or one of our people."""
        theirs = mail.sender.rpartition("@")[2]
        domains = {self.domain, self.settings.reply_domain.lower(), self.settings.bounce_domain.lower()} - {""}
        same = any(
            theirs == one or theirs.endswith(f".{one}") or one.endswith(f".{theirs}") for one in domains if theirs
        )
        return same or self.owners.is_ours(mail.sender)
