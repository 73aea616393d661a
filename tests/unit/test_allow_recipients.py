"""Who may be written to while LIVE is false."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from models.clock import Clock
from tasks.mail.transport import choose

NOW = datetime(2025, 6, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("allowed", "recipient", "may"),
    [
        ("", "jane@example.com", False),
        ("jane@example.com", "Jane@Example.com", True),
        ("jane@example.com", "joe@example.com", False),
        ("@example.com", "joe@example.com", True),
        ("example.com", "joe@example.com", True),
        ("@example.com", "joe@sub.example.com", False),
        ("a@b.example, @example.com", "joe@example.com", True),
    ],
)
def test_addresses_and_domains_are_allowed_with_or_without_at(allowed: str, recipient: str, may: bool) -> None:
    """An address allows itself, a domain all of its own addresses, and nothing allows anybody else."""
    settings = Settings(var=Path("var"), smtp_host="127.0.0.1", allow_recipients=allowed)

    assert (choose(settings, Clock.at(NOW.date(), NOW)).refusal(recipient) == "") is may


def test_a_server_elsewhere_gets_nothing() -> None:
    """While LIVE is false no allowance lets mail leave the machine."""
    settings = Settings(var=Path("var"), smtp_host="mail.example.com", allow_recipients="@example.com")

    assert choose(settings, Clock.at(NOW.date(), NOW)).refusal("joe@example.com")
