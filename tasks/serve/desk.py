"""The desk that customers come to: the installation, its rules and pages, and what it takes to answer one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from config.files import read_files
from config.load import load_rules
from models.company import Company
from models.public_page import page_path
from models.token import Purpose
from tasks.opening import Place
from tasks.serve.pages import FOLDER, Pages
from tasks.serve.visit import Visit, message_of
from tasks.store import messages
from tasks.store.engine import begin, read
from tasks.whereabouts import whereabouts

Wall = Callable[[], datetime]


@dataclass(frozen=True)
class Shown:
    """What a call is answered with."""

    page: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


Act = Callable[["Desk", Connection, Visit], Shown]


@dataclass(frozen=True)
class Noun:
    """One kind of page: what a token of that purpose shows, and what it does.

    Attributes:
        where: it needs to know where the contact is already to be shown.
    """

    purpose: Purpose
    show: Act
    act: Act
    where: bool = False


def desk_of(place: Place) -> "Desk":
    """The desk of an installation, with its configuration as it lies on the disk now."""
    files = read_files(place.settings.config)
    company = load_rules(files).company
    return Desk(place, company, Pages(files.under(FOLDER), company))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """An open installation that answers customers."""

    place: Place
    company: Company
    pages: Pages
    wall: Wall = _now

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys of links."""
        return self.place.settings.links

    def look(self, noun: Noun, token: str, given: Mapping[str, str], accepts: str = "") -> tuple[Shown, str]:
        """What a GET shows, and its language; reads alone."""
        with read(self.place.engine) as conn:
            visit = self._visit(conn, noun.purpose, token, given, accepts)
        if noun.where:
            visit = self._located(visit)
        with read(self.place.engine) as conn:
            return noun.show(self, conn, visit), visit.language

    def take(self, noun: Noun, token: str, given: Mapping[str, str], accepts: str = "") -> tuple[Shown, str]:
        """What a POST does and shows. A token that is not good never reaches the writers' queue."""
        with read(self.place.engine) as conn:
            visit = self._visit(conn, noun.purpose, token, given, accepts)
        visit = self._located(visit)
        with begin(self.place.engine) as conn:
            return noun.act(self, conn, visit), visit.language

    def link(self, visit: Visit, purpose: Purpose) -> str:
        """The path of another page about the same message; it lives as long as this one."""
        day = visit.message.as_of or visit.clock.as_of
        return page_path(self.keys[0], purpose, visit.message.message_id, day)

    def _visit(self, conn: Connection, purpose: Purpose, token: str, given: Mapping[str, str], accepts: str) -> Visit:
        """The visit of a token."""
        message, clock = message_of(conn, self.keys, purpose, token, self.wall())
        letter = messages.person(conn, message.message_id)
        language = self.pages.language(message.language, accepts)
        return Visit(message, clock, language, letter.subject if letter else "", given=given)

    def _located(self, visit: Visit) -> Visit:
        """The visit with what the newest night knows of the contact."""
        place = whereabouts(self.place, visit.message.account, visit.message.contact)
        return Visit(visit.message, visit.clock, visit.language, visit.subject, place, visit.given)
