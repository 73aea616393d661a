"""One call of a customer: whose link was followed, to which message, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from models.clock import Clock
from models.ledger import Message
from models.token import Purpose, read
from tasks.moment import moment
from tasks.received_tasks import Asked
from tasks.store import messages
from tasks.whereabouts import Whereabouts

BAD, GONE, TOO_MANY = 400, 410, 429


class Refused(Exception):
    """The link leads nowhere; nothing is said of why that could tell whether somebody is known here."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Visit:
    """The message whose link was followed.

    Attributes:
        clock: of the moment, by the calendar of this installation's nights.
        language: of the page.
        subject: of the mail, empty if its words are gone.
        place: where the contact is, and whose account it is.
        given: what the call says, query or form.
    """

    message: Message
    clock: Clock
    language: str
    subject: str = ""
    place: Whereabouts = field(default_factory=Whereabouts)
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def address_key(self) -> str:
        """Of the contact."""
        return self.message.address_key or ""

    @property
    def at(self) -> datetime:
        """The instant, aware UTC."""
        return self.clock.now

    @property
    def asked(self) -> Asked:
        """For whom a task would be."""
        return Asked(self.place.owner, self.clock.now.date())


def message_of(
    conn: Connection, keys: tuple[bytes, ...], purpose: Purpose, token: str, wall: datetime
) -> tuple[Message, Clock]:
    """The message that the token was made for, and the moment.

    Raises:
        Refused: the token is forged, of another purpose or past its day, or its message is not there any more.
    """
    clock = moment(conn, wall)
    id_ = read(keys, purpose, token, clock.now.date())
    if id_ is None:
        raise Refused(BAD)
    found = messages.get(conn, id_)
    if found is None or not found.address_key:
        raise Refused(GONE)
    return found, clock
