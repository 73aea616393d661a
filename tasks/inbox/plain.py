"""The words of a mail as plain text: of HTML only its text, nothing of it is rendered, fetched or run."""

from email.message import Message
from html.parser import HTMLParser

_MOST = 100_000  # characters of one part
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3"})
_SILENT = frozenset({"style", "script", "head", "title"})


def plain(mail: Message) -> str:
    """Its first text part; without one its first HTML part as text; empty without either."""
    parts = [part for part in mail.walk() if not part.is_multipart() and _is_body(part)]
    text = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    if text is not None:
        return decoded(text)
    html = next((part for part in parts if part.get_content_type() == "text/html"), None)
    return _Text.of(decoded(html)) if html is not None else ""


def decoded(part: Message) -> str:
    """A part's text; what its character set cannot tell is replaced."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")[:_MOST]
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")[:_MOST]


def _is_body(part: Message) -> bool:
    return part.get_content_disposition() != "attachment"


class _Text(HTMLParser):
    """Collects text; a quoted mail begins a line with `>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent = 0

    @classmethod
    def of(cls, html: str) -> str:
        """The text of a page."""
        reader = cls()
        reader.feed(html)
        return "\n".join(" ".join(line.split()) for line in "".join(reader.said).split("\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 — the base's signature
        """A block begins a line."""
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What was silent ends."""
        self.silent -= tag in _SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        """Text as it stands."""
        if not self.silent:
            self.said.append(data)
