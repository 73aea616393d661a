"""An installation that has written to customers, and mails that come back to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine

from config.settings import Settings
from models.address import address_key
from models.event import Event
from models.ids import made_of
from models.landing import Landing
from models.return_paths import return_address
from tasks.inbox.maildir import open_maildir
from tasks.inbox.read import read_inbox
from tasks.lake.lake import Lake
from tasks.lake.paths import landing_path, person_path
from tasks.opening import Place
from tasks.store.engine import begin
from tasks.store.events import append
from tasks.store.landings import close_landing, open_landing

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
TODAY = NOW.date()
DOMAIN = "perennial.example"


@dataclass(frozen=True)
class InboxDesk:
    """One installation; message n went to contact n of account n."""

    place: Place

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self.place.settings

    def to(self, prefix: str, number: int, day: date = TODAY) -> str:
        """The signed address of message n."""
        return return_address(prefix, self.settings.links[0], id_of(number), DOMAIN, day)

    def key(self, number: int) -> str:
        """The address key of contact n."""
        return address_key(self.settings.secret, address(number))

    def sent(self, number: int, **changes: Any) -> str:
        """Queue and send message n; gives its id."""
        id_ = id_of(number)
        payload = {
            "message_id": id_, "send_key": f"S-{number}", "revision": 1, "account": f"A-{number}",
            "enrollment_id": None, "play": "renewal", "step": "notice", "occurrence": "1", "klass": "service",
            "template": "renewal/day-90-notice", "language": "en", "contact": f"C-{number}", "deadline": False,
            "address_key": self.key(number), "touch": True, "as_of": NOW.date().isoformat(), **changes,
        }  # fmt: skip
        with begin(self.place.engine) as conn:
            for kind in ("queued", "claimed", "transmitting", "sent"):
                said = payload if kind == "queued" else {"message_id": id_}
                append(conn, Event(f"{id_}:{kind}", f"message_{kind}", "contract:1", NOW, f"A-{number}", said))
        return id_

    def drop(self, content: bytes, name: str) -> None:
        """Put a mail into the Maildir."""
        with open_maildir(self.settings.inbox_dir):
            (self.settings.inbox_dir / "new" / name).write_bytes(content)

    def read(self, *contents: bytes, wall: datetime = NOW) -> dict[str, int]:
        """Drop these mails and read the inbox; kind → number."""
        for number, content in enumerate(contents):
            self.drop(content, f"{number:04}.mail")
        found: dict[str, int] = read_inbox(self.place, wall=wall)["mails"]
        return found


@contextmanager
def inbox_desk(engine: Engine, folder: Path, **settings: Any) -> Iterator[InboxDesk]:
    """An installation on that database, whose lake knows 5 accounts, their contacts and one CSM."""
    given = Settings(var=folder, _env_file=None, **settings)
    desk = InboxDesk(Place(given, engine, Lake(given.lake)))
    numbers = range(5)
    _land(desk, "accounts", [{"account_id": f"A-{n}", "name": f"Customer {n}", "csm_id": "csm-1"} for n in numbers], ())
    contacts = [
        {"contact_id": f"C-{n}", "account_id": f"A-{n}", "address_key": desk.key(n), "email": address(n)}
        for n in numbers
    ]
    _land(desk, "contacts", contacts, ("email",))
    _land(desk, "csms", [{"csm_id": "csm-1", "name": "Nina Park", "email": "nina@vendor.example"}], ("name", "email"))
    yield desk


def _land(desk: InboxDesk, entity: str, rows: list[dict[str, Any]], person: tuple[str, ...]) -> None:
    """Land the rows, the person columns in files of their own."""
    with begin(desk.place.engine) as conn:
        seq = open_landing(conn, "nightly:2025-03-02", entity, entity, NOW.date(), NOW)
        landing = Landing(seq, "nightly:2025-03-02", entity, entity, NOW.date())
        key = next(iter(rows[0]))
        apart = [{key: row[key], "landing_seq": seq, **{name: row[name] for name in person}} for row in rows]
        stay = [
            {name: value for name, value in row.items() if name not in person} | {"landing_seq": seq} for row in rows
        ]
        desk.place.lake.write(landing_path(landing), pa.Table.from_pylist(stay))
        if person:
            desk.place.lake.write(person_path(landing), pa.Table.from_pylist(apart))
        count = len(rows)
        closed = replace(landing, status="ok", pulled=count, good=count, total=count, written=True)
        close_landing(conn, closed, NOW)


def id_of(number: int) -> str:
    """The id of message n."""
    return made_of("message", number)


def address(number: int) -> str:
    """The address of contact n."""
    return f"contact.{number}@customer-{number}.example"


def header_id(number: int) -> str:
    """The Message-ID of message n."""
    return f"<{id_of(number)}@{DOMAIN}>"


def mail(sender: str, to: str, subject: str, text: str, **headers: str) -> bytes:
    """A plain mail; header names are written with _ for -."""
    said = EmailMessage()
    said["From"], said["To"], said["Subject"] = sender, to, subject
    for name, value in headers.items():
        said[name.replace("_", "-")] = value
    said.set_content(text)
    return said.as_bytes()
