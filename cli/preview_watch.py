"""`perennial preview --watch`: the mail rendered anew whenever a file of its configuration is saved."""

import sys
from collections.abc import Callable
from pathlib import Path

from models.errors import PerennialError

ENDINGS = (".md", ".mjml", ".yaml")
BEAT = 250  # milliseconds until the first look
QUIET = 400  # milliseconds after which a burst of writes, as editors make them, is one save


def watch(layers: list[Path], show: Callable[[], str]) -> None:
    """Show the preview, and again after each save below config/ or templates/ of these layers, until Ctrl-C.

    What is wrong with a save is told on stderr, and the watching goes on.
    """
    from watchfiles import watch as changes

    folders = [folder for layer in layers for name in ("config", "templates") if (folder := layer / name).is_dir()]
    told = False
    try:
        # What is saved before the system is asked to tell would be missed: the first look comes after that.
        for saved in changes(*folders, debounce=QUIET, rust_timeout=BEAT, yield_on_timeout=True, watch_filter=_ours):
            if saved:
                print(f"\n{', '.join(sorted({Path(path).name for _, path in saved}))} saved", flush=True)
            if saved or not told:
                _tell(show)
            if not told:
                told = True
                print("Watching; Ctrl-C ends it.", flush=True)
    except KeyboardInterrupt:
        print(flush=True)


def _ours(_: object, path: str) -> bool:
    """Whether a file may change the mail; what editors keep beside it may not."""
    return path.endswith(ENDINGS)


def _tell(show: Callable[[], str]) -> None:
    """The preview, or why there is none."""
    try:
        print(show(), flush=True)
    except PerennialError as error:
        print(f"perennial: {error}", file=sys.stderr, flush=True)
