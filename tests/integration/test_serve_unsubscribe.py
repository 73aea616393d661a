"""Unsubscribing by its page: looking changes nothing, one click does, once, before the next claim."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.suppression import ERASED
from models.tables import inbound, suppression, task
from tasks.deliver import deliver
from tasks.store.engine import begin
from tasks.store.suppressions import suppress
from tests.front_desk import PURPOSES, Front, front
from tests.mailroom import NINE, land_contacts, reasons, states

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Front]:
    """An installation on each database."""
    made = front(tmp_path, database_url=store_url)
    yield made
    made.night.engine.dispose()


def scopes(desk: Front) -> set[tuple[str, str]]:
    """(scope, source) of what stands."""
    return {(row.scope, row.source) for row in desk.rows(select(suppression))}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_hundred_looks_change_nothing(desk: Front, method: str) -> None:
    """Scanners follow every link of a mail, with every parameter."""
    id_ = desk.survey()
    before = len(desk.events())
    with desk.client() as browser:
        for number in range(100):
            purpose = PURPOSES[number % len(PURPOSES)]
            path = f"{desk.path(purpose, id_)}?List-Unsubscribe=One-Click&stop=yes&score={number % 11}&nothing=yes"
            assert browser.get(path, method).status_code == 200
    assert len(desk.events()) == before


@pytest.mark.parametrize(
    ("klass", "scope"), [("service", "class:service"), ("marketing", "class:marketing")], ids=["service", "marketing"]
)
@pytest.mark.parametrize(
    ("form", "source"), [(ONE_CLICK, "one-click"), ({"stop": "yes"}, "page")], ids=["one-click", "button"]
)
def test_one_click_stops_the_class_once(desk: Front, klass: str, scope: str, form: dict[str, str], source: str) -> None:
    """No cookie, no redirect, no login; a hundred times is once."""
    path = desk.path("unsubscribe", desk.mail(klass=klass))
    with desk.client() as browser:
        answers = [browser.post(path, form) for _ in range(100)]
    assert {(one.status_code, one.headers.get("set-cookie"), len(one.history)) for one in answers} == {(200, None, 0)}
    assert scopes(desk) == {(scope, source)}
    assert [row.kind for row in desk.rows(select(inbound))] == ["unsubscribe"]
    assert [row.kind for row in desk.events("suppressed", "received")] == ["suppressed", "received"]


def test_one_click_comes_as_a_multipart_form_too(desk: Front) -> None:
    """As RFC 8058 would rather have it."""
    path = desk.path("unsubscribe", desk.mail())
    with desk.client() as browser:
        assert browser.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert scopes(desk) == {("class:service", "one-click")}


@pytest.mark.parametrize("form", [{}, {"stop": "no"}, {"List-Unsubscribe": "1"}])
def test_what_is_no_wish_does_nothing(desk: Front, form: dict[str, str]) -> None:
    """A POST alone is none."""
    path = desk.path("unsubscribe", desk.mail())
    with desk.client() as browser:
        assert browser.post(path, form).status_code == 400
    assert scopes(desk) == set()


def test_of_a_contract_notice_the_csm_is_asked(desk: Front) -> None:
    """Nothing is suppressed; one task, and the page says so."""
    path = desk.path("unsubscribe", desk.mail(klass="contractual"))
    with desk.client() as browser:
        said = [browser.post(path, ONE_CLICK).text for _ in range(3)]
    assert "passed it on" in said[0]
    assert scopes(desk) == set()
    assert [(row.kind, row.account, row.owner_team, row.state) for row in desk.rows(select(task))] == [
        ("unsubscribe", "A-0", "csm", "open")]  # fmt: skip


def test_a_wish_counts_before_the_next_claim(desk: Front) -> None:
    """What was queued already is not sent any more."""
    land_contacts(desk.night, 2)
    first = desk.mail()
    desk.mail(1)
    with desk.client() as browser:
        browser.post(desk.path("unsubscribe", first), ONE_CLICK)
    assert deliver(desk.night) == {"sent": 1, "suppressed": 1}
    assert "the address is suppressed (class:service)" in reasons(desk.night).values()


def test_a_race_with_the_sender_has_one_end(desk: Front) -> None:
    """Each of twenty mails is sent because it was claimed before the wish was there, or suppressed: none after it."""
    count = 20
    land_contacts(desk.night, count)
    paths = [desk.path("unsubscribe", desk.mail(number)) for number in range(count)]
    sender = threading.Thread(target=deliver, args=(desk.night,))
    with desk.client() as browser:
        sender.start()
        for path in reversed(paths):
            assert browser.post(path, ONE_CLICK).status_code == 200
        sender.join()
    ended = states(desk.night)
    assert set(ended) <= {"sent", "suppressed"}
    assert sum(ended.values()) == count
    wished = {row.payload["address_key"]: row.event_seq for row in desk.events("suppressed")}
    claimed = {row.payload["message_id"]: row.event_seq for row in desk.events("message_claimed")}
    keys = {row.payload["message_id"]: row.payload["address_key"] for row in desk.events("message_queued")}
    sent = [row.payload["message_id"] for row in desk.events("message_sent")]
    assert [id_ for id_ in sent if claimed[id_] > wished[keys[id_]]] == []


def test_an_erasure_is_not_lifted(desk: Front) -> None:
    """Whatever is ticked: what was erased stays unwritten to."""
    path = desk.path("preferences", desk.mail())
    with begin(desk.night.engine) as conn:
        suppress(conn, [desk.key()], ERASED, NINE, source="erasure")
    with desk.client() as browser:
        answer = browser.post(path, {"service": "yes", "marketing": "yes", "play": "yes"})
    assert "erased" in answer.text
    assert ("all", "erasure") in scopes(desk)
