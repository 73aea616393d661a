"""MJML layouts, compiled once a process for each direction; texts are put into the compiled page, never into MJML."""

import re
from collections.abc import Mapping
from functools import cache
from html import escape

from mjml import mjml2html

from config.files import Files
from models.errors import ConfigError
from models.nearest import did_you_mean
from tasks.mail.template import FOLDER, LAYOUTS

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
_SLOT = re.compile(r"\[\[([a-z_]+)\]\]")
SLOTS = frozenset({"language", "title", "preheader", "content", "footer"})
"""What a layout may have in [[brackets]]; `direction`, `start` and `end` are settled when it is compiled."""


def layout_names(files: Files) -> list[str]:
    """Names of all layouts."""
    return sorted(path.rsplit("/", 1)[1].removesuffix(".mjml") for path in files.under(f"{FOLDER}/{LAYOUTS}", ".mjml"))


def page(files: Files, layout: str, language: str, texts: Mapping[str, str]) -> str:
    """The whole HTML page: `content` and `footer` are HTML, all other texts are plain and escaped here.

    Raises:
        ConfigError: there is no such layout, or it is no MJML.
    """
    source = layout_text(files, layout)
    direction = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    ready = {
        **{name: escape(text) for name, text in texts.items()},
        "content": texts["content"], "footer": texts["footer"], "language": escape(language),
    }  # fmt: skip
    return _SLOT.sub(lambda slot: ready[slot[1]], compiled(source, direction, layout))


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
    settled = source.replace("[[direction]]", direction).replace("[[start]]", start).replace("[[end]]", end)
    for slot in _SLOT.findall(settled):
        if slot not in SLOTS:
            raise ConfigError(f"there is no slot '[[{slot}]]'; {did_you_mean(slot, SLOTS)}", file=path)
    try:
        return str(mjml2html(settled, disable_comments=False))
    except ValueError as error:
        raise ConfigError(f"this is no MJML: {error}", file=path) from error
