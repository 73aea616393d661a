"""`preview --watch` as the process that a person starts: it sees saves, survives broken ones, and ends with Ctrl-C."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.files import ROOT
from tests.night_house import House

MAIL = "templates/emails/onboarding/day-01-intro.en.md"
PATIENCE = 120.0


class Watcher:
    """The process, and all that it has said."""

    def __init__(self, house: House, layer: Path, log: Path) -> None:
        call = ["--config", str(layer), "--var", str(house.var), "preview", "onboarding/day-01-intro"]
        self._log = log
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from cli.main import app; app()", *call, "--account", "A00001", "--language",
                 "en", "--watch"],
                cwd=ROOT, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def says(self, words: str, times: int = 1) -> str:
        """All it has said, as soon as the words stand in it so many times."""
        until = time.monotonic() + PATIENCE
        while (said := self._log.read_text()).count(words) < times:
            assert self.process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.05)
        return said


@pytest.fixture
def layer(house: House, tmp_path: Path) -> Path:
    """The house's configuration with a mail of its own."""
    found = tmp_path / "mine"
    shutil.copytree(house.layer, found)
    (found / MAIL).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / MAIL, found / MAIL)
    return found


@pytest.fixture
def watcher(house: House, layer: Path, tmp_path: Path) -> Iterator[Watcher]:
    """One that runs."""
    found = Watcher(house, layer, tmp_path / "watch.log")
    yield found
    if found.process.poll() is None:
        found.process.kill()
    found.process.wait()


def test_a_save_is_seen_a_broken_one_survived_and_ctrl_c_is_no_error(watcher: Watcher, layer: Path) -> None:
    """The error has the file as the person edits it, and the line; the next good save is rendered again."""
    mail = layer / MAIL
    text = mail.read_text()
    watcher.says("Watching; Ctrl-C ends it.")
    mail.write_text(text.replace("Hello", "Good morning"))
    said = watcher.says("Subject:", 2)
    assert "day-01-intro.en.md saved" in said
    page = next(line.split()[-1] for line in said.splitlines() if line.startswith("  text"))
    assert "Good morning" in Path(page).read_text()
    line = text.count("\n") + 1
    mail.write_text(text + "{{ account.nmae }}\n")
    watcher.says(f"perennial: {mail}:{line}: 'account.nmae' stands neither in needs: nor in optional:")
    aside = mail.with_suffix(".new")
    aside.write_text(text)
    aside.replace(mail)
    watcher.says("Subject:", 3)
    watcher.process.send_signal(signal.SIGINT)
    assert watcher.process.wait(PATIENCE) == 0
