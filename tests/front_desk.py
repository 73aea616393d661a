"""The pages for customers, over an installation of a test: a message, its links, and somebody who follows them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from config.files import read_files
from config.load import load_rules
from models.company import Company
from models.event import Event
from models.ids import made_of
from models.public_page import PATHS, page_path
from models.tables import event
from models.token import Purpose
from tasks.night import Night
from tasks.opening import Place
from tasks.serve.app import app_of
from tasks.serve.desk import Desk
from tasks.serve.guard import Limits
from tasks.serve.pages import FOLDER, Pages
from tasks.store.engine import begin, read
from tasks.store.events import append
from tests.mailroom import AS_OF, NINE, key_of, queue, room

SHIPPED = read_files()
PLAYS = load_rules(SHIPPED).plays
WIDE = Limits(requests=100_000, forged=100_000)


@dataclass(frozen=True)
class Browser:
    """Follows links and sends forms, one after the other."""

    loop: asyncio.Runner
    client: httpx.AsyncClient

    def get(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Look at a page."""
        return self.loop.run(self.client.request(method, path, **more))

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Send a form."""
        return self.loop.run(self.client.post(path, data=data, **more))


@contextmanager
def browser_of(desk: Desk, limits: Limits = WIDE) -> Iterator[Browser]:
    """Somebody with a browser in front of a desk."""
    with asyncio.Runner() as loop:
        transport = httpx.ASGITransport(app_of(desk, limits))
        client = httpx.AsyncClient(transport=transport, base_url="http://pages.example")
        yield Browser(loop, client)
        loop.run(client.aclose())


@dataclass
class Front:
    """An installation with a service in front of it.

    Attributes:
        wall: the time there; may be set.
    """

    night: Night
    company: Company
    wall: datetime = NINE

    def desk(self) -> Desk:
        """The desk behind the pages."""
        place = Place(self.night.settings, self.night.engine, self.night.lake)
        return Desk(place, self.company, Pages(SHIPPED.under(FOLDER), self.company), lambda: self.wall)

    @contextmanager
    def client(self, limits: Limits = WIDE) -> Iterator["Browser"]:
        """Somebody with a browser."""
        with browser_of(self.desk(), limits) as found:
            yield found

    def mail(self, number: int = 0, **changes: Any) -> str:
        """Queue a message to contact n; its id."""
        return queue(self.night, number, message_id=made_of("test", number), **changes)

    def survey(self, number: int = 0, kind: str = "nps", **changes: Any) -> str:
        """Queue a message that asks for an answer, of a play that is pinned; its id."""
        play, step = next((one, step) for one in PLAYS.values() for step in one.steps if step.survey == kind)
        payload = {"hash": play.hash, "play": play.play, "text": play.text}
        with begin(self.night.engine) as conn:
            append(conn, Event(f"pin:{play.hash}", "play_pinned", f"play:{play.play}", NINE, payload=payload))
        return self.mail(number, play=play.play, step=step.id, template=step.email, **changes)

    def id_of(self, number: int) -> str:
        """The id of the message to contact n."""
        return made_of("test", number)

    def path(self, purpose: Purpose, message_id: str) -> str:
        """The path of a message's page."""
        return "/" + page_path(self.night.settings.links[0], purpose, message_id, AS_OF)

    def events(self, *kinds: str) -> list[Any]:
        """Events of these kinds, of all if none is named."""
        query = select(event).order_by(event.c.event_seq)
        with read(self.night.engine) as conn:
            return list(conn.execute(query.where(event.c.kind.in_(kinds)) if kinds else query))

    def rows(self, query: Any) -> list[Any]:
        """The rows of a query."""
        with read(self.night.engine) as conn:
            return list(conn.execute(query))

    def key(self, number: int = 0) -> str:
        """The key of contact n's address."""
        return key_of(self.night, number)


def front(folder: Path, company: Company | None = None, **settings: Any) -> Front:
    """A service over a new installation."""
    return Front(room(folder, public_url="http://127.0.0.1:8025", **settings), company or Company())


def forged(token: str, number: int) -> str:
    """A token with one letter changed, another place and letter for each number."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    place = number % len(token)
    other = letters[(letters.index(token[place]) + 1 + number // len(token) % 31) % 32]
    return token[:place] + other + token[place + 1 :]


def moved(given: Front, wall: datetime) -> Front:
    """The same at another time."""
    return replace(given, wall=wall)


PURPOSES: tuple[Purpose, ...] = tuple(PATHS)
