"""Our own log lines: stages and their seconds, ids only; JSON lines where a machine reads them."""

import logging
import sys

from config.settings import Settings

FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"
OURS = ("tasks", "config", "flows")


def log_to_stderr(settings: Settings) -> None:
    """With LOG_FORMAT=json every line of ours goes to stderr as one JSON object; as text only warnings do."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings))
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if settings.log_format == "json" else logging.WARNING)
        logger.propagate = False


def _formatter(settings: Settings) -> logging.Formatter:
    """JSON by a library, or plain text."""
    if settings.log_format == "text":
        return logging.Formatter("%(levelname)s %(message)s")
    from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415 — only where it is asked for

    return JsonFormatter(FIELDS, rename_fields={"asctime": "at", "levelname": "level", "name": "logger"})
