"""A message's life: its states, and which may follow which."""

from collections.abc import Mapping
from typing import Literal

State = Literal[
    "queued",
    "claimed",
    "transmitting",
    "sent",
    "deferred",
    "refused",
    "uncertain",
    "held",
    "suppressed",
    "canceled",
    "expired",
    "superseded",
    "trapped",
]
Channel = Literal["email", "inapp", "notify", "update", "forward"]
Class = Literal["contractual", "service", "marketing"]

_STOPPED: frozenset[State] = frozenset({"held", "suppressed", "canceled", "expired", "superseded"})

FOLLOWS: Mapping[State, frozenset[State]] = {
    "queued": _STOPPED | {"claimed"},
    "claimed": _STOPPED | {"queued", "transmitting", "deferred", "refused"},
    "transmitting": frozenset({"sent", "deferred", "refused", "uncertain"}),
    "uncertain": frozenset({"sent", "transmitting", "held"}),
    "deferred": _STOPPED | {"queued", "claimed"},
    "held": _STOPPED - {"held"} | {"queued"},
    "sent": frozenset(),
    "refused": frozenset({"superseded"}),
    "suppressed": frozenset(),
    "canceled": frozenset({"superseded"}),
    "expired": frozenset({"superseded"}),
    "superseded": frozenset(),
    "trapped": frozenset(),
}
"""State → the states that may follow it. Nothing past `transmitting` is ever taken back; `trapped` is what a holdout
would have been sent, from its first moment on."""

TERMINAL: frozenset[State] = frozenset(state for state, following in FOLLOWS.items() if following <= {"superseded"})
"""States that nothing but a person's wish to write anew leads out of: then the next revision takes its place."""
LIVE: frozenset[State] = frozenset(FOLLOWS) - TERMINAL
WAITING: frozenset[State] = frozenset({"queued", "deferred"})
"""States from which a message may be claimed once its time has come."""
REACHED: frozenset[State] = frozenset({"claimed", "transmitting", "sent", "uncertain"})
"""States that count against the caps: the mail reached the customer, is about to, or may have."""
OUTBOX: frozenset[str] = frozenset({"inapp", "notify", "update"})
"""Channels that leave by the outbox, not by mail."""
INTERNAL: frozenset[str] = frozenset({"notify", "update", "forward"})
"""Channels that reach our own people and systems: no contact, no hours, no caps. `forward` hands a customer's reply on
to the CSM, by mail."""

_KIND_TO_STATE: dict[str, State] = {"message_requeued": "queued"}


def state_after(kind: str) -> State:
    """The state that an event kind leads to, e.g. message_requeued → queued; KeyError if there is none."""
    state = _KIND_TO_STATE.get(kind, kind.removeprefix("message_"))
    if state not in FOLLOWS:
        raise KeyError(kind)
    return state  # type: ignore[return-value]


def may_follow(before: State, after: State) -> bool:
    """Whether a message may go from one state to the other."""
    return after in FOLLOWS[before]


def step_outcome(states: list[State]) -> State | None:
    """How a step ends whose messages are in these states; None as long as it is open.

    The first sent message ends it; otherwise it ends when none of them is live any more, with the state that comes
    first in this order: refused, suppressed, expired, canceled, superseded, trapped.
    """
    if "sent" in states:
        return "sent"
    if not states or LIVE.intersection(states):
        return None
    order: tuple[State, ...] = ("refused", "suppressed", "expired", "canceled", "superseded", "trapped")
    return next(state for state in order if state in states)
