"""Going live: allowed when nothing is missing, refused naming each thing that is, as a person sees it."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.main import app
from config.settings import Settings, missing_for_live

READY = {
    "live": "true", "smtp_host": "relay.example.com", "mail_from": "success@example.com", "link_key": "ours",
    "public_url": "https://success.example.com", "reply_domain": "reply.example.com", "inbox_host": "imap.example.com",
    "address_key": "ours too",
}  # fmt: skip
NEEDED = sorted(set(READY) - {"live"})


def said(given: dict[str, str], folder: Path) -> tuple[int, str]:
    """Exit code and words of a command with these settings."""
    env = {f"PERENNIAL_{name.upper()}": value for name, value in given.items()}
    result = CliRunner().invoke(app, ["--var", str(folder), "status"], env=env)
    return result.exit_code, result.stderr


def test_live_is_allowed_when_nothing_is_missing() -> None:
    """And then for everybody, not only those who are allowed for trying."""
    assert Settings(_env_file=None, **READY).live  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NEEDED)
def test_live_is_refused_naming_what_is_missing(tmp_path: Path, name: str) -> None:
    """That one thing, by its setting; exit 2."""
    code, words = said({**READY, name: ""}, tmp_path)
    assert code == 2
    assert "PERENNIAL_LIVE=true is refused (docs/how-to/go-live.md):" in words
    assert [other for other in NEEDED if f"PERENNIAL_{other.upper()} " in words] == [name]


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    """A line each: nobody finds out one after the other."""
    code, words = said({"live": "true"}, tmp_path)
    assert code == 2
    assert all(f"\n  PERENNIAL_{name.upper()} " in words for name in NEEDED)


def test_development_keys_are_refused() -> None:
    """Everybody knows them, also beside another one."""
    key = Settings(_env_file=None).link_key.get_secret_value()
    quiet = {**READY, "live": "false"}
    for name, value in (("link_key", f"ours,{key}"), ("address_key", key)):
        assert len(missing_for_live(Settings(_env_file=None, **{**quiet, name: value}))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"public_url": "success.example.com"}, "is no address of a page"),
        ({"public_url": "https://success.example.com/?a=b"}, "is no address of a page"),
        ({"public_url": "https://" + "a" * 300 + ".example"}, "is no address of a page"),
        ({"public_url": "http://success.example.com"}, "https:// is needed outside of this machine"),
        ({"dkim_rsa_selector": "s1"}, "PERENNIAL_DKIM_RSA_SELECTOR and PERENNIAL_DKIM_RSA_KEY belong together"),
        ({"dkim_ed25519_key": "key.pem"}, "PERENNIAL_DKIM_ED25519_KEY belong together"),
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, str], words: str) -> None:
    """Before any mail is written with it."""
    with pytest.raises(ValidationError, match=words.replace("//", "/+")):
        Settings(_env_file=None, **given)  # type: ignore[arg-type]
    assert Settings(_env_file=None, public_url="http://127.0.0.1:8025/perennial").public_url
