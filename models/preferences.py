"""What somebody wants to hear of us: read from the suppressions and the consent that stand, and turned into changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from models.suppression import ALL, ERASED, against, of_class, of_play

NO_CONSENT = "none"
"""A consent that is neither granted nor withdrawn: service mail alone is wanted."""


@dataclass(frozen=True)
class Wishes:
    """Which mail is wanted; `nothing` is no mail at all, contract notices included."""

    service: bool
    marketing: bool
    play: bool
    nothing: bool = False


@dataclass(frozen=True)
class Changes:
    """What is to be written: scopes to suppress and to lift, and the consent to note (None: none)."""

    suppress: tuple[str, ...] = ()
    lift: tuple[str, ...] = ()
    consent: str | None = None


def standing(scopes: Collection[str], consent: str, play: str) -> Wishes:
    """What stands of an address.

    Args:
        scopes: within which it is suppressed.
        consent: that counts: granted, withdrawn or empty.
        play: the play that the mail belongs to.
    """
    nothing = ALL in scopes
    service = not against(scopes, "service", "") and consent != "withdrawn"
    marketing = service and of_class("marketing") not in scopes and consent == "granted"
    return Wishes(service, marketing, not nothing and of_play(play) not in scopes, nothing)


def changes(scopes: Mapping[str, str], ours: str, play: str, wanted: Wishes) -> Changes:
    """What makes the wishes come true.

    Args:
        scopes: scope → reason of what stands; what an erasure left is never lifted.
        ours: the consent that we were told ourselves, empty if none.
        play: the play that the mail belongs to.
        wanted: the wishes.
    """
    offered = (ALL, of_class("service"), of_class("marketing"), of_play(play))
    target = {scope for scope in offered if _bars(scope, wanted, play)}
    liftable = () if wanted.nothing else tuple(one for one in offered if scopes.get(one, ERASED) != ERASED)
    lift = tuple(one for one in liftable if one not in target)
    consent = _consent(wanted, ours)
    suppress = tuple(scope for scope in offered if scope in target and scope not in scopes)
    return Changes(suppress, lift, None if consent == ours else consent)


def _bars(scope: str, wanted: Wishes, play: str) -> bool:
    """Whether the wishes set this scope."""
    if wanted.nothing:
        return scope == ALL
    unwanted = {of_class("service"): not wanted.service, of_play(play): not wanted.play}
    return unwanted.get(scope, scope == of_class("marketing") and not wanted.marketing)


def _consent(wanted: Wishes, ours: str) -> str:
    """A withdrawal stops service mail as well, so it is noted of those alone who want none of either."""
    if wanted.nothing or not (wanted.service or wanted.marketing):
        return "withdrawn"
    if wanted.marketing:
        return "granted"
    return NO_CONSENT if ours else ours
