"""Running reaches nothing: the night, through Prefect, on a machine that has no network at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.files import ROOT
from tests.prefect_server import PERENNIAL

ALONE = ("unshare", "--map-root-user", "--net")
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x49))
os.execv(sys.argv[1], sys.argv[1:])
"""


def _without_network() -> tuple[str, ...]:
    """What to put before a command: a network of its own with nothing but loopback, where the system allows that."""
    if sys.platform != "linux":
        return ()
    try:
        command = [*ALONE, sys.executable, "-c", LOOPBACK_UP, sys.executable, "-c", "pass"]
        allowed = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return ()
    return (*ALONE, sys.executable, "-c", LOOPBACK_UP) if allowed else ()


def test_the_demo_needs_no_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Data, Prefect, Great Expectations, mail, report: each within this machine, and none even tries to leave it."""
    before = _without_network()
    log = tmp_path / "network.log"
    paths = [str(ROOT / "tests" / "no_network"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "NETWORK_LOG": str(log),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "HTTPS_PROXY": "",
        "HTTP_PROXY": "",
    }
    ran = subprocess.run(
        [*before, *PERENNIAL, "--var", str(tmp_path / "var"), "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    with capsys.disabled():
        print(f"\nno network: {'in a network namespace of its own' if before else 'by a guard on sockets only'}")  # noqa: T201 - which of the two is said aloud
    assert ran.returncode == 0, ran.stderr
    assert not log.exists(), log.read_text()
    assert list((tmp_path / "var" / "mailbox" / "new").iterdir())


def test_the_guard_sees_who_reaches_out(tmp_path: Path) -> None:
    """A guard that saw nothing would prove nothing."""
    log = tmp_path / "network.log"
    environment = {**os.environ, "NETWORK_LOG": str(log), "PYTHONPATH": str(ROOT / "tests" / "no_network")}
    reach = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", reach], env=environment, check=True)
    assert "192.0.2.1" in log.read_text()
