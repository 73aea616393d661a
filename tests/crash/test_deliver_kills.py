"""The sender is killed at every point and at random moments: nothing is lost, and with a ledger nothing comes twice."""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.mail.mime import message_id_header
from tasks.mail.sending import CONNECTIONS
from tasks.night import Night
from tasks.store.engine import read
from tasks.store.messages import in_states
from tests.mailroom import land_contacts, queue, room, states

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MESSAGES = 24
POINTS = ["claimed", "transmitting", "mid_data", "after_250", "sent"]
RANDOM_KILLS = 30
SEED = 20241231


def program(name: str, *arguments: object) -> subprocess.Popen[bytes]:
    """One of our programs, in its own process."""
    command = [sys.executable, str(HERE / name), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=pipe, stdout=pipe, bufsize=0, cwd=ROOT
    )


class Senders:
    """Starts senders, one after the other, and tells how they ended."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.orders, self.news = process.stdin, process.stdout

    def start(self, night: Night, port: int, mailbox: object, failpoint: str = "-") -> int:
        """Start one; gives its process id."""
        self.orders.write(f"{night.settings.var} {port} {mailbox} {failpoint}\n".encode())
        return int(self.news.readline())

    def ended(self, seconds: float = 0) -> bool:
        """Whether it has ended."""
        return bool(select.select([self.news], [], [], seconds)[0])

    def code(self) -> int:
        """Its exit code, once it has ended."""
        assert self.ended(60), "the sender does not end"
        return int(self.news.readline())

    def run(self, night: Night, port: int, mailbox: object, failpoint: str = "-") -> int:
        """Start one and wait for its end."""
        self.start(night, port, mailbox, failpoint)
        return self.code()


@pytest.fixture(scope="module")
def senders() -> Iterator[Senders]:
    """One parent of all senders."""
    process = program("sender.py")
    yield Senders(process)
    process.communicate(timeout=10)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """The mail server: its folder and port."""
    folder, port_file = tmp_path / "sink", tmp_path / "port"
    folder.mkdir()
    process = program("sink.py", folder, port_file, SEED)
    deadline = time.monotonic() + 20
    while not port_file.exists() or not port_file.read_text():
        assert time.monotonic() < deadline, "the sink did not start"
        time.sleep(0.02)
    yield folder, int(port_file.read_text())
    process.kill()
    process.communicate()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """An installation with queued messages."""
    made = room(tmp_path / "var")
    land_contacts(made, MESSAGES)
    for number in range(MESSAGES):
        queue(made, number)
    yield made
    made.engine.dispose()


def arrivals(folder: Path) -> Counter[str]:
    """Message-ID → how often it arrived."""
    path = folder / "arrivals"
    return Counter(line.split()[0] for line in path.read_text().splitlines()) if path.exists() else Counter()


def expected(night: Night) -> set[str]:
    """The Message-IDs that must arrive."""
    return {message_id_header(f"M-{number}", night.settings.mail_from) for number in range(MESSAGES)}


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_each_point_loses_and_doubles_nothing(
    night: Night, sink: tuple[Path, int], senders: Senders, point: str
) -> None:
    """The third message dies at the point; the next run sends each message that the ledger does not have."""
    folder, port = sink
    assert senders.run(night, port, folder / "mailbox", f"{point}:3") == -signal.SIGKILL
    assert senders.run(night, port, folder / "mailbox") == 0
    assert arrivals(folder) == dict.fromkeys(expected(night), 1)
    assert states(night) == {"sent": MESSAGES}


def test_kills_at_random_moments_lose_and_double_nothing(
    night: Night, sink: tuple[Path, int], senders: Senders
) -> None:
    """Killed a seeded moment after each new arrival; then one undisturbed run, and all have arrived once."""
    folder, port = sink
    moments = random.Random(SEED)
    kills = 0
    while sum(arrivals(folder).values()) < MESSAGES - CONNECTIONS and kills < RANDOM_KILLS:
        before = arrivals(folder)
        process = senders.start(night, port, folder / "mailbox")
        while arrivals(folder) == before and not senders.ended(0.001):
            pass
        if not senders.ended(moments.uniform(0, 0.02)):
            os.kill(process, signal.SIGKILL)
            kills += 1
        assert senders.code() in {0, -signal.SIGKILL}
    assert senders.run(night, port, folder / "mailbox") == 0
    assert arrivals(folder) == dict.fromkeys(expected(night), 1), f"seed {SEED}, {kills} kills"
    assert states(night) == {"sent": MESSAGES}
    assert kills, "no kill hit a running sender"


@pytest.mark.parametrize("point", ["mid_data", "after_250"])
def test_without_a_ledger_a_double_is_never_unseen(
    night: Night, sink: tuple[Path, int], senders: Senders, point: str
) -> None:
    """Service mail that may have arrived is held for a person: not lost, not sent again, and shown."""
    folder, port = sink
    assert senders.run(night, port, "-", f"{point}:3") == -signal.SIGKILL
    assert senders.run(night, port, "-") == 0
    with read(night.engine) as conn:
        messages = in_states(conn, ("held",))
    held = {message_id_header(message.message_id, night.settings.mail_from) for message in messages}
    arrived = arrivals(folder)
    assert max(arrived.values()) == 1
    assert expected(night) - set(arrived) <= held
    assert held


@pytest.mark.parametrize("point", ["claimed", "transmitting", "outbox_aside", "outbox_written", "sent"])
def test_a_kill_between_claim_and_file_leaves_each_message_once(tmp_path: Path, senders: Senders, point: str) -> None:
    """The outbox, killed at the third message: every file is there, whole and once, and nothing besides."""
    night = room(tmp_path / "var")
    ours = {"channel": "notify", "contact": None, "klass": None, "touch": False, "address_key": "team:nina"}
    for number in range(MESSAGES):
        queue(night, number, **ours)
    assert senders.run(night, 1, "-", f"{point}:3") == -signal.SIGKILL
    assert senders.run(night, 1, "-") == 0
    files = {path.name: path.read_bytes() for path in (night.settings.outbox_dir / "notify").glob("*.json")}
    assert set(files) == {f"M-{number}.json" for number in range(MESSAGES)}
    assert all(json.loads(content)["id"] == Path(name).stem for name, content in files.items())
    assert states(night) == {"sent": MESSAGES}
    night.engine.dispose()
