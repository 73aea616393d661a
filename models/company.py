"""What config/perennial.yaml says of the company, its calendar and its limits."""

from datetime import time

from pydantic import Field

from models.duration import Share
from models.strict import Strict


class Sender(Strict):
    """Who writes: shown in every mail's footer."""

    name: str = "Example Software"
    product: str = "Example"
    sender_name: str = "Customer Success"
    address: str = "1 Example Street, Springfield"


class Calendar(Strict):
    """Working days and hours; weekday 0 is Monday; `holidays` is an ISO country code."""

    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    holidays: str | None = None
    timezone: str = "UTC"


class Caps(Strict):
    """How often a customer is written to, over all plays; `deadline: true` counts but is never capped."""

    account_per_day: int = Field(default=1, ge=1)
    account_per_7_days: int = Field(default=3, ge=1)
    address_per_day: int = Field(default=1, ge=1)


class Gates(Strict):
    """When a night waits for a person: mails above the ceiling, or too many accounts changing their health band."""

    mails: int = Field(default=200, ge=1)
    band_changes: Share = Field(default=0.15, ge=0, le=1)


class Report(Strict):
    """How many account pages the report writes at most; accounts with activity come first."""

    pages: int = Field(default=2000, ge=0)


class Company(Strict):
    """The whole file. `disable` and `inherit` are read when the layers are laid over each other."""

    company: Sender = Sender()
    language: str = "en"
    currency: str = "USD"
    calendar: Calendar = Calendar()
    caps: Caps = Caps()
    gates: Gates = Gates()
    report: Report = Report()
    fallback_roles: tuple[str, ...] = ("champion", "sponsor", "power_user", "executive")
    expires_hours: int = Field(default=36, ge=1)
    deadline_stale_hours: int = Field(default=48, ge=0)
    disable: tuple[str, ...] = ()
    inherit: str | None = None
