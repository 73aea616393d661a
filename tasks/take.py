"""Take in one source: pull it, and land what it gave."""

from models.errors import Busy, SourceFailed
from models.source import SourceSpec
from tasks.failpoint import failpoint
from tasks.land import fail, land
from tasks.night import Night
from tasks.pull import pull


def take(night: Night, spec: SourceSpec) -> None:
    """Pull and land, one stage of the night: eighteen sources are eighteen tasks of the scheduler, not thirty-six.

    A source that cannot be read raises, so that whoever calls may try again. What goes wrong afterwards fails the
    source at once: landing is not tried twice.

    Raises:
        SourceFailed: it cannot be read.
        Busy: the database is held by somebody else.
    """
    pulled = pull(night, spec)
    failpoint(f"pulled_{spec.name}")
    try:
        land(night, spec, pulled)
    except Busy:
        raise
    except Exception as error:  # noqa: BLE001 — one bad source never stops the others
        fail(night, spec, failed(error))


def failed(error: Exception) -> SourceFailed:
    """The error as a failure of the source."""
    return error if isinstance(error, SourceFailed) else SourceFailed(f"{type(error).__name__}: {error}")
