"""A real IMAP server for a test: Dovecot with a configuration, a folder and a certificate of its own, on loopback."""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BINARY = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else "")
PASSWORD = "let-me-in"
USER = "replies"
PATIENCE = 20.0
CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}/home
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  inet_listener http {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: its ports, its Maildir, and what its certificate is verified against."""

    folder: Path
    tls: int
    plain: int
    trust: ssl.SSLContext

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that lead to it."""
        return {"inbox_host": "127.0.0.1", "inbox_port": self.tls, "inbox_username": USER, "inbox_password": PASSWORD}

    def deliver(self, content: bytes, name: str) -> None:
        """Put a mail into its INBOX, as a delivering server would."""
        for part in ("mail", "mail/tmp", "mail/new", "mail/cur"):
            (self.folder / part).mkdir(exist_ok=True)
        aside = self.folder / "mail" / "tmp" / name
        aside.write_bytes(content)
        _give_away(self.folder / "mail")
        aside.rename(self.folder / "mail" / "new" / name)

    def flags(self) -> dict[str, str]:
        """Mail → its flags, of what was looked at."""
        return dict(path.name.partition(":2,")[::2] for path in (self.folder / "mail" / "cur").iterdir())


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """The server, until the block ends. As root its processes run as somebody else."""
    with TemporaryDirectory(prefix="perennial-dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("run", "state", "home", "mail"):
            (folder / part).mkdir()
        _certificate(folder)
        tls, plain, owner = _free_port(), _free_port(), _owner()
        config = folder / "dovecot.conf"
        config.write_text(CONFIG.format(
            folder=folder, user=owner.pw_name, group=_group(owner), uid=owner.pw_uid, gid=owner.pw_gid, tls=tls,
            plain=plain, password=PASSWORD,
        ))  # fmt: skip
        _give_away(folder)
        process = subprocess.Popen([BINARY, "-F", "-c", str(config)], stderr=subprocess.PIPE, text=True)
        try:
            _await(tls, process, folder)
            yield Dovecot(folder, tls, plain, ssl.create_default_context(cafile=str(folder / "cert.pem")))
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _owner() -> pwd.struct_passwd:
    """Who the server's processes run as: whoever runs the test, but never root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _group(owner: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(owner.pw_gid).gr_name


def _give_away(folder: Path) -> None:
    """To whom the server runs as."""
    owner = _owner()
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _await(port: int, process: "subprocess.Popen[str]", folder: Path) -> None:
    """Until it answers; what it says when it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    log = folder / "dovecot.log"
    raise RuntimeError(log.read_text() if log.exists() else f"dovecot ended with {process.poll()}")


def _certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    told = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(told)
