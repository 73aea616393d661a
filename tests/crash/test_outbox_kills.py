"""The sender is killed while it writes to the outbox: every file is there, whole and once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.points import points
from tests.crash.processes import KILLED, Senders, senders
from tests.mailroom import queue_all, queued, room, states

MESSAGES = 24
OURS: dict[str, Any] = {
    "channel": "notify", "contact": None, "klass": None, "touch": False, "address_key": "team:nina",
}  # fmt: skip


@pytest.fixture(scope="module")
def parent() -> Iterator[Senders]:
    """One parent of all senders."""
    with senders() as started:
        yield started


@pytest.mark.parametrize("point", ["claimed", "transmitting", *points("tasks/outbox/folder.py"), "sent"])
def test_a_kill_between_claim_and_file_leaves_each_message_once(tmp_path: Path, parent: Senders, point: str) -> None:
    """Killed at the third message: every file is there, whole and once, and nothing besides."""
    night = room(tmp_path / "var")
    queue_all(night, [queued(night, number, **OURS) for number in range(MESSAGES)])
    order = {"var": str(night.settings.var), "port": 1}
    assert parent.run(**order, failpoint=f"{point}:3") == KILLED
    assert parent.run(**order) == 0
    files = {path.name: path.read_bytes() for path in (night.settings.outbox_dir / "notify").glob("*.json")}
    assert set(files) == {f"M-{number}.json" for number in range(MESSAGES)}
    assert all(json.loads(content)["id"] == Path(name).stem for name, content in files.items())
    assert states(night) == {"sent": MESSAGES}
    night.engine.dispose()
