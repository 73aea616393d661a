"""What config/perennial.yaml says of the company, its calendar and its limits."""

from datetime import date, time
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from models.duration import Days, Share
from models.strict import Strict


def _page(value: str) -> str:
    """The address, if it is one of a page that a customer can open."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{value}' is no address of a page; write for example https://answers.example.com/form")
    return value


Page = Annotated[str, AfterValidator(_page)]


OURS = "ours"
"""Instead of a page's address: the page of `perennial serve`."""


class Sender(Strict):
    """Who writes: shown in every mail's footer."""

    name: str = "Example Software"
    product: str = "Example"
    sender_name: str = "Customer Success"
    address: str = "1 Example Street, Springfield"


class Blackout(Strict):
    """Days on which nobody is written to, both included; deadlines go all the same."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    why: str = "blackout"


class Calendar(Strict):
    """Working days and hours; weekday 0 is Monday.

    `holidays` is an ISO country code, or `account`: then each account's own country says its holidays and its weekend.
    """

    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    holidays: str | None = None
    timezone: str = "UTC"
    blackouts: tuple[Blackout, ...] = ()


class Caps(Strict):
    """How often a customer is written to, over all plays; `deadline: true` counts but is never capped.

    Within `primary_days` after a play has spoken, plays of lower precedence wait.
    """

    account_per_day: int = Field(default=1, ge=1)
    account_per_7_days: int = Field(default=3, ge=1)
    address_per_day: int = Field(default=1, ge=1)
    primary_days: int = Field(default=2, ge=0)


class Gates(Strict):
    """When a night waits for a person: mails above the ceiling, or too many accounts changing their health band."""

    mails: int = Field(default=200, ge=1)
    band_changes: Share = Field(default=0.15, ge=0, le=1)


class Sending(Strict):
    """How mail leaves: how fast, and when a person is asked first.

    Attributes:
        per_minute: mails a minute to the server, over all senders of this installation; None for as many as go.
        domain_per_minute: mails a minute to one recipient domain.
        connections: open at once to the server, a process.
        canary: so many first mails of a run are sent and answered before the others follow.
        errors: the share of refused mails in a run above which the rest waits for a person.
    """

    per_minute: int | None = Field(default=None, ge=1)
    domain_per_minute: int | None = Field(default=None, ge=1)
    connections: int = Field(default=4, ge=1, le=50)
    canary: int = Field(default=10, ge=0)
    errors: Share = Field(default=0.2, gt=0, le=1)


class Keep(Strict):
    """For how long what is personal is kept; what is older is removed each night, and reported."""

    mails: Days = 180
    inbound: Days = 30
    quarantine: Days = 30
    notes: Days = 180


class Report(Strict):
    """How many account pages the report writes at most; accounts with activity come first."""

    pages: int = Field(default=2000, ge=0)


class Company(Strict):
    """The whole file. `disable` and `inherit` are read when the layers are laid over each other.

    Attributes:
        replies: where the answers of customers come from: a source of entity engagement, an inbox of ours, nowhere.
        survey_url: the page on which surveys are answered; booking_url: the one on which a meeting is booked. `ours`
            for the page of `perennial serve`.
        survey_fatigue: for so long nobody is asked again after an answer.
    """

    company: Sender = Sender()
    language: str = "en"
    currency: str = "USD"
    calendar: Calendar = Calendar()
    caps: Caps = Caps()
    gates: Gates = Gates()
    report: Report = Report()
    sending: Sending = Sending()
    keep: Keep = Keep()
    fallback_roles: tuple[str, ...] = ("champion", "sponsor", "power_user", "executive")
    expires_hours: int = Field(default=36, ge=1)
    deadline_stale_hours: int = Field(default=48, ge=0)
    replies: Literal["crm", "inbox", "none"] = "crm"
    survey_url: Page | Literal["ours"] | None = None
    booking_url: Page | Literal["ours"] | None = None
    survey_fatigue: Days = 90
    disable: tuple[str, ...] = ()
    inherit: str | None = None

    @property
    def heard(self) -> frozenset[str]:
        """Entities that come from what customers tell us on pages of ours, whatever other sources there are."""
        pages = {"feedback": self.survey_url, "engagement": self.booking_url}
        return frozenset(entity for entity, page in pages.items() if page == OURS)
