"""What a run of the night says at its end: the object of `nightly --json`."""

from typing import Any

from tasks.night import Night
from tasks.report.summary import summary as counts
from tasks.stages import Ended


def summary(night: Night, ended: Ended) -> dict[str, Any]:
    """Counts from lake and database, which a re-run says the same, and how this run ended."""
    page = night.settings.report_dir / "index.html"
    return {
        **counts(night), "state": "dry" if night.dry else ended.state,
        "reason": ended.reason, "exit_code": ended.exit_code,
        "seconds": ended.seconds, "pages": {"report": str(page)} if page.exists() else {},
    }  # fmt: skip
