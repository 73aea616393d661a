"""A real Postfix of our own: its folders lie under a temporary one, and it listens on loopback alone."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

POSTFIX = "/usr/sbin/postfix"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = {delivery}
relay_transport = {delivery}
local_transport = {delivery}
always_bcc = {copies}
transport_maps = texthash:{folder}/etc/transport
alias_maps =
alias_database =
virtual_mailbox_domains = copies.example
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:copies/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
biff = no
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix."""

    port: int
    log: Path
    copies: Path


def missing() -> str:
    """Why there can be no Postfix here; empty if there can."""
    if shutil.which(POSTFIX) is None:
        return "there is no Postfix on this machine"
    return "" if os.geteuid() == 0 else "Postfix is started as root only"


@contextmanager
def running() -> Iterator[Postfix]:
    """Started for as long as the block lasts; what it takes is copied to a Maildir, and thrown away."""
    with TemporaryDirectory(prefix="perennial-postfix-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        port = _free_port()
        _configure(folder, port)
        command = [POSTFIX, "-c", str(folder / "etc")]
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=60)
        try:
            _wait_for(port)
            yield Postfix(port, folder / "mail.log", folder / "copies")
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=60)


def _configure(folder: Path, port: int) -> None:
    """Its folders and the two files; a Maildir for the copies."""
    user = pwd.getpwnam("nobody")
    for part in ("etc", "spool", "data", "copies"):
        (folder / part).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "copies", user.pw_uid, user.pw_gid)
    for part in ("tmp", "new", "cur"):
        (folder / "copies" / part).mkdir()
        shutil.chown(folder / "copies" / part, user.pw_uid, user.pw_gid)
    values = {"folder": folder, "delivery": "discard:", "copies": "all@copies.example", "uid": user.pw_uid,
              "gid": user.pw_gid}  # fmt: skip
    (folder / "etc" / "transport").write_text("copies.example virtual:\n")
    (folder / "etc" / "main.cf").write_text(MAIN.format(**values))
    (folder / "etc" / "master.cf").write_text(MASTER.format(port=port))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    """Until it greets."""
    end = time.monotonic() + 30
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as one:
                if one.recv(100).startswith(b"220"):
                    return
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError("Postfix does not answer")
        time.sleep(0.1)
