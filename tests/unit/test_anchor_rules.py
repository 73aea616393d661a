"""config/anchors.yaml: a date with its occurrence, or built in, never both and never half."""

from typing import Any

import pytest

from models.anchors import Anchor


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"date": "start_on"}, "date: and occurrence: belong together"),
        ({"occurrence": "contract_id"}, "date: and occurrence: belong together"),
        ({}, "give either date: and occurrence:, or built_in:"),
        ({"date": "start_on", "occurrence": "contract_id", "built_in": "request"}, "give either date:"),
        ({"built_in": "requested"}, "built_in"),
        ({"built_in": "request", "kind": "person"}, "kind"),
    ],
)
def test_half_an_anchor_is_refused(given: dict[str, Any], problem: str) -> None:
    """At load."""
    with pytest.raises(ValueError, match=problem):
        Anchor.model_validate({"grain": "contract", **given})


@pytest.mark.parametrize("grain", ["account", "contract", "contact", "ticket", "session"])
def test_every_grain_may_be_asked_for_by_hand(grain: str) -> None:
    """Then there is no date to read: it is the day somebody asked."""
    anchor = Anchor.model_validate({"grain": grain, "built_in": "request", "kind": "csm"})
    assert (anchor.date, anchor.kind) == (None, "csm")
