"""The run page of Prefect's UI in a real browser: it shows the run by its date, and asks nobody but our server."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.prefect_server import Prefect

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so nobody can look at the UI")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000


@pytest.fixture(scope="module")
def run(prefect_up: Prefect) -> dict[str, Any]:
    """A run started as by the button in the UI, at its end."""
    return prefect_up.run("deliver")


@pytest.fixture
def asked() -> list[str]:
    """Hosts that the page asked for anything."""
    return []


@pytest.fixture
def page(run: dict[str, Any], asked: list[str]) -> Iterator["Page"]:
    """A page of headless Chromium; the run is over before, for a browser's event loop holds this thread."""
    assert run
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(urlsplit(request.url).hostname or ""))
        yield page
        browser.close()


def test_the_run_page_tells_what_became_of_the_run(
    prefect_up: Prefect, run: dict[str, Any], page: "Page", asked: list[str]
) -> None:
    """Name by date, state, and the one stage; nothing is fetched from elsewhere."""
    page.goto(f"{prefect_up.url}/runs/flow-run/{run['id']}", timeout=PATIENCE)
    for text in (run["name"], "Done"):
        page.get_by_text(text).first.wait_for(timeout=PATIENCE)
    assert set(asked) <= {"127.0.0.1", ""}, "the page asked for something from outside"


def test_the_renewal_form_asks_account_and_apply(prefect_up: Prefect, page: "Page") -> None:
    """Apply is off unless somebody switches it on."""
    deployment = prefect_up.deployment("renewal")
    page.goto(f"{prefect_up.url}/deployments/deployment/{deployment['id']}/run", timeout=PATIENCE)
    for parameter in ("account", "apply"):
        page.get_by_text(parameter).first.wait_for(timeout=PATIENCE)
    assert page.get_by_role("switch").first.get_attribute("aria-checked") == "false"
