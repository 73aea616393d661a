"""Ids made of business facts, so that a re-run makes the same ones."""

from uuid import NAMESPACE_URL, uuid5

_SPACE = uuid5(NAMESPACE_URL, "https://perennial.example/")


def made_of(*parts: object) -> str:
    """A UUID of the parts; equal parts give equal ids, on every machine."""
    return str(uuid5(_SPACE, "\x1f".join(str(part) for part in parts)))


def enrollment_id(play: str, subject: str, occurrence: str) -> str:
    """Enrollment is once per (subject, play, occurrence)."""
    return made_of("enrollment", play, subject, occurrence)


def send_key(subject: str, play: str, step: str, occurrence: str, channel: str, address_key: str) -> str:
    """One live message per key: the business facts of a send."""
    return made_of("send", subject, play, step, occurrence, channel, address_key)


def message_id(key: str, revision: int) -> str:
    """The id of a revision of a send; the Message-ID header is made of it."""
    return made_of("message", key, revision)


def task_id(enrollment: str, step: str, why: str = "step") -> str:
    """The task of a step; `why` tells a step's own task from one that stands in for its mail."""
    return made_of("task", enrollment, step, why)
