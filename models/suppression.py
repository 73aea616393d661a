"""Suppression by scope: which of a person's wishes stands against a mail, and what consent counts."""

from collections.abc import Collection
from typing import Literal

ALL = "all"
ERASED = "erased"
"""The reason of a suppression that an erasure leaves behind; landings write nobody down again who has it."""
_PREFIXES = ("class:", "play:")
CLASSES = ("marketing", "service")
"""Classes that somebody may object to; a contract's notices are stopped by `all` alone, and then are the CSM's task."""
Consent = Literal["granted", "withdrawn", ""]


def of_class(klass: str) -> str:
    """The scope of a class; who objects to service mail wants no marketing either."""
    return f"class:{klass}"


def of_play(play: str) -> str:
    """The scope of a play."""
    return f"play:{play}"


def is_scope(text: str) -> bool:
    """Whether it names a scope: `all`, `class:marketing`, `class:service`, `play:NAME`."""
    kind, _, name = text.partition(":")
    return text == ALL or (kind == "class" and name in CLASSES) or (kind == "play" and bool(name))


def against(scopes: Collection[str], klass: str, play: str) -> str:
    """The scope that stands against a mail of that class and play; empty if none does.

    `all` stands against everything. Contractual mail is stopped by nothing else; `class:service` covers marketing.
    """
    if ALL in scopes:
        return ALL
    if klass == "contractual":
        return ""
    wider = (of_class(klass), of_class("service"), of_play(play))
    return next((scope for scope in wider if scope in scopes), "")


def after_unsubscribing(klass: str) -> str:
    """The scope that the unsubscribe link of a mail of that class sets.

    Of a contractual mail it sets nothing by itself: the wish is the CSM's to talk about.
    """
    return of_class(klass) if klass in CLASSES else ""


def consent_of(theirs: str | None, ours: str | None) -> Consent:
    """The consent that counts: what the customer told the CRM, and what he told us.

    A withdrawal stands until the place that knows of it says otherwise; else a grant anywhere counts.
    """
    said = {(theirs or "").lower(), (ours or "").lower()}
    if "withdrawn" in said:
        return "withdrawn"
    return "granted" if "granted" in said else ""
