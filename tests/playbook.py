"""Plays of the model as plain YAML values, one with a step of every kind, and how CS operations edit it."""

from copy import deepcopy
from typing import Any

Script = dict[str, Any]

NOTICE: Script = {"anchor": "end", "to": ["sponsor"], "deadline": True}
LIFE: Script = {
    "play": "life", "per": "account", "audience": "a", "anchor": "start", "precedence": 10, "holdout": "30%",
    "exit": {"success": "x", "stop": "y"},
    "steps": [
        {"id": "hello", "day": 1, "email": "m/hello", "to": ["sponsor"]},
        {"id": "survey", "day": 4, "survey": "nps", "email": "m/survey", "to": ["sponsor", "champion"], "when": "w"},
        {"id": "answer", "after": "hello", "wait": {"reply": "hello", "timeout": "6 days"}},
        {"id": "thanks", "after": "answer", "notify": "They have answered"},
        {"id": "nudge", "after": "answer", "follows": "missed", "email": "m/nudge", "to": ["champion"]},
        {"id": "note", "after": "answer", "follows": "ended", "day": 9, "update": {"met": "yes"}},
        {"id": "call", "day": 8, "task": "Call", "resolve": "r"},
        {"id": "invite", "after": "call", "day": 2, "to": ["sponsor"],
         "meeting": {"agenda": "Talk", "invite": "m/invite"}},
        {"id": "called", "week": 2, "wait": {"task": "call", "timeout": "10 days"}},
        {"id": "fork", "day": 22, "branch": {"big": "b", "small": "s"}, "when": "w"},
        {"id": "grow", "after": "fork", "arm": "big", "email": "m/grow", "to": ["user"], "if_late": {"do": "run"}},
        {"id": "keep", "after": "fork", "arm": "small", "task": "Keep"},
        {"id": "value", "month": 1, "shift": "next_working_day", "inapp": "m/value", "to": ["champion"]},
        {"id": "until", "day": 34, "wait": {"until": "u", "timeout": "14 days"}},
        {"id": "other", "after": "until", "start": "extra"},
        {"id": "quit", "after": "until", "follows": "missed", "when": "w", "stop": "Nothing came of it"},
        {"id": "first", "day": -60, **NOTICE, "email": "m/notice", "shift": "previous_working_day",
         "if_late": {"after": "60 days", "do": "collapse"}},
        {"id": "paper", "week": -6, **NOTICE, "email": "m/paper", "shift": "next_working_day", "when": "w",
         "if_late": {"after": "42 days"}},
        {"id": "last", "month": -1, **NOTICE, "email": "m/notice", "shift": "previous_working_day",
         "if_late": {"after": "40 days", "do": "collapse"}},
        {"id": "sign", "day": -10, "anchor": "end", "deadline": True, "task": "Sign", "if_late": {"do": "run"}},
    ],
}  # fmt: skip
LOUD: Script = {
    "play": "loud", "per": "account", "audience": "a", "anchor": "start", "precedence": 90,
    "if_late": {"after": "1 days"},
    "steps": [{"id": f"d{day}", "day": day, "email": "m/loud", "to": ["user", "champion"]} for day in range(0, 45, 3)],
}  # fmt: skip
RESCUE: Script = {
    "play": "rescue", "per": "account", "audience": "a", "anchor": "since", "precedence": 50, "group": "care",
    "cool_down": "10 days", "steps": [
        {"id": "look", "day": 0, "task": "Look"},
        {"id": "write", "day": 2, "email": "m/rescue", "to": ["sponsor"]},
        {"id": "again", "day": 8, "email": "m/rescue", "to": ["champion"], "if_late": {"do": "run"}},
    ],
}  # fmt: skip
PRAISE: Script = {
    "play": "praise", "per": "account", "audience": "a", "anchor": "since", "precedence": 40, "group": "care",
    "reentry": "20 days", "steps": [{"id": "praise", "day": 0, "email": "m/praise", "to": ["champion"]}],
}  # fmt: skip
EXTRA: Script = {
    "play": "extra", "per": "account", "audience": "a", "anchor": "asked", "precedence": 30,
    "steps": [{"id": "extra", "day": 1, "email": "m/extra", "to": ["user"]}],
}  # fmt: skip
SCRIPTS = {script["play"]: script for script in (LIFE, LOUD, RESCUE, PRAISE, EXTRA)}
CLASSES = {"m/notice": "contractual", "m/grow": "marketing"}
"""Every other template is a service."""


def root(step: str) -> str:
    """What a step was called in the first version: `hello-2` was `hello`."""
    return step.split("-", maxsplit=1)[0]


def edited(script: Script, what: str, which: int, how: str, ids: set[str], number: int) -> Script:
    """Another version of LIFE. Who edits is careful: the map names every id that a step has ever had."""
    new = deepcopy(LIFE if what == "revert" else script)
    steps: list[Script] = new["steps"]
    if what == "rename":
        _rename(steps, steps[which % len(steps)]["id"], number)
    elif what == "drop":
        named = {step.get("after") for step in steps} | {_awaited(step) for step in steps}
        free = [step for step in steps if step["id"] not in named and not step.get("deadline")]
        steps.remove(free[which % len(free)])
    elif what == "later":
        moved = [step for step in steps if "day" in step and "after" not in step and not step.get("deadline")]
        moved[which % len(moved)]["day"] += 3
    elif what == "more":
        steps.append({"id": f"more{number}", "day": 25 + which % 10, "task": "More"})
    now = {root(step["id"]): step["id"] for step in steps}
    names = {old: now[root(old)] for old in sorted(ids) if root(old) in now and old != now[root(old)]}
    new["migrate"] = {"how": how, "steps": names if how != "finish_old" else {}}
    return new


def _awaited(step: Script) -> str | None:
    """The step that a wait is about."""
    wait: dict[str, str] = step.get("wait", {})
    return wait.get("reply") or wait.get("task")


def _rename(steps: list[Script], old: str, number: int) -> None:
    """A step goes on under another name, and all that speaks of it."""
    new = f"{root(old)}-{number}"
    for step in steps:
        step |= {key: new for key in ("id", "after") if step.get(key) == old}
        if "wait" in step:
            step["wait"] = {key: new if value == old else value for key, value in step["wait"].items()}
