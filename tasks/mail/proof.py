"""A proof of one mail, read as a mail program would: what is wrong with it although it could be rendered."""

import re
from html.parser import HTMLParser

from tasks.mail.render import Rendered

MAX_HTML = 100_000
"""Bytes; mail programs cut off what is longer than about 102 kB."""
BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "td", "tr", "table", "br", "hr", "blockquote", "pre", "body"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
UNSEEN = frozenset({"head", "title", "style", "script"})
LEFT_OVER = ("{{", "{%", "[[", "zqpn", "None", "nan")
_ADDRESS = re.compile(r" <[^<>\s]+>")
_MARKS = re.compile(r"^\s*(?:- |\d+\. |-- ?$|--$)", re.MULTILINE)


class _Reader(HTMLParser):
    """Collects the words that can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks part words; what is not displayed is not read."""
        hidden = "display:none" in (dict(attrs).get("style") or "")
        if tag in BLOCKS | HEADINGS:
            self.said.append(" ")
        if (tag in UNSEEN or hidden or self._unseen) and tag not in {"br", "hr", "meta", "img"}:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The end of a block, or of what is not displayed."""
        if tag in BLOCKS | HEADINGS:
            self.said.append(" ")
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._unseen:
            self.said.append(data)


def seen(html: str) -> list[str]:
    """The words of a page that a reader sees, in order."""
    reader = _Reader()
    reader.feed(html)
    return "".join(reader.said).split()


def spoken(text: str) -> list[str]:
    """The words of a plain text, without the marks of its lists and the addresses of its links."""
    return _ADDRESS.sub("", _MARKS.sub("", text)).split()


def faults(mail: Rendered, of_layout: frozenset[str] = frozenset(), *, literal: bool = False) -> list[str]:
    """What is wrong with a mail.

    Args:
        mail: as it would be sent.
        of_layout: words that the layout adds to the HTML.
        literal: its values look like markup, so that what looks like markup is no fault.
    """
    found = []
    size = len(mail.html.encode())
    if size >= MAX_HTML:
        found.append(f"the HTML has {size} bytes; mail programs cut off what has more than {MAX_HTML}")
    if not mail.text.partition("\n-- \n")[0].strip():
        found.append("the plain text says nothing")
    if not literal:
        parts = (mail.subject, mail.preheader, mail.text)
        found += [f"'{word}' can be read in it" for word in LEFT_OVER if any(_has(part, word) for part in parts)]
    page, text = seen(mail.html), spoken(mail.text)
    if not literal and [word for word in page if word not in of_layout] != text:
        odd = sorted((set(page) ^ set(text)) - of_layout)
        found.append(f"plain text and HTML do not say the same: {', '.join(odd[:5]) or 'another order'}")
    return found


def _has(text: str, word: str) -> bool:
    """Whether the word stands in the text, not as a part of another."""
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) if word.isalpha() else word in text)
