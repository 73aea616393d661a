"""Sending between two nights; apart from the other errands, for it comes every ten minutes and should start fast."""

from datetime import UTC, datetime
from typing import Any

from tasks.deliver import deliver
from tasks.opening import Place, night_of, read_rules
from tasks.through import Through, plainly


def send_due(place: Place, through: Through = plainly) -> dict[str, Any]:
    """Send what is queued and due by the clock; look into what is uncertain. Messages by state."""
    night = night_of(place, read_rules(place.settings), datetime.now(UTC).date())
    return {"state": "done", "messages": through("deliver", deliver, night)}
