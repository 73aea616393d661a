"""A small installation to run whole nights in: forty customers, limits that suit them, nothing of Prefect."""

import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from config.files import ROOT
from config.settings import Settings
from models.night import run_key
from models.tables import enrollment, event, message, metadata
from tasks.demo.company import AS_OF, write_company
from tasks.mail.mailbox import id_of, messages
from tasks.mail.mime import message_id_header
from tasks.night import Night
from tasks.nightly import Request, nightly
from tasks.opening import Place, open_place, sealed_night
from tasks.stages import Ended
from tasks.store import runs
from tasks.store.engine import read
from tasks.store.runs import Run

MONDAY = AS_OF
ACCOUNTS = 40
BUSINESS = {
    "enrolled", "enrollment_ended", "step_taken", "step_ended", "play_pinned", "task_opened", "message_queued",
    "planned", "approved", "enrollment_moved", "task_moved", "goal_measured",
}  # fmt: skip
"""Kinds whose keys are made of business facts alone, so that a night that was killed writes the same ones."""


def write_layer(folder: Path, company: Path, **changes: dict[str, Any]) -> Path:
    """A configuration whose sources lie in `company`; `changes` are laid over single sources."""
    text = (ROOT / "config/sources.yaml").read_text(encoding="utf-8").replace("${VAR}/demo", str(company))
    told = yaml.safe_load(text)
    told["sources"]["accounts"]["volume"] = {"min": 30, "max": 100}
    told["sources"]["contacts"]["volume"] = {"min": 60, "max": 400}
    for name, change in changes.items():
        told["sources"][name] |= change
    (folder / "config").mkdir(parents=True, exist_ok=True)
    (folder / "config/sources.yaml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return folder


def with_plays(layer: Path, *kept: str) -> Path:
    """The layer with these of our plays alone and a report of few pages: for nights that are to show something else."""
    text = (ROOT / "config/perennial.yaml").read_text(encoding="utf-8").replace("pages: 2000", "pages: 3")
    off = [f"plays/{path.stem}" for path in sorted((ROOT / "config/plays").glob("*.yaml")) if path.stem not in kept]
    (layer / "config/perennial.yaml").write_text(text + yaml.safe_dump({"disable": off}), encoding="utf-8")
    return layer


def found_company(folder: Path, accounts: int = ACCOUNTS) -> Path:
    """A company on disk with its layer: `folder`/company and `folder`/layer."""
    write_company(folder / "company", accounts=accounts)
    write_layer(folder / "layer", folder / "company")
    return folder


@dataclass(frozen=True)
class House:
    """One installation: its folder, its layer, and more settings if they are wanted."""

    var: Path
    layer: Path
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The settings of this installation, nothing of the environment's."""
        return Settings(var=self.var, config=self.layer, _env_file=None, **self.more)

    def to(self, var: Path) -> "House":
        """A copy of it in another folder."""
        shutil.copytree(self.var, var)
        return replace(self, var=var)

    @contextmanager
    def open(self) -> Iterator[Place]:
        """Its database and lake."""
        with open_place(self.settings) as place:
            yield place

    def night(self, as_of: date | None = MONDAY, **request: Any) -> Ended:
        """Run the night of that date; the wall clock is another day's unless it is given."""
        with self.open() as place:
            return nightly(place, Request(as_of, **request))[1]

    @contextmanager
    def sealed(self, as_of: date = MONDAY) -> Iterator[Night]:
        """A night of its past."""
        with self.open() as place:
            yield sealed_night(place, as_of)

    def run(self, as_of: date = MONDAY) -> Run:
        """What the database knows of a night."""
        with self.open() as place, read(place.engine) as conn:
            found = runs.get(conn, run_key(as_of))
        assert found is not None
        return found

    def rows(self, query: Any) -> list[Any]:
        """The rows of a query."""
        with self.open() as place, read(place.engine) as conn:
            return list(conn.execute(query))

    def events(self, *kinds: str) -> list[Any]:
        """Events of these kinds, oldest first."""
        return self.rows(select(event).where(event.c.kind.in_(kinds)).order_by(event.c.event_seq))

    def mailbox(self) -> list[str]:
        """Message-IDs of all mail that arrived, doubles included."""
        return sorted(id_of(path.read_bytes()) for path in messages(self.settings.mailbox_dir))

    def sent(self) -> list[str]:
        """Message-IDs of all e-mails the ledger says were sent."""
        sent = (message.c.state == "sent", message.c.channel == "email")
        ids = self.rows(select(message.c.message_id).where(*sent))
        return sorted(message_id_header(row[0], self.settings.mail_from) for row in ids)

    def story(self, as_of: date = MONDAY) -> dict[str, Any]:
        """What a night came to, without what differs from one run of it to the next."""
        run = self.run(as_of)
        assert run.seal is not None
        known = self.rows(select(message.c.message_id, message.c.state).order_by(message.c.message_id))
        return {
            "state": run.state, "exit": run.exit_code, "plan": run.plan_hash, "sealed": run.seal["hashes"],
            "events": sorted((row.key, row.kind, row.account) for row in self.events(*BUSINESS)),
            "messages": [tuple(row) for row in known], "mailbox": self.mailbox(),
        }  # fmt: skip

    def everything(self) -> dict[str, Any]:
        """Every row of the database and every file of lake and mailbox."""
        tables = {table.name: sorted(map(repr, self.rows(select(table)))) for table in metadata.sorted_tables}
        files = [path for name in ("lake", "mailbox") for path in sorted((self.var / name).rglob("*"))]
        told = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}
        return {"tables": tables, "files": told}


def at(day: date, hour: int = 0) -> datetime:
    """An instant of that day, UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def promises(house: House) -> None:
    """What holds after any number of nights, told by mailbox and rows alone.

    A mail for each message that is marked sent, and none besides; nothing sent twice, nobody enrolled twice; an
    account at most one touch a day and three in seven days but for deadlines; an address one message a day but for
    deadlines.
    """
    assert house.mailbox() == house.sent()
    found = house.rows(select(message))
    assert len({row.send_key for row in found}) == len(found)
    started = [(row.subject, row.play, row.occurrence) for row in house.rows(select(enrollment))]
    assert len(set(started)) == len(started)
    sent = [row for row in found if row.state == "sent" and row.touch and not row.deadline]
    addresses = Counter((row.address_key, row.sent_at.date()) for row in sent)
    assert max(addresses.values(), default=0) <= 1
    touches = {(row.account, row.sent_at.date(), row.enrollment_id, row.step) for row in sent}
    days: dict[str, list[date]] = defaultdict(list)
    for account, day, *_ in sorted(touches):
        days[account].append(day)
    for known in days.values():
        assert len(set(known)) == len(known)
        assert all((later - first).days >= 7 for first, later in zip(known, known[3:], strict=False))
