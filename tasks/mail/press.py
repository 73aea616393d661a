"""Rendering in a child process that lives as long as the run: a wild template takes down a child, no night."""

import atexit
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from threading import Lock
from typing import Any

from config.files import Files
from models.errors import ConfigError, OverLimit, RenderError
from tasks.mail.child import Child, Lost
from tasks.mail.render import Rendered
from tasks.mail.template import LAYOUTS, find_template
from tasks.mail.wire import to_bytes

STRIKES = 3
"""After so many broken limits a template is refused at once, so that it cannot slow the night down."""


class Press:
    """One child, started when it is first needed, and again when it has died; it does one thing at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: Child | None = None
        self._strikes: Counter[str] = Counter()
        self._files: Files | None = None

    def render(
        self, files: Files, template: str, language: str, values: Mapping[str, Any], beside: Collection[str] = ()
    ) -> Rendered:
        """As `tasks.mail.render.render`, in the child; it is given the values that the template declares, no others.

        Raises:
            RenderError: as there; OverLimit for more memory, time or room than a mail may take.
        """
        try:
            found, footer = (find_template(files, name, language) for name in (template, f"{LAYOUTS}/footer"))
        except ConfigError as error:
            raise RenderError(str(error)) from error
        given = pick(values, (*found.declared, *footer.declared))
        answer = self._answer(files, found.path, {"render": [template, language, given, list(beside)]})
        if "error" in answer:
            raise (OverLimit if answer["over"] else RenderError)(answer["error"])
        return Rendered(**answer["mail"])

    def check(self, files: Files, path: str) -> list[ConfigError]:
        """What is wrong with one file of templates/emails."""
        answer = self._answer(files, path, {"check": path})
        if "error" in answer:
            return [ConfigError(answer["error"].removeprefix(f"{path}: "), file=path)]
        return [ConfigError(one.pop("problem"), **one) for one in answer["problems"]]

    def close(self) -> None:
        """End the child; the next request starts another."""
        with self._lock:
            if self._child is not None:
                self._child.end()
            self._child = None

    def _answer(self, files: Files, path: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request about a file; one that has broken a limit too often is not tried again."""
        if files is not self._files:
            self._files, self._strikes = files, Counter()
        if self._strikes[path] >= STRIKES:
            return {"error": f"{path}: refused, for it broke the limits of a mail {STRIKES} times", "over": True}
        try:
            data = to_bytes(request)
        except (ValueError, RecursionError) as error:
            return {"error": f"{path}: a value cannot be read: {error}", "over": False}
        answer = self._twice(files, data)
        self._strikes[path] += bool(answer.get("over"))
        return {**answer, "error": f"{path}: {answer['lost']}"} if "lost" in answer else answer

    def _twice(self, files: Files, data: bytes) -> dict[str, Any]:
        """Ask; what breaks a limit ends the child. If others may have worn it out, a new one is asked once more."""
        with self._lock:
            fresh = self._child is None
            answer = self._once(files, data)
            worn = answer.get("over") and not answer.get("late") and not fresh
            return self._once(files, data) if worn else answer

    def _once(self, files: Files, data: bytes) -> dict[str, Any]:
        """Ask once."""
        if self._child is None:
            self._child = Child.start()
        try:
            answer = self._child.ask(files, data)
        except Lost as error:
            answer = {"lost": str(error), "over": True}
        if answer.get("over"):
            self._child.end()
            self._child = None
        return answer


def pick(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The values of these dotted names, and no others."""
    below: dict[str, list[str]] = {}
    for name in names:
        first, _, rest = name.partition(".")
        below.setdefault(first, []).append(rest)
    return {first: _part(values[first], rests) for first, rests in below.items() if first in values}


def _part(value: Any, names: list[str]) -> Any:
    """A value, or the named parts of it where it has any and is not named itself."""
    return pick(value, names) if isinstance(value, Mapping) and "" not in names else value


@cache
def press() -> Press:
    """The renderer of this process; its child ends with it."""
    found = Press()
    atexit.register(found.close)
    return found
