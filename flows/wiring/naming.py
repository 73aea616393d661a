"""What runs are called: by their date."""

from datetime import UTC, date, datetime

from prefect.runtime import flow_run


def due_at() -> datetime:
    """When this run was to start (aware UTC): for a late run long ago, for one by hand now."""
    due: datetime = flow_run.scheduled_start_time
    return due.astimezone(UTC)


def due_date() -> date:
    """The UTC date of the scheduled start."""
    return due_at().date()


def by_date() -> str:
    """`nightly-2025-01-02`: the as_of that was asked for, or the date the run was due."""
    return f"{flow_run.flow_name}-{flow_run.parameters.get('as_of') or due_date()}"


def by_minute() -> str:
    """`deliver-2025-01-02T05:10`, for what runs several times a day."""
    return f"{flow_run.flow_name}-{due_at():%Y-%m-%dT%H:%M}"


def by_account() -> str:
    """`renewal-2025-01-02-A-00017`."""
    return f"{by_date()}-{flow_run.parameters['account']}"


def by_run() -> str:
    """`approve-nightly:2025-01-02`."""
    return f"{flow_run.flow_name}-{flow_run.parameters['run']}"
