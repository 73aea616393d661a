"""What comes next, in a word."""

from typing import Any

import pytest

from models.step import Step
from tasks.report.coming import what

TOLD = "Ask for a reference.\n- Who else would want this?\n- May we quote them?\n"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"email": "m/hello", "to": ["user"]}, "m/hello"),
        ({"task": "Call", "details": TOLD}, "Call"),
        ({"meeting": {"agenda": TOLD}}, "Ask for a reference."),
        ({"notify": f"\n{TOLD}"}, "Ask for a reference."),
        ({"branch": {"big": "a", "small": "true"}}, "big or small"),
        ({"wait": {"until": "a", "timeout": "5 days"}}, "until a, at most 5 days"),
    ],
)
def test_a_step_is_said_in_one_line(step: dict[str, Any], said: str) -> None:
    """Templates and titles as they are; of what is told at length, the first line."""
    assert what(Step.model_validate({"id": "s", "day": 1, **step})) == said
