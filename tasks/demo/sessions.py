"""What the synthetic company offers to many at once: webinars, hours with an expert, workshops."""

from datetime import date, timedelta
from typing import Any

from tasks.demo.crm import Rows

COLUMNS = ("id", "kind", "topic", "starts", "stage", "language", "seats", "link")
WEBINARS = (
    ("Dashboards in half an hour", "onboarding"),
    ("What is new", ""),
    ("Automations that save a day a week", "adoption"),
    ("Your numbers for the board", "beyond_year_one"),
    ("From spreadsheets to reports", "onboarding"),
    ("Integrations, live", "optimize_expand"),
)
OTHERS = {"ask_the_expert": ("Bring your question", ""), "workshop": ("Build your first automation", "adoption")}
NEAR = (-3, 1, 7, 14, 21)
"""Days from the demo's date on which a session lies, so that every step of an invitation has one."""
FAR = range(-165, 366, 30)


def session_rows(as_of: date) -> Rows:
    """Half a year of sessions behind and a year ahead; no two of a kind on one day."""
    plan = [("webinar", days) for days in sorted({*NEAR, *(days for days in FAR if abs(days) > max(NEAR))})]
    plan += [("ask_the_expert", days) for days in range(-40, 48, 8)]
    plan += [("workshop", days) for days in (-48, 30, 120)]
    found: dict[str, dict[str, Any]] = {}
    for kind, days in plan:
        row = _session(kind, _working_day(as_of + timedelta(days=days)), len(found))
        found.setdefault(row["id"], row)
    return sorted(found.values(), key=lambda row: (row["starts"], row["id"]))


def _working_day(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _session(kind: str, day: date, number: int) -> dict[str, Any]:
    """One session; the seats of a webinar do not run out."""
    topic, stage = OTHERS.get(kind) or WEBINARS[number % len(WEBINARS)]
    name = f"{kind.replace('_', '-')}-{day}"
    return {
        "id": name,
        "kind": kind,
        "topic": topic,
        "starts": f"{day} {15 if kind == 'webinar' else 10}:00:00",
        "stage": stage,
        "language": "en",
        "seats": {"webinar": 500, "ask_the_expert": 8, "workshop": 20}[kind],
        "link": f"https://perennial.example/sessions/{name}",
    }
