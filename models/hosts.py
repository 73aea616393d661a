"""Where the links of a mail may lead: by https to a host that is listed, or to a mailbox."""

import re
from collections.abc import Collection
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

_NAME = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9]"
_LISTED = re.compile(rf"(?:\*\.)?{_NAME}(?::\d+)?")
_HOST = re.compile(rf"{_NAME}(?::\d+)?")
_MAILBOX = re.compile(r"[^@\s?&<>\"]+@[^@\s?&<>\"]+")
_UNFIT = re.compile(r"[\x00-\x20\x7f<>\"\\\u0085\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def _listed(value: str) -> str:
    """The entry, if it is a host."""
    if not _LISTED.fullmatch(value):
        raise ValueError(f"'{value}' is no host; write for example help.example.com, or *.example.com for all below it")
    return value


Host = Annotated[str, AfterValidator(_listed)]
"""An entry of the list: `help.example.com`, `*.example.com` (what is below, not itself), `example.com:8443`."""


def host_of(address: str) -> str:
    """The host of an https address, with its port where that is another than 443; empty if it has none.

    Letters beyond a to z are written as browsers send them (xn--…); with a user's name before it, it is no plain host.
    """
    try:
        parts = urlsplit(address)
        name = parts.netloc.lower().removesuffix(":443")
    except ValueError:
        return ""
    return name if _HOST.fullmatch(name) else ""


def _on_this_machine(address: str) -> str:
    """The loopback host of an address, for pages that are tried out before anybody else can reach them; else none."""
    host = host_of(address)
    return host if host.startswith("127.") else "-"


def astray(address: str, hosts: Collection[str]) -> str:
    """Why no link may lead to this address; empty if one may."""
    scheme = address.partition(":")[0].lower() if ":" in address else ""
    if _UNFIT.search(address):
        return "a link has a character that no address has"
    if scheme == "mailto":
        return "" if _MAILBOX.fullmatch(address.partition(":")[2]) else "a link leads to 'mailto:' without one mailbox"
    if scheme != "https" and not (scheme == "http" and _on_this_machine(address) in hosts):
        shown = f"{scheme}:" if scheme else "nowhere"
        return f"a link leads to '{shown}'; https and mailto are allowed, with the whole address"
    host = host_of(address)
    if not host:
        return "a link leads to 'https:' without a plain host"
    if host in hosts or any(f"*{host[dot.start() :]}" in hosts for dot in re.finditer(r"\.", host)):
        return ""
    return f"a link leads to '{host}', which is not allowed; links: in config/perennial.yaml lists the hosts that are"
