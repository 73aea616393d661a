"""The report's pages: escaped, self-contained, and never outside their folder."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from config.settings import Settings
from tasks.night import Night
from tasks.publish import page_names, publish
from tasks.store import runs
from tasks.store.engine import begin


class Loads(HTMLParser):
    """The tags of a page, and everything it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what loads: sources of any kind, and href of link elements."""
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "xlink:href")]
        self.fetched += [value or "" for name, value in attrs if tag == "link" and name == "href"]


def limited(night: Night, folder: Path, pages: int) -> Night:
    """The night with so many account pages, published elsewhere."""
    report = night.rules.company.report.model_copy(update={"pages": pages})
    company = night.rules.company.model_copy(update={"report": report})
    return replace(night, rules=replace(night.rules, company=company), settings=Settings(var=folder))


def test_a_hostile_name_is_text(pages: Path) -> None:
    """Names of accounts and titles of tasks are escaped and never rendered as a template."""
    texts = [path.read_text() for path in pages.rglob("*.html")]
    assert len(texts) == 5
    for text in texts:
        assert "img" not in Loads(text).tags
        assert "<them>" not in text
    hostile = [text for text in texts if "&lt;img src=x onerror=" in text]
    assert len(hostile) == 2
    assert all("{{ 7 * 7 }}" in text for text in hostile)


def test_pages_load_nothing(pages: Path) -> None:
    """No address is fetched; the policy forbids what the page does not bring along."""
    for path in pages.rglob("*.html"):
        text = path.read_text()
        assert {one for one in Loads(text).fetched if not one.startswith("#")} <= {"data:,"}
        assert not re.search(r"https?://|@import|url\((?!#)", text)
        assert "default-src 'none'" in text


def test_no_file_is_written_outside_the_report(pages: Path) -> None:
    """An account id that looks like a path becomes a harmless name."""
    names = {path.name for path in (pages / "accounts").iterdir()}
    assert {"A-1.html", "A-2.html", "A-3.html"} < names
    assert len(names) == 4


def test_every_link_leads_to_a_page(pages: Path) -> None:
    """Links between the pages are relative and their files exist."""
    index = (pages / "index.html").read_text()
    links = set(re.findall(r'href="(accounts/[^"]+)"', index))
    assert len(links) == 4
    assert all((pages / link.replace("%7E", "~")).is_file() for link in links)


@pytest.mark.parametrize(
    ("ids", "kept"),
    [(["A-1"], {"A-1": "A-1.html"}), ([".hidden"], {}), (["a b"], {}), (["ABC", "abc"], {"ABC": "ABC.html"})],
)
def test_page_names_are_harmless_and_distinct(ids: list[str], kept: dict[str, str]) -> None:
    """Also on file systems that do not tell cases apart."""
    names = page_names(ids)
    assert len({name.casefold() for name in names.values()}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9~_-][A-Za-z0-9~._-]*\.html", name) for name in names.values())
    assert kept.items() <= names.items()


def test_publishing_again_gives_the_same_bytes(full: Night, pages: Path) -> None:
    """The pages are a function of lake and database."""
    before = {path.name: path.read_bytes() for path in pages.rglob("*.html")}
    publish(full)
    assert {path.name: path.read_bytes() for path in pages.rglob("*.html")} == before


def test_pages_that_are_not_shown_any_more_go(full: Night, tmp_path: Path) -> None:
    """A page of an account beyond the limit does not stay with old numbers."""
    publish(limited(full, tmp_path, 4))
    index = publish(limited(full, tmp_path, 2))
    assert {path.name for path in (index.parent / "accounts").iterdir()} == {"A-1.html", "A-2.html"}
    assert "2 of 4, those with activity first" in index.read_text()


def test_an_empty_night_reads_well(empty: Night) -> None:
    """With nothing known every part says so, and nothing is 'None' or 'nan'."""
    with begin(empty.engine) as conn:
        runs.start_run(conn, empty.run_key, empty.as_of, empty.clock.now)
    page = publish(empty).read_text()
    for told in ("No account is known yet", "the first night", "No step was planned", "No message was written"):
        assert told in page
    assert not re.search(r">\s*(None|nan|NaN)\s*<", page)


def test_what_needs_a_person_stands_at_the_top(pages: Path) -> None:
    """A failed source and overdue tasks are said before any number."""
    page = (pages / "index.html").read_text()
    top = page[: page.index('class="tiles"')]
    assert "usage is failed: usage-*.parquet: no such file" in top
    assert "1 task overdue" in top
