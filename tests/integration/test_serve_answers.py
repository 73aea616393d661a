"""Surveys, bookings and preferences: recorded once, replaced by what is said later, in four languages."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from models.company import Company
from models.ids import made_of
from models.tables import consent, inbound, person_inbound, suppression, task
from tasks.serve.pages import FOLDER, Pages
from tasks.serve.repeating import MOST
from tests.front_desk import PURPOSES, SHIPPED, Front, front

WORDS = {path: yaml.safe_load(text) for path, text in SHIPPED.under(FOLDER, ".yaml").items()}
ENGLISH = WORDS[f"{FOLDER}/words.en.yaml"]


def filled_in(text: str) -> set[str]:
    """The values that words leave room for, but those that each language may or may not name."""
    return set(re.findall(r"{(\w+)}", text))


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Front]:
    """An installation on each database."""
    made = front(tmp_path, database_url=store_url)
    yield made
    made.night.engine.dispose()


@pytest.mark.parametrize(("kind", "good", "bad"), [("nps", "0", "11"), ("csat", "5", "0"), ("ces", "7", "8")])
def test_an_answer_is_recorded_and_the_latest_counts(desk: Front, kind: str, good: str, bad: str) -> None:
    """The same once more is the same; the words are in the person area alone."""
    path = desk.path("survey", desk.survey(kind=kind))
    with desk.client() as browser:
        assert f'value="{good}" required checked' in browser.get(f"{path}?score={good}").text
        assert browser.post(path, {"score": bad}).status_code == 400
        for score, comment in ((good, "first"), (good, "first"), ("3", "second")):
            assert browser.post(path, {"score": score, "comment": comment}).status_code == 200
        assert 'value="3" required checked' in browser.get(path).text
    rows = {row.inbound_id: (row.kind, row.answer, row.score, row.account) for row in desk.rows(select(inbound))}
    ids = [made_of("survey", made_of("test", 0), number) for number in range(2)]
    assert rows == {ids[0]: ("survey", kind, good, "A-0"), ids[1]: ("survey", kind, "3", "A-0")}
    assert sorted(row.text for row in desk.rows(select(person_inbound))) == ["first", "second"]
    assert "second" not in str([row.payload for row in desk.events("received")])


def test_answers_have_an_end(desk: Front) -> None:
    """A program that answers without end is stopped; what it said last stands, and may be said again."""
    path = desk.path("survey", desk.survey())
    with desk.client() as browser:
        codes = [browser.post(path, {"score": str(number % 2)}).status_code for number in range(MOST + 2)]
    assert codes == [200] * MOST + [429, 200]


def test_a_mail_that_asks_nothing_has_no_survey(desk: Front) -> None:
    """Its link, made by nobody, leads nowhere."""
    with desk.client() as browser:
        assert browser.get(desk.path("survey", desk.mail())).status_code == 410


def test_a_booking_is_a_task_and_moving_it_another(desk: Front) -> None:
    """The hours of working days alone; the same hour is the same booking."""
    path = desk.path("booking", desk.mail())
    with desk.client() as browser:
        for slot in ("2025-01-02T10:00", "2025-01-02T10:00", "2025-01-03T09:00"):
            assert browser.post(path, {"slot": slot}).status_code == 200
        for slot in ("2025-01-04T10:00", "2024-12-31T10:00", "2025-01-03T03:00", ""):
            assert browser.post(path, {"slot": slot}).status_code == 400
    booked = {row.meets_on: row.answer for row in desk.rows(select(inbound))}
    assert booked == {date(2025, 1, 2): "2025-01-02 10:00 UTC", date(2025, 1, 3): "2025-01-03 09:00 UTC"}
    tasks = {row.title.rpartition(": ")[2]: row.state for row in desk.rows(select(task))}
    assert tasks == {"2025-01-02 10:00 UTC": "resolved", "2025-01-03 09:00 UTC": "open"}


@pytest.mark.parametrize(
    ("ticked", "scopes", "given"),
    [
        ("service play", {"class:marketing"}, None),
        ("service marketing play", set(), "granted"),
        ("service", {"class:marketing", "play:renewal"}, None),
        ("", {"class:service", "class:marketing", "play:renewal"}, "withdrawn"),
        ("nothing service", {"all"}, "withdrawn"),
    ],
)
def test_preferences_hold_as_ticked(desk: Front, ticked: str, scopes: set[str], given: str | None) -> None:
    """Whatever was ticked before, however often it is sent; and all of it can be taken back."""
    path = desk.path("preferences", desk.mail())
    everything = {"service": "yes", "marketing": "yes", "play": "yes"}
    with desk.client() as browser:
        for _ in range(2):
            assert browser.post(path, dict.fromkeys(ticked.split(), "yes")).status_code == 200
        assert {row.scope for row in desk.rows(select(suppression))} == scopes
        assert [row.value for row in desk.rows(select(consent))] == ([given] if given else [])
        said = browser.post(path, everything).text
    assert said.count(" checked") == 3
    assert desk.rows(select(suppression)) == []
    assert [(row.value, row.source) for row in desk.rows(select(consent))] == [("granted", "preferences")]


def test_pages_speak_the_language_of_the_mail(tmp_path: Path) -> None:
    """Each page in each of four languages, Arabic from right to left."""
    desk = front(tmp_path)
    with desk.client() as browser:
        for number, tag in enumerate(("en", "de-AT", "ar", "ru", "fr")):
            id_, language = desk.mail(number, language=tag), tag[:2] if tag != "fr" else "en"
            for purpose in set(PURPOSES) - {"survey"}:
                page = browser.get(desk.path(purpose, id_)).text
                assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    desk.night.engine.dispose()


@pytest.mark.parametrize("path", WORDS)
def test_every_language_says_everything(path: str) -> None:
    """The same keys with the same values to fill in; nothing left in English."""
    assert {key: filled_in(text) for key, text in WORDS[path].items()} == {
        key: filled_in(text) for key, text in ENGLISH.items()
    }
    same = {key for key in ENGLISH if WORDS[path][key] == ENGLISH[key]} - {"booked_when"}
    assert path.endswith("words.en.yaml") or same == set()


def test_what_is_filled_in_is_escaped() -> None:
    """A subject that is markup stays text."""
    pages = Pages(SHIPPED.under(FOLDER), Company())
    values = {"klass": "service", "talk": False, "preferences": "p/x", "done": False, "stands": False}
    assert "<b>" not in pages.render("unsubscribe", "en", subject="<b>bold</b>", **values)
