"""The gallery of mails in a real browser: every mail is shown, nothing is fetched, Arabic runs from right to left."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.files import Files, read_files
from tasks.gallery import gallery
from tasks.mail.press import Press

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so nobody can look at the pages")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAME = "onboarding/day-07-follow-up"
HEBREW = "---\nsubject: א {}\nclass: service\nneeds: [account.name]\n---\nא {}\n".replace("{}", "{{ account.name }}")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery of what ships, with one mail in Hebrew, so that one is there whatever is translated."""
    shipped = read_files()
    files = Files({**shipped.texts, f"templates/emails/{NAME}.he.md": HEBREW})
    press, path = Press(), tmp_path_factory.mktemp("gallery") / "index.html"
    found = gallery(files, press)
    press.close()
    assert found.problems == []
    path.write_text(found.page, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """One headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture(params=[1300, 390], ids=["desktop", "phone"])
def page(browser: "Browser", index: Path, request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The gallery; the test fails when the console speaks or anything else is asked for."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    found, said = context.new_page(), list[str]()
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("request", lambda one: said.append(one.url))
    found.goto(index.as_uri(), timeout=60_000)
    yield found
    context.close()
    assert [one for one in said if one not in (index.as_uri(), "about:srcdoc")] == []


def shown(page: "Page", mail: str, scheme: str = "light", width: str = "phone") -> "Frame":
    """The frame of a mail, as soon as it is laid into the page."""
    figure = page.locator(f"[id='{mail}'] figure[data-scheme={scheme}][data-width={width}]")
    figure.scroll_into_view_if_needed()
    frame = figure.locator("iframe").element_handle(timeout=20_000).content_frame()
    assert frame is not None
    frame.wait_for_selector(".words", state="attached")
    return frame


def test_every_mail_is_in_the_index(page: "Page") -> None:
    """By folder; each link leads to its mail, and nothing stands out to the right."""
    links = page.locator("nav a").evaluate_all("all => all.map(one => decodeURI(one.hash).slice(1))")
    assert NAME in links
    assert page.evaluate("all => all.filter(one => !document.getElementById(one))", links) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("language", "direction", "align"), [("en", "ltr", "left"), ("he", "rtl", "right")])
def test_a_mail_runs_as_its_language_does(page: "Page", language: str, direction: str, align: str) -> None:
    """Direction and alignment, as the browser computes them; the subject too."""
    frame = shown(page, f"{NAME}.{language}")
    words = "getComputedStyle(document.querySelector('.words div'))"
    assert frame.evaluate("document.documentElement.lang") == language
    assert frame.evaluate(f"[{words}.direction, {words}.textAlign]") == [direction, align]
    heading = f"getComputedStyle(document.getElementById('{NAME}.{language}').querySelector('h3')).direction"
    assert page.evaluate(heading) == direction


def test_light_and_dark_are_two_pictures(page: "Page") -> None:
    """Dark words on a light card, light words on a dark one."""
    style = "getComputedStyle(document.querySelector('{}'))".format
    told = f"[{style('.card')}.backgroundColor, {style('.words div')}.color]"
    assert shown(page, f"{NAME}.en", "light").evaluate(told) == ["rgb(255, 255, 255)", "rgb(29, 35, 43)"]
    assert shown(page, f"{NAME}.en", "dark").evaluate(told) == ["rgb(29, 34, 42)", "rgb(230, 233, 238)"]


def test_languages_and_widths_can_be_hidden(page: "Page") -> None:
    """A box that is cleared hides what it names."""
    page.get_by_label("he", exact=True).uncheck()
    page.get_by_label("phone", exact=True).uncheck()
    assert page.locator("article[data-language=he]:visible").count() == 0
    assert page.locator("figure[data-width=phone]:visible").count() == 0
    assert page.locator(f"[id='{NAME}.en'] figure[data-width=desktop]:visible").count() == 2
