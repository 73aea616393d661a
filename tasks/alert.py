"""Tell whoever is on call, by a webhook that needs neither Prefect nor our mail."""

import logging

import httpx

from config.settings import Settings

LIMIT = 10.0
_log = logging.getLogger(__name__)


def alert(settings: Settings, run: str, state: str, reason: str) -> bool:
    """Post {text, run, state, reason} to ALERT_WEBHOOK and answer whether it was taken; a deaf webhook stops no night.

    Args:
        settings: without a webhook nothing is posted.
        run: the run's name, e.g. "nightly-2025-01-02".
        state: what became of it.
        reason: why, in words without personal data.
    """
    address = settings.alert_webhook.get_secret_value()
    if not address:
        return False
    # httpx logs the address of each request, and this one is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    body = {"text": f"Perennial: {run} {state}: {reason}", "run": run, "state": state, "reason": reason}
    try:
        taken = httpx.post(address, json=body, timeout=LIMIT).is_success
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.warning("the alert webhook did not answer: %s", type(error).__name__)
        return False
    if not taken:
        _log.warning("the alert webhook refused the alert about %s", run)
    return taken
