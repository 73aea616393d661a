"""Named places at which a test may have this process killed, as a power cut would."""

import os
import signal

VARIABLE = "PERENNIAL_FAILPOINT"
_passed: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Kill this process at once if the environment names this place; `after_250:3` means the third pass."""
    wanted, _, nth = os.environ.get(VARIABLE, "").partition(":")
    if wanted != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
