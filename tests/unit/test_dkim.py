"""Signatures, verified by another implementation: what is covered, what breaks them, which keys are refused."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import Settings
from models.errors import ConfigError
from tasks.mail.dkim import Signer, signed, signers
from tasks.mail.mime import Letter, to_bytes
from tests.dkim_zone import DOMAIN, new_signers, write_key, zone
from tests.letters_of_mime import FULL, LETTER

SIGNERS = new_signers("s1")


def verifies(content: bytes, known: Sequence[Signer] = SIGNERS) -> list[bool]:
    """What dkimpy says of each signature, the first first."""
    count = content.count(b"DKIM-Signature:")
    return [_verifies(content, place, known) for place in range(count)]


def _verifies(content: bytes, place: int, known: Sequence[Signer]) -> bool:
    try:
        return bool(dkim.DKIM(content).verify(place, dnsfunc=zone(known)))
    except dkim.DKIMException:
        return False


@pytest.mark.parametrize(
    "letter",
    [LETTER, FULL, replace(FULL, text="", html="a \t b\n\n\n"), replace(LETTER, references=("<a@b.example>",) * 40)],
)
def test_both_signatures_verify(letter: Letter) -> None:
    """RSA and Ed25519 over the same mail."""
    assert verifies(signed(to_bytes(letter), SIGNERS)) == [True, True]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=300))
def test_whatever_a_mail_says_its_signatures_verify(name: str, subject: str, text: str) -> None:
    """Names, subjects and bodies of any kind."""
    content = to_bytes(replace(FULL, name=name, subject=subject, text=text, html=text))
    assert verifies(signed(content, SIGNERS)) == [True, True]


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Id", "Auto-Submitted", "In-Reply-To", "References", "MIME-Version"])  # fmt: skip
def test_no_header_can_be_changed(name: str) -> None:
    """Above all not the two of unsubscribing (RFC 8058)."""
    content = signed(to_bytes(FULL), SIGNERS)
    assert verifies(content.replace(f"\r\n{name}: ".encode(), f"\r\n{name}: x".encode())) == [False, False]


def test_nobody_can_add_a_sender_or_change_a_word() -> None:
    """From is signed once more than it is there."""
    content = signed(to_bytes(FULL), SIGNERS)
    assert verifies(content.replace(b"\r\nTo:", b"\r\nFrom: evil@x.example\r\nTo:")) == [False, False]
    assert verifies(content.replace(b"Hello Ada", b"Hello Eda")) == [False, False]


def test_mails_on_the_way_verify_while_a_key_is_changed() -> None:
    """The old selector stays published beside the new one until the last of them has arrived."""
    old, new, _ = known = new_signers("s1", "s2")
    assert verifies(signed(to_bytes(FULL), [old]), known) == [True]
    assert verifies(signed(to_bytes(FULL), [new]), known) == [True]
    assert verifies(signed(to_bytes(FULL), [old, new]), known) == [True, True]


def test_lines_stay_short() -> None:
    """A signature is folded."""
    content = signed(to_bytes(LETTER), SIGNERS)
    top = content[: content.index(b"From:")].split(b"\r\n")
    assert max(map(len, top)) <= 120
    assert content.endswith(to_bytes(LETTER))


def given_settings(folder: Path, **more: object) -> Settings:
    """Settings that name both keys."""
    rsa, ed = SIGNERS
    given: dict[str, object] = {
        "mail_from": f"success@{DOMAIN}", "dkim_rsa_selector": "s1", "dkim_ed25519_selector": "e1",
        "dkim_rsa_key": write_key(folder / "rsa.pem", rsa.key), "var": folder,
        "dkim_ed25519_key": write_key(folder / "ed.pem", ed.key), **more,
    }  # fmt: skip
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def test_both_keys_sign_when_both_are_configured(tmp_path: Path) -> None:
    """Under the domain of MAIL_FROM, unless another is said."""
    assert [(one.place, one.public) for one in signers(given_settings(tmp_path))] == [
        (f"s1._domainkey.{DOMAIN}", SIGNERS[0].public), (f"e1._domainkey.{DOMAIN}", SIGNERS[1].public),
    ]  # fmt: skip
    assert signers(given_settings(tmp_path, dkim_domain="example.com"))[0].domain == "example.com"
    assert signers(Settings(_env_file=None, var=tmp_path)) == ()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    given = given_settings(tmp_path)
    (tmp_path / "rsa.pem").chmod(0o644)
    with pytest.raises(ConfigError, match=r"PERENNIAL_DKIM_RSA_KEY.*chmod 600 .*rsa.pem"):
        signers(given)


def test_what_is_no_such_key_is_refused(tmp_path: Path) -> None:
    """Missing, no PEM, of the other kind, too short."""
    other = write_key(tmp_path / "other.pem", Ed25519PrivateKey.generate())
    short = write_key(tmp_path / "short.pem", generate_private_key(65537, 1024))  # noqa: S505 - that is the point
    text = tmp_path / "text.pem"
    text.write_text("hello", encoding="utf-8")
    text.chmod(0o600)
    for path, said in (
        (tmp_path / "none.pem", "No such file"), (text, "no private key"), (other, "no RSA key"), (short, "1024 bits"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            signers(given_settings(tmp_path, dkim_rsa_key=path))
