"""What stands before the pages: headers, limits, links that are not good, and logs without anybody in them."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from models.errors import StoreBusy
from models.return_paths import LIFE
from tasks.serve.desk import Desk
from tasks.serve.guard import HEADERS, Limits
from tests.front_desk import PURPOSES, WIDE, Front, forged, front, moved
from tests.mailroom import AS_OF

MUTATIONS = 10_000
ENDS = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC) + LIFE


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Front]:
    """An installation on SQLite: nothing here depends on the database."""
    made = front(tmp_path)
    yield made
    made.night.engine.dispose()


def test_every_page_is_fenced_in(desk: Front) -> None:
    """No script runs, no style but ours, no frame, no referrer, no index, no cookie; whatever the answer."""
    id_ = desk.survey()
    paths = [*(desk.path(purpose, id_) for purpose in PURPOSES), "/health", "/style.css", "/u/none", "/none"]
    with desk.client() as browser:
        answers = [browser.get(path) for path in paths] + [browser.post(path, {}) for path in paths]
    assert len({one.status_code for one in answers}) > 3
    for one in answers:
        assert {name: one.headers[name] for name in HEADERS} == HEADERS
        assert "set-cookie" not in one.headers
        assert "unsafe" not in one.headers["content-security-policy"]
        assert "<script" not in one.text
        assert "style=" not in one.text


def test_ten_thousand_changed_links_lead_nowhere(desk: Front) -> None:
    """All get the same page, which does not know anybody; nothing is written."""
    desk_links = [desk.path(purpose, desk.survey()) for purpose in PURPOSES]
    before, said = len(desk.events()), set[tuple[int, str]]()
    with desk.client() as browser:
        for number in range(MUTATIONS):
            link = desk_links[number % len(desk_links)]
            path = link[:3] + forged(link[3:], number // len(desk_links))
            answer = browser.get(path) if number % 50 else browser.post(path, {"stop": "yes", "score": "9"})
            said.add((answer.status_code, answer.text))
    assert {status for status, _ in said} == {400}
    assert len(said) == 1
    assert len(desk.events()) == before


def test_a_link_is_good_for_its_purpose_alone(desk: Front) -> None:
    """A survey's link does not unsubscribe."""
    id_ = desk.survey()
    with desk.client() as browser:
        for mine in PURPOSES:
            for other in set(PURPOSES) - {mine}:
                path = desk.path(other, id_)[:3] + desk.path(mine, id_)[3:]
                assert browser.get(path).status_code == 400


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 400)])
def test_a_link_ends_with_its_day(desk: Front, days: int, status: int) -> None:
    """The last day counts."""
    path = desk.path("preferences", desk.mail())
    with moved(desk, ENDS + timedelta(days=days)).client() as browser:
        assert browser.get(path).status_code == status


def test_keys_rotate(tmp_path: Path) -> None:
    """A link of the key before is read as long as the key is told."""
    old, both = front(tmp_path, link_key="old"), front(tmp_path, link_key="new, old")
    id_ = old.mail()
    path = old.path("preferences", id_)
    with both.client() as browser, front(tmp_path, link_key="new").client() as other:
        assert browser.get(path).status_code == 200
        assert browser.get(both.path("preferences", id_)).status_code == 200
        assert other.get(path).status_code == 400


def test_a_body_has_an_end(desk: Front) -> None:
    """More than a form ever is, is refused before it is read."""
    path = desk.path("survey", desk.survey())
    with desk.client(Limits(body=1000)) as browser:
        assert browser.post(path, {"score": "3", "comment": "x" * 2000}).status_code == 413
    assert desk.events("received") == []


def test_a_client_that_asks_too_often_is_told_to_wait(desk: Front) -> None:
    """Bad links are counted apart, and much stricter."""
    good = desk.path("preferences", desk.mail())
    with desk.client(Limits(requests=5)) as browser:
        assert [browser.get(good).status_code for _ in range(6)] == [200] * 5 + [429]
    with desk.client(Limits(forged=3)) as browser:
        assert [browser.get("/u/none").status_code for _ in range(4)] == [400] * 3 + [429]


def test_nothing_logged_names_a_link_or_a_person(desk: Front, caplog: pytest.LogCaptureFixture) -> None:
    """The log knows pages, methods and statuses."""
    id_ = desk.survey()
    with caplog.at_level(logging.INFO, "tasks"), desk.client() as browser:
        browser.post(desk.path("survey", id_), {"score": "3", "comment": "canary"})
        browser.get("/s/canary")
    told = " ".join(str(record.__dict__) for record in caplog.records if record.name.startswith("tasks"))
    assert "'page': '/s'" in told
    for secret in ("canary", desk.path("survey", id_)[3:], desk.key(), id_):
        assert secret not in told


class Away(Desk):
    """A desk whose database does what it is told to."""

    def look(self, *_: object, **__: object) -> object:  # type: ignore[override]
        """Fail."""
        raise self.wall()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreBusy("locked"), 503), (OperationalError("canary", {}, Exception()), 500)],
    ids=["busy", "broken"],
)
def test_a_database_in_trouble_is_no_page_of_errors(desk: Front, error: Exception, status: int) -> None:
    """The customer may come again, and reads nothing of us."""
    real = desk.desk()
    broken = Away(real.place, real.company, real.pages, lambda: error)  # type: ignore[arg-type, return-value]
    desk.desk = lambda: broken  # type: ignore[method-assign]
    with desk.client(WIDE) as browser:
        answer = browser.get("/u/any")
    assert answer.status_code == status
    assert "canary" not in answer.text
