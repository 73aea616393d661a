"""A Postfix of our own: configuration, queue and log in a folder, a port of its own, everything on to our sink."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import geteuid
from pathlib import Path

from tests.crash.processes import PATIENCE, Sink, program

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
default_transport = lmtp:inet:127.0.0.1:{sink}
lmtp_destination_recipient_limit = 1
lmtp_connection_cache_on_demand = no
in_flow_delay = 0
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
QUEUES = ("maildrop", "incoming", "active", "deferred")


def missing() -> str:
    """Why there can be no Postfix here; empty if there can."""
    if not shutil.which("postfix"):
        return "Postfix is not installed (Debian: apt-get install postfix)"
    return "" if geteuid() == 0 else "Postfix starts as root only"


class Postfix(Sink):
    """Postfix, and behind it the sink to which it delivers."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path, sink: Path) -> None:
        super().__init__(process, sink)
        self.home, self.behind = folder, self.port
        self.port = _free_port()

    @property
    def log(self) -> Path:
        """Its log, in which the Message-IDs stand that it took."""
        return self.home / "maillog"

    def start(self) -> None:
        """Start it; it is there when its port answers."""
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER)):
            told = text.format(folder=self.home, port=self.port, sink=self.behind)
            (self.home / name).write_text(told, encoding="utf-8")
        for name in ("data", "queue"):
            (self.home / name).mkdir()
        shutil.chown(self.home / "data", "postfix")
        self._do("start")
        end = time.monotonic() + PATIENCE
        while not _answers(self.port):
            assert time.monotonic() < end, (
                f"Postfix does not answer: {self.log.read_text() if self.log.exists() else ''}"
            )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it."""
        self._do("stop")

    def quiet(self) -> None:
        """Wait until its queue is empty: all that it took has been delivered."""
        while any(path.is_file() for name in QUEUES for path in (self.home / "queue" / name).rglob("*")):
            time.sleep(0.01)
        super().quiet()

    def _do(self, what: str) -> None:
        command = ["postfix", "-c", str(self.home), what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"postfix {what}: {done.stdout}{done.stderr}"


@contextmanager
def postfix(folder: Path, seed: int) -> Iterator[Postfix]:
    """A running Postfix. Its own folder is one that its users can enter; the sink's is `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="perennial-postfix-") as home:
        Path(home).chmod(0o755)
        process = program("sink.py", folder, seed, "lmtp")
        relay = Postfix(process, Path(home), folder)
        try:
            relay.start()
            try:
                yield relay
            finally:
                relay.stop()
        finally:
            process.communicate(timeout=PATIENCE)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
