"""Markdown to the two bodies of a mail; values enter the parsed tree, so that no parser ever meets them."""

from collections.abc import Collection
from copy import copy
from functools import cache, lru_cache
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from models.errors import RenderError
from models.hosts import astray
from tasks.mail.sandbox import MARK, Values


@cache
def _parser() -> MarkdownIt:
    """CommonMark without raw HTML and without pictures (which tell the sender who opened the mail)."""
    return MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline", "autolink"])


def parse(text: str, values: Values, hosts: Collection[str]) -> list[Token]:
    """The tree of a text with placeholders, its values put in.

    Raises:
        RenderError: a link that leads neither to one of these hosts nor to a mailbox.
    """
    return [_filled(token, values, hosts) for token in _tree(text)]


def links(text: str) -> list[tuple[str, int]]:
    """The targets of links that stand in a text itself, with the line of their paragraph; placeholders as they are."""
    found = []
    for token in _parser().parse(text):
        line = token.map[0] + 1 if token.map else 1
        found += [(str(one.attrs["href"]), line) for one in token.children or () if "href" in one.attrs]
    return found


@lru_cache(maxsize=1024)
def _tree(text: str) -> tuple[Token, ...]:
    """The parsed text, its placeholders in it; the mails of a template differ in their values alone."""
    return tuple(_parser().parse(text))


def _filled(token: Token, values: Values, hosts: Collection[str]) -> Token:
    """A copy with the values in it, and in all below it."""
    found = copy(token)
    found.content = values.fill(token.content, values.isolated)
    if "href" in token.attrs:
        found.attrs = {**token.attrs, "href": _link(str(token.attrs["href"]), values, hosts)}
    if "title" in token.attrs:
        found.attrs = {**found.attrs, "title": values.fill(str(token.attrs["title"]))}
    if token.children:
        found.children = [_filled(child, values, hosts) for child in token.children]
    return found


def to_html(tokens: list[Token]) -> str:
    """The tree as HTML; the renderer escapes all text and attributes."""
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {}))


def to_text(tokens: list[Token]) -> str:
    """The tree as plain text: values exactly as they are, links as `text <address>`."""
    blocks: list[str] = []
    lists: list[int | None] = []
    prefix = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            prefix = "  " * len(lists)
            blocks += [] if lists else [""]
        elif token.type == "list_item_open":
            prefix = _bullet(lists)
        elif token.type in ("inline", "code_block", "fence"):
            blocks.append(prefix + _inline(token).replace("\n", "\n" + " " * len(prefix)))
            blocks += [] if lists else [""]
            prefix = "  " * len(lists)
        elif token.type == "hr":
            blocks += ["--", ""]
    return "\n".join(blocks).strip() + "\n"


def _bullet(lists: list[int | None]) -> str:
    """The mark of the next item of the innermost list."""
    indent = "  " * (len(lists) - 1)
    number = lists[-1]
    if number is None:
        return indent + "- "
    lists[-1] = number + 1
    return f"{indent}{number}. "


def _inline(token: Token) -> str:
    """The text of a paragraph, heading or block of code."""
    if token.children is None:
        return token.content.rstrip("\n")
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    for child in token.children:
        if child.type == "link_open":
            opened.append((str(child.attrs["href"]), len(parts)))
        elif child.type == "link_close":
            href, start = opened.pop()
            parts.append(_address(href, "".join(parts[start:])))
        else:
            parts.append("\n" if child.type in ("softbreak", "hardbreak") else child.content)
    return "".join(parts)


def _address(href: str, shown: str) -> str:
    """What follows a link's text, unless the text says it already."""
    plain = href.removeprefix("mailto:")
    return "" if plain == shown else f" <{plain}>"


def _link(href: str, values: Values, hosts: Collection[str]) -> str:
    """A link's target with its values: a whole one is taken as it is, a part is percent-encoded."""
    whole = MARK.fullmatch(href)
    target = values.fill(href) if whole else values.fill(href, lambda value: quote(value, safe="@"))
    problem = astray(target, hosts)
    if problem:
        raise RenderError(problem)
    return target
