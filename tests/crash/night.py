"""Nights that can be killed: reads lines `VAR LAYER DATE FAILPOINT`, and runs each in a fork of its own.

Everything is imported, and the configuration checked, once, so that a kill costs moments. FAILPOINT `-`: none.
Prints the fork's exit code.
"""

import os
import sys
import traceback
from datetime import date
from pathlib import Path

import great_expectations  # noqa: F401 - imported here so that no fork has to
import matplotlib.pyplot  # noqa: ICN001, F401 - likewise
from aiosmtpd.smtp import SMTP  # noqa: F401 - likewise

from config.files import read_files
from models.errors import PerennialError
from tasks.check import check
from tasks.failpoint import VARIABLE
from tests.night_house import House


def run(var: str, layer: str, day: str, failpoint: str) -> int:
    """One night's life; gives its exit code if it lives to the end."""
    os.environ[VARIABLE] = failpoint.strip("-")
    try:
        return House(Path(var), Path(layer)).night(date.fromisoformat(day)).exit_code
    except PerennialError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except Exception:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    for line in sys.stdin:
        check(read_files(Path(line.split()[1])))
        child = os.fork()
        if child == 0:
            os._exit(run(*line.split()))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
