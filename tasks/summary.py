"""What a run of the night says at its end: the object of `nightly --json`."""

from typing import TYPE_CHECKING, Any

from tasks.night import Night
from tasks.report.summary import summary as counts

if TYPE_CHECKING:
    from tasks.stages import Ended  # which loads all that a night needs; telling of one needs little


def summary(night: Night, ended: "Ended") -> dict[str, Any]:
    """Counts from lake and database, which a re-run says the same, and how this run ended."""
    return {
        **counts(night), "state": "dry" if night.dry else ended.state,
        "reason": ended.reason, "exit_code": ended.exit_code,
        "seconds": ended.seconds, "pages": pages(night),
    }  # fmt: skip


def pages(night: Night) -> dict[str, str]:
    """Name → path of what a person can open on this machine: the report, and the plan with every decision.

    A dry run leaves nothing behind.
    """
    if night.dry:
        return {}
    report = night.settings.report_dir / "index.html"
    plan = night.path("decisions.json")
    found = {"report": str(report)} if report.exists() else {}
    return found | ({"plan": night.lake.resolve(plan)} if night.lake.local and night.lake.exists(plan) else {})
