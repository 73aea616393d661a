"""What the report shows, as plain data: everything counted, nothing drawn yet."""

from dataclasses import dataclass, field
from datetime import date

BAND_WORDS = {"green": "green", "yellow": "yellow", "red": "red", "insufficient_data": "insufficient data"}
RISK_ORDER = ("red", "yellow", "insufficient_data", "green")
TROUBLE = ("stale", "held", "failed")


@dataclass(frozen=True)
class Money:
    """An amount in minor units of one ISO currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class SourceLine:
    """One source tonight: what came, and whether it may be trusted.

    Attributes:
        status: ok, unchanged, stale, held, failed; None when it was not pulled.
        newest: the newest value of its time cursor, if it has one.
        error: why it was held or failed.
    """

    name: str
    entity: str
    status: str | None
    pulled: int
    good: int
    quarantined: int
    warned: int
    newest: str | None = None
    error: str | None = None

    @property
    def trouble(self) -> bool:
        """Whether a person should look."""
        return self.status in TROUBLE


@dataclass(frozen=True)
class Broken:
    """Rows that broke one expectation of one source tonight."""

    source: str
    expectation: str
    column: str
    severity: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Move:
    """An account whose health band is another than last night.

    Attributes:
        change: score points gained or lost; None when one of the two nights has no score.
        cause: the component that moved most, with its points, e.g. `usage trend -12.5`.
    """

    account_id: str
    name: str
    before: str
    after: str
    score: float | None
    change: float | None
    cause: str
    mrr: Money


@dataclass(frozen=True)
class Renewal:
    """A contract's term that must be decided by its opt-out deadline."""

    contract_id: str
    account_id: str
    name: str
    deadline: date
    term_end: date
    days: int
    mrr: Money
    band: str
    auto_renew: bool | None
    csm: str


@dataclass(frozen=True)
class Month:
    """Renewals whose deadline falls into one month, by health band, in the report's main currency."""

    start: date
    minor: dict[str, int]
    contracts: dict[str, int]

    @property
    def total(self) -> int:
        """Minor units over all bands."""
        return sum(self.minor.values())

    @property
    def number(self) -> int:
        """Contracts over all bands."""
        return sum(self.contracts.values())


@dataclass(frozen=True)
class Reach:
    """Renewals whose deadline lies in one span of days, by health band: contracts and MRR."""

    label: str
    contracts: dict[str, int]
    mrr: dict[str, tuple[Money, ...]]


@dataclass(frozen=True)
class Outcome:
    """Messages or steps of one state or verdict with one reason."""

    name: str
    reason: str
    number: int
    plays: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """One CSM's open tasks and book.

    Attributes:
        tasks: (due_on, title, account_id, account name), the oldest due first.
    """

    csm_id: str
    name: str
    accounts: int
    mrr: tuple[Money, ...]
    open: int
    overdue: int
    week: int
    tasks: tuple[tuple[date | None, str, str, str], ...] = ()


@dataclass(frozen=True)
class AccountLine:
    """One account in the list."""

    account_id: str
    name: str
    band: str
    score: float | None
    mrr: Money
    stage: str
    segment: str
    touch: str
    csm: str
    deadline: date | None
    days: int | None
    enrollments: int
    tasks: int


@dataclass(frozen=True)
class Report:
    """The whole first page. `messages` are this night's, `ledger` counts those of all nights by state."""

    company: str
    as_of: date
    previous: date | None
    state: str
    reason: str
    accounts: int
    active: int
    mrr: tuple[Money, ...]
    currency: str
    bands: dict[str, int]
    band_mrr: dict[str, tuple[Money, ...]]
    scores: tuple[tuple[str, float], ...]
    moves: tuple[Move, ...]
    matrix: dict[str, dict[str, int]]
    renewals: tuple[Renewal, ...]
    months: tuple[Month, ...]
    reaches: tuple[Reach, ...]
    other_currencies: int
    messages: tuple[Outcome, ...]
    steps: tuple[Outcome, ...]
    enrolled: dict[str, int]
    ledger: dict[str, int]
    sources: tuple[SourceLine, ...]
    broken: tuple[Broken, ...]
    work: tuple[Work, ...]
    lines: tuple[AccountLine, ...]
    segments: dict[str, int] = field(default_factory=dict)
    touch: dict[str, int] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)

    @property
    def compared(self) -> int:
        """How many accounts had a band last night as well."""
        return sum(number for row in self.matrix.values() for number in row.values())

    @property
    def sent(self) -> int:
        """Messages of this night that the server took."""
        return sum(line.number for line in self.messages if line.name == "sent")

    @property
    def unsent(self) -> int:
        """Messages of this night in any other state."""
        return sum(line.number for line in self.messages if line.name != "sent")

    @property
    def trouble(self) -> tuple[SourceLine, ...]:
        """Sources that a person should look at."""
        return tuple(source for source in self.sources if source.trouble)

    @property
    def overdue(self) -> int:
        """Open tasks whose day has passed."""
        return sum(one.overdue for one in self.work)
