"""MJML layouts, compiled once a process for each direction; texts are put into the compiled page, never into MJML."""

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from html import escape, unescape

from mjml import mjml2html

from config.files import Files
from models.errors import ConfigError
from models.hosts import astray
from models.nearest import did_you_mean
from tasks.mail.template import FOLDER, LAYOUTS

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
SCHEMES = (
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<style>:root { color-scheme: light dark; supported-color-schemes: light dark; }</style>"
)
"""Says to mail programs that the page has dark colors of its own, so that they invent none."""
_LOADS = re.compile(
    r"<(?:script|link|iframe|object|embed|form|base|svg|audio|video|source)\b"
    r"|[\s\"'](?:src|srcset|background|poster|action|ping|on[a-z]+)\s*=|url\s*\(|@import|http-equiv=.?refresh",
    re.IGNORECASE,
)
_HREF = re.compile(r"\shref\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
_SLOT = re.compile(r"\[\[([a-z_]+)\]\]")
SLOTS = frozenset({"language", "title", "preheader", "content", "footer"})
"""What a layout may have in [[brackets]]; `direction`, `start` and `end` are settled when it is compiled."""


def layout_names(files: Files) -> list[str]:
    """Names of all layouts."""
    return sorted(path.rsplit("/", 1)[1].removesuffix(".mjml") for path in files.under(f"{FOLDER}/{LAYOUTS}", ".mjml"))


def page(files: Files, layout: str, language: str, texts: Mapping[str, str], hosts: Collection[str]) -> str:
    """The whole HTML page: `content` and `footer` are HTML, all other texts are plain and escaped here.

    Raises:
        ConfigError: there is no such layout, it is no MJML, or it has what a mail may not have.
    """
    found = settled(files, layout, direction_of(language), frozenset(hosts))
    ready = {
        **{name: escape(text) for name, text in texts.items()},
        "content": texts["content"], "footer": texts["footer"], "language": escape(language),
    }  # fmt: skip
    return _SLOT.sub(lambda slot: ready[slot[1]], found)


def direction_of(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.replace("_", "-").partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def settled(files: Files, layout: str, direction: str, hosts: frozenset[str]) -> str:
    """A layout's HTML in one direction, its slots still open, its own links looked at.

    Raises:
        ConfigError: see `page`.
    """
    return _settled(layout_text(files, layout), direction, layout, hosts)


@lru_cache(maxsize=256)
def _settled(source: str, direction: str, layout: str, hosts: frozenset[str]) -> str:
    """The same, once for each text of a layout."""
    path, html = f"{FOLDER}/{LAYOUTS}/{layout}.mjml", compiled(source, direction, layout)
    loads = _LOADS.search(html)
    if loads:
        raise ConfigError(f"a mail loads nothing and runs nothing; this has '{loads[0]}'", file=path)
    if direction == "rtl" and "direction:ltr" in html:
        said = (
            'a part runs from left to right in every language; mj-section and mj-column need direction="[[direction]]"'
        )
        raise ConfigError(said, file=path)
    for href in _HREF.findall(html):
        problem = astray(unescape(href), hosts)
        if problem:
            raise ConfigError(problem, file=path)
    return html


def layout_text(files: Files, layout: str) -> str:
    """A layout's MJML.

    Raises:
        ConfigError: there is no such layout.
    """
    path = f"{FOLDER}/{LAYOUTS}/{layout}.mjml"
    if path not in files:
        raise ConfigError(f"there is no layout '{layout}'; {did_you_mean(layout, layout_names(files))}", file=path)
    return files[path]


@cache
def compiled(source: str, direction: str, layout: str) -> str:
    """HTML of a layout in one direction, its slots still open.

    Raises:
        ConfigError: this is no MJML, or it has a slot that nothing fills.
    """
    path = f"{FOLDER}/{LAYOUTS}/{layout}.mjml"
    start, end = ("left", "right") if direction == "ltr" else ("right", "left")
    ready = source.replace("[[direction]]", direction).replace("[[start]]", start).replace("[[end]]", end)
    for slot in _SLOT.findall(ready):
        if slot not in SLOTS:
            raise ConfigError(f"there is no slot '[[{slot}]]'; {did_you_mean(slot, SLOTS)}", file=path)
    try:
        html = str(mjml2html(ready, disable_comments=False, fonts={}))
    except ValueError as error:
        raise ConfigError(f"this is no MJML: {error}", file=path) from error
    return html if 'name="color-scheme"' in html else html.replace("</head>", f"{SCHEMES}</head>", 1)
