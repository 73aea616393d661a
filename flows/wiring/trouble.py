"""What may be told about an error: Prefect gets our own words, this machine keeps the rest."""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from models.errors import PerennialError

LOG = "trouble.log"


class StageFailed(PerennialError):
    """A stage ended with an error that is not ours; its text may quote customer data and stays on this machine."""


@contextmanager
def told_safely(place: str, var: Path) -> Iterator[None]:
    """Let only our own words out of the block; the whole error goes to `var`/trouble.log.

    Prefect stores messages and tracebacks, and a library's message quotes values ("could not convert 'jane@…'"), as
    may the cause of an error of ours: both are cut off.

    Raises:
        PerennialError: what the block raised, without its cause, or StageFailed in place of any other error.
    """
    try:
        yield
    except PerennialError as error:
        _keep(place, error, var)
        raise error.with_traceback(None) from None
    except Exception as error:  # noqa: BLE001 - all that is left must not reach Prefect as it is
        _keep(place, error, var)
        raise StageFailed(f"{place}: {type(error).__name__}; the details are in {var / LOG}") from None


def _keep(place: str, error: Exception, var: Path) -> None:
    """Append the error with everything it says, for this machine's owner only."""
    var.mkdir(parents=True, exist_ok=True)
    handle = os.open(var / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as log:
        log.write(f"\n{datetime.now(UTC).isoformat(timespec='seconds')} {place}\n")
        log.writelines(traceback.format_exception(error))
