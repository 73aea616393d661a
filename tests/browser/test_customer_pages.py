"""The pages for customers in a real browser, on a phone: they fit, work without script, load nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from models.public_page import PATHS, page_link
from tests.front_desk import Front, front

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so nobody can look at the pages")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
RUN = "from cli.main import app; app()"
LANGUAGES = ("en", "de", "ar", "ru")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An installation with a mail in each language."""
    made = front(tmp_path_factory.mktemp("pages"))
    for number, language in enumerate(LANGUAGES):
        made.survey(number, language=language)
    yield made
    made.night.engine.dispose()


@pytest.fixture(scope="module")
def url(desk: Front) -> Iterator[str]:
    """The address of its service, a process of its own."""
    command = [sys.executable, "-c", RUN, "--var", str(Path(desk.night.settings.var)), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"http://\S+:\d+", process.stderr.readline())
        assert found
        with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=30) as client:
            client.get(f"{found[0]}/health")
        yield found[0]
        process.terminate()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_work_without_script(desk: Front, url: str, scheme: str) -> None:
    """A survey is answered, preferences are saved; nothing on the console, nothing wider than the screen."""
    today = datetime.now(UTC).date()
    said: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        settings = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": True, "color_scheme": scheme}
        page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda one: said.append(one.url) if not one.url.startswith(url) else None)
        for number in range(len(LANGUAGES)):
            for purpose in PATHS:
                link = page_link(url, desk.night.settings.links[0], purpose, desk.id_of(number), today)
                answer = page.goto(link)
                assert answer is not None
                assert answer.status == 200
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                if purpose in ("survey", "preferences"):
                    page.locator("input").nth(3).check(force=True)
                    page.locator("button").click()
                    assert page.locator("h1").count() == 1
        browser.close()
    assert said == []
    assert {row.payload["score"] for row in desk.events("received")} == {"3"}
