"""Publish a night: the report's first page and a page an account, as files that need no server."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from tasks.night import Night
from tasks.report.account import account_views
from tasks.report.gather import gather
from tasks.report.pages import FOLDER, Pages
from tasks.report.reading import reading
from tasks.store.engine import read

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def publish(night: Night) -> Path:
    """Write index.html and accounts/*.html of the report's folder; the path of the first.

    Pages of accounts that are no longer among them go: what is not shown any more must not lie around.
    """
    folder = night.settings.report_dir
    with reading(night) as book, read(night.engine) as conn:
        report = gather(conn, book)
        names = page_names(line.account_id for line in report.lines)
        pages = Pages(night.rules.files.under(FOLDER, ".html"), names)
        for view in account_views(conn, book, list(names), book.csm_names()):
            _write(folder / "accounts" / names[view.account_id], pages.account(view))
        _write(folder / "index.html", pages.index(report))
    for old in (folder / "accounts").glob("*.html"):
        if old.name not in names.values():
            old.unlink()
    return folder / "index.html"


def page_names(accounts: Iterable[str]) -> dict[str, str]:
    """Account id → file name: the id itself where it is a harmless name that no other takes, whatever its case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id_ in sorted(accounts):
        plain = SAFE.fullmatch(id_) and f"{id_}.html".casefold() not in taken
        name = f"{id_}.html" if plain else f"account~{hashlib.sha256(id_.encode()).hexdigest()[:24]}.html"
        found[id_] = name
        taken.add(name.casefold())
    return found


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.aside")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
