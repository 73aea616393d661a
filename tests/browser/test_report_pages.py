"""The report of a real night in a real browser: it fits, says nothing on the console, and its script works."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.files import ROOT
from config.settings import Settings
from tasks.demo.company import write_company
from tasks.nightly import Request, nightly
from tasks.opening import open_place

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
AS_OF = date(2025, 6, 30)
DESKTOP, PHONE = 1280, 390


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small company's night; its sources may be small as well."""
    var, layer = tmp_path_factory.mktemp("report"), tmp_path_factory.mktemp("layer")
    write_company(var / "demo", accounts=30, as_of=AS_OF)
    (layer / "config").mkdir()
    sources = (ROOT / "config" / "sources.yaml").read_text()
    (layer / "config" / "sources.yaml").write_text(re.sub(r"min: \d+", "min: 1", sources))
    with open_place(Settings(var=var, config=layer)) as place:
        night, ended = nightly(place, Request(as_of=AS_OF))
    assert ended.state == "done", ended.reason
    return night.settings.report_dir


@pytest.fixture(scope="module")
def browser(report: Path) -> Iterator["Browser"]:
    """One headless Chromium. While it runs, this thread has an event loop, so the night must be over before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def page(browser: "Browser", request: pytest.FixtureRequest) -> Iterator["Page"]:
    """A page that fails the test when the console speaks or anything is fetched over a network."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found, said = context.new_page(), list[str]()
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("request", lambda one: said.append(one.url) if one.url.startswith("http") else None)
    yield found
    context.close()
    assert said == []


def fits(page: "Page") -> bool:
    """Whether nothing stands out to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_first_page_fits(page: "Page", report: Path) -> None:
    """No horizontal scrolling, one chart of each kind is shown, every section has a heading."""
    page.goto((report / "index.html").as_uri())
    assert fits(page)
    assert page.locator(".chart:visible svg").count() == 2
    assert page.locator("section > header > h2").all_inner_texts() == [
        "Health", "Renewals", "Sent and not sent", "Sources", "Tasks by CSM", "Accounts",
    ]  # fmt: skip


def test_account_pages_fit(page: "Page", report: Path) -> None:
    """Every tenth account's page, and the way back from it."""
    for path in sorted((report / "accounts").iterdir())[::10]:
        page.goto(path.as_uri())
        assert fits(page), path.name
        page.get_by_role("link", name="all accounts").click()
        assert page.url.endswith("index.html#accounts")


def test_accounts_are_sorted_and_filtered(page: "Page", report: Path) -> None:
    """A click on a column sorts numbers as numbers; the filter hides what does not match."""
    page.goto((report / "index.html").as_uri())
    rows = page.locator("#all tbody tr")
    total = rows.count()
    page.evaluate("document.querySelectorAll('#all th button')[3].click()")
    minor = page.evaluate("[...document.querySelectorAll('#all tbody tr')].map(r => Number(r.cells[3].dataset.sort))")
    assert minor == sorted(minor)
    name = rows.nth(0).locator("td").first.inner_text()
    page.get_by_role("searchbox").fill(name)
    assert 1 <= page.locator("#all tbody tr:visible").count() < total


def test_the_first_page_works_without_scripts(browser: "Browser", report: Path) -> None:
    """All accounts are there; the filter, which could do nothing, is not."""
    with browser.new_context(java_script_enabled=False) as context:
        found = context.new_page()
        found.goto((report / "index.html").as_uri())
        assert found.locator("#all tbody tr:visible").count() > 0
        assert found.get_by_role("searchbox").count() == 0
