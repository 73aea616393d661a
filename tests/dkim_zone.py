"""Keys to sign with, and what the nameserver of their domain says."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tasks.mail.dkim import Key, Signer

DOMAIN = "perennial.example"


def new_signers(*selectors: str) -> list[Signer]:
    """An RSA signer for each selector, and an Ed25519 one named e1."""
    rsa = [Signer(DOMAIN, selector, generate_private_key(65537, 2048)) for selector in selectors]
    return [*rsa, Signer(DOMAIN, "e1", Ed25519PrivateKey.generate())]


def zone(signers: Sequence[Signer]) -> Callable[..., bytes]:
    """Looks up a TXT record, as dkimpy asks."""
    records = {f"{one.place}.".encode(): one.record.encode() for one in signers}
    return lambda name, **_: records[name if isinstance(name, bytes) else name.encode()]


def write_key(path: Path, key: Key, mode: int = 0o600) -> Path:
    """The key as a PEM file."""
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(mode)
    return path
