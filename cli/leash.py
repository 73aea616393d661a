"""Run a module as `python -m` does, on a leash: when the process that holds our standard input is gone, we end too."""

import os
import runpy
import signal
import sys
import threading

PATIENCE = 60.0


def main() -> None:
    """`python -m cli.leash MODULE ARGUMENTS…`; standard input is a pipe that the parent holds and never writes to."""
    threading.Thread(target=_end_with_parent, daemon=True, name="leash").start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """Wait for the pipe to close; then ask ourselves to end, and after a minute insist."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(PATIENCE)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
