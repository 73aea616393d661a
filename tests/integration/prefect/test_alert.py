"""Whoever is on call hears of a failed night, by a webhook."""

import json

from pydantic import SecretStr

from cli.server import free_port
from config.settings import Settings
from tasks.alert import alert
from tests.prefect_server import Webhook


def _settings(url: str) -> Settings:
    return Settings(alert_webhook=SecretStr(url))


def test_an_alert_is_posted_as_json(webhook: Webhook) -> None:
    """The text is for people (Slack and the like show it), the fields are for programs."""
    assert alert(_settings(webhook.url), "nightly-2025-01-02", "Failed", "usage failed")
    assert json.loads(webhook.bodies[-1]) == {
        "text": "Perennial: nightly-2025-01-02 Failed: usage failed",
        "run": "nightly-2025-01-02",
        "state": "Failed",
        "reason": "usage failed",
    }


def test_without_a_webhook_nothing_is_posted() -> None:
    """An empty setting is no error."""
    assert not alert(_settings(""), "nightly-2025-01-02", "Failed", "usage failed")


def test_a_deaf_webhook_stops_no_night() -> None:
    """Nobody listens on the port: the alert is lost, and nothing is raised."""
    assert not alert(_settings(f"http://127.0.0.1:{free_port()}/"), "nightly-2025-01-02", "Failed", "usage failed")
    assert not alert(_settings("no address at all"), "nightly-2025-01-02", "Failed", "usage failed")
