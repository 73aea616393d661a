"""The named points at which code lets itself be killed, read from its text, so that none is left out."""

import re
from pathlib import Path

from tests.crash.processes import ROOT

SENDING = ("tasks/mail", "tasks/deliver.py", "tasks/store/messages.py")
"""Where the code of sending lies."""


def points(*places: str) -> list[str]:
    """The names of all points in these files and folders, in their order."""
    files = [path for place in places for path in _files(ROOT / place)]
    names = (name for path in files for name in re.findall(r'failpoint\("(\w+)"\)', path.read_text(encoding="utf-8")))
    return list(dict.fromkeys(names))


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]
