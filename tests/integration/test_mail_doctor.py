"""The go-live checklist as a person calls it; nameserver, mail server, inbox and pages are real, on loopback."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import dkim
import pytest
from typer.testing import CliRunner, Result

from cli.mail_text import checklist
from cli.main import app
from models.return_paths import PREFIXES
from tasks.mail.dkim import Signer
from tasks.mail.dns_records import aligned
from tasks.mail.finding import Line
from tests.dkim_zone import new_signers, write_key, zone
from tests.mail_town import Zone, imap_server, mail_server, nameserver, web_server
from tests.mailroom import received

DOMAIN = "perennial.example"
SIGNERS = new_signers("s1")
GOOD: dict[tuple[str, str], list[str]] = {
    (f"b.{DOMAIN}", "TXT"): ['"other=1"', '"v=spf1 include:relay.example -all"'],
    (f"b.{DOMAIN}", "MX"): [f"10 mx.{DOMAIN}."],
    (f"r.{DOMAIN}", "MX"): [f"20 second.{DOMAIN}.", f"10 mx.{DOMAIN}."],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@perennial.example"'],
}  # fmt: skip


def published(one: Signer) -> list[str]:
    """The record as zone files have it, in strings of 200."""
    parts = [one.record[start : start + 200] for start in range(0, len(one.record), 200)]
    return [" ".join(f'"{part}"' for part in parts)]


ZONE: Zone = GOOD | {(one.place, "TXT"): published(one) for one in SIGNERS}


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation that is ready but for its page, which only this machine reaches."""
    rsa, ed = SIGNERS
    with (
        nameserver(ZONE) as names, mail_server(tmp_path / "theirs") as smtp, imap_server("secret") as imap,
        web_server(200) as web,
    ):  # fmt: skip
        yield {
            "DNS_SERVER": names, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp), "SMTP_TLS": "none",
            "MAIL_FROM": f"success@{DOMAIN}", "PUBLIC_URL": web, "LINK_KEY": "ours", "ADDRESS_KEY": "ours too",
            "REPLY_DOMAIN": f"r.{DOMAIN}", "BOUNCE_DOMAIN": f"b.{DOMAIN}", "INBOX_HOST": "127.0.0.1",
            "INBOX_PORT": str(imap), "INBOX_TLS": "none", "INBOX_USERNAME": "us", "INBOX_PASSWORD": "secret",
            "DKIM_RSA_SELECTOR": "s1", "DKIM_RSA_KEY": str(write_key(tmp_path / "rsa.pem", rsa.key)),
            "DKIM_ED25519_SELECTOR": "e1", "DKIM_ED25519_KEY": str(write_key(tmp_path / "ed.pem", ed.key)),
            "ALLOW_RECIPIENTS": "me@own.example",
        }  # fmt: skip


def call(folder: Path, known: dict[str, str], *words: str) -> Result:
    """The command with these settings."""
    env = {f"PERENNIAL_{name}": value for name, value in known.items()}
    return CliRunner().invoke(app, ["--var", str(folder / "var"), "mail", "doctor", *words], env=env)


def lines(folder: Path, known: dict[str, str], *words: str) -> dict[str, tuple[str, str]]:
    """Name → state and what was said, of a checklist on which not all is passed."""
    result = call(folder, known, *words, "--json")
    assert result.exit_code == 3, result.output
    return {one["name"]: (one["state"], f"{one['said']} {one['todo']}") for one in json.loads(result.stdout)["lines"]}


def test_what_is_set_up_passes(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Everything but the page, which answers to this machine alone, and LIVE, which wants https."""
    found = lines(tmp_path, surroundings)
    assert {name: state for name, (state, _) in found.items() if state != "passed"} == {
        "unsubscribe pages": "failed", "LIVE": "failed",
    }  # fmt: skip
    assert len(found) == 15
    assert "only to this machine" in found["unsubscribe pages"][1]
    assert "PERENNIAL_PUBLIC_URL" in found["LIVE"][1]
    assert not received(tmp_path / "theirs")


@pytest.mark.parametrize(
    ("place", "records", "name", "state", "said"),
    [
        ((f"b.{DOMAIN}", "TXT"), [], f"SPF of b.{DOMAIN}", "failed", "there is no SPF record"),
        ((f"b.{DOMAIN}", "TXT"), ['"v=spf1 a -all"', '"v=spf1 mx -all"'], f"SPF of b.{DOMAIN}", "failed", "2 SPF"),
        ((f"b.{DOMAIN}", "TXT"), ['"v=spf1 mx +all"'], f"SPF of b.{DOMAIN}", "failed", "everybody may send"),
        ((f"b.{DOMAIN}", "TXT"), ['"v=spf1 -all"'], f"SPF of b.{DOMAIN}", "failed", "nobody may send"),
        (("s1._domainkey.perennial.example", "TXT"), [], "DKIM s1 (rsa-sha256)", "failed", "v=DKIM1; k=rsa; p="),
        (("s1._domainkey.perennial.example", "TXT"), published(new_signers("s2")[0]), "DKIM s1 (rsa-sha256)", "failed",
         "is of another key than ours"),
        ((f"_dmarc.{DOMAIN}", "TXT"), [], f"DMARC of {DOMAIN}", "failed", "there is no DMARC record"),
        ((f"_dmarc.{DOMAIN}", "TXT"), ['"v=DMARC1; p=none"'], f"DMARC of {DOMAIN}", "passed", "only watches"),
        ((f"_dmarc.{DOMAIN}", "TXT"), ['"v=DMARC1; rua=x"'], f"DMARC of {DOMAIN}", "failed", "with a policy"),
        ((f"r.{DOMAIN}", "MX"), [], f"MX of r.{DOMAIN}", "failed", "goes nowhere"),
        ((f"r.{DOMAIN}", "MX"), ["0 ."], f"MX of r.{DOMAIN}", "failed", "goes nowhere"),
    ],
)  # fmt: skip
def test_a_record_that_is_wrong_is_told_with_what_to_publish(
    tmp_path: Path, surroundings: dict[str, str], place: tuple[str, str], records: list[str], name: str, state: str,
    said: str,
) -> None:  # fmt: skip
    """Missing, twice, of another key, without a policy."""
    with nameserver({**ZONE, place: records}) as names:
        found = lines(tmp_path, {**surroundings, "DNS_SERVER": names})
    assert found[name][0] == state
    assert said in found[name][1]


def test_no_answer_is_unknown(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """A nameserver that fails says nothing of the records."""
    with nameserver(ZONE, broken=True) as names:
        found = lines(tmp_path, {**surroundings, "DNS_SERVER": names})
    asked = {name: state for name, (state, _) in found.items() if name.startswith(("SPF", "DKIM", "DMARC", "MX"))}
    assert len(asked) == 6
    assert set(asked.values()) == {"unknown"}


@pytest.mark.parametrize(
    ("changed", "name", "state", "said"),
    [
        ({"SMTP_PORT": "9"}, "mail server", "failed", "cannot be reached"),
        ({"SMTP_TLS": "starttls"}, "TLS of the mail server", "failed", "PERENNIAL_SMTP_TLS"),
        ({"SMTP_USERNAME": "us", "SMTP_PASSWORD": "wrong"}, "login at the mail server", "failed", "SMTP_PASSWORD"),
        ({"SMTP_HOST": ""}, "mail server", "not configured", "PERENNIAL_SMTP_HOST"),
        ({"PUBLIC_URL": "http://127.0.0.1:9"}, "unsubscribe pages", "unknown", "gives no answer"),
        ({"PUBLIC_URL": ""}, "unsubscribe pages", "not configured", "perennial serve"),
        ({"INBOX_PASSWORD": "wrong"}, "inbox", "failed", "PERENNIAL_INBOX_PASSWORD"),
        ({"INBOX_HOST": ""}, "inbox", "not configured", "PERENNIAL_INBOX_HOST"),
        ({"REPLY_DOMAIN": ""}, "reply domain", "not configured", "PERENNIAL_REPLY_DOMAIN"),
        ({"LINK_KEY": ""}, "link key", "failed", "development key"),
        ({"DKIM_RSA_SELECTOR": "", "DKIM_RSA_KEY": "", "DKIM_ED25519_SELECTOR": "", "DKIM_ED25519_KEY": ""}, "DKIM",
         "not configured", "unless your relay signs"),
        ({"DKIM_DOMAIN": "elsewhere.example"}, "DKIM s1 (rsa-sha256)", "failed", "there is no record"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_told_with_what_to_do(
    tmp_path: Path, surroundings: dict[str, str], changed: dict[str, str], name: str, state: str, said: str
) -> None:
    """Each by the setting that mends it."""
    found = lines(tmp_path, {**surroundings, **changed})
    assert found[name][0] == state
    assert said in found[name][1]


def test_a_page_that_is_not_well_fails(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """An answer other than 200."""
    with web_server(502) as web:
        assert lines(tmp_path, {**surroundings, "PUBLIC_URL": web})["unsubscribe pages"][0] == "failed"


def test_one_mail_goes_to_an_address_of_ones_own(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Signed and with its ways back; one, and to nobody else."""
    found = lines(tmp_path, surroundings, "--to", "me@own.example")
    assert found["a mail to you"][0] == "passed", found
    (content,) = received(tmp_path / "theirs")
    mail: Any = message_from_bytes(content, policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "me@own.example"
    assert [dkim.DKIM(content).verify(place, dnsfunc=zone(SIGNERS)) for place in (0, 1)] == [True, True]
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1")
    assert "u" in PREFIXES


def test_it_goes_to_nobody_who_is_not_allowed(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """LIVE is false: only those who are named."""
    found = lines(tmp_path, surroundings, "--to", "jane@customer.example")
    assert found["a mail to you"][0] == "failed"
    assert "PERENNIAL_ALLOW_RECIPIENTS" in found["a mail to you"][1]
    assert not received(tmp_path / "theirs")


def test_a_nameserver_that_is_none_is_told(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Exit 2, with the setting."""
    result = call(tmp_path, {**surroundings, "DNS_SERVER": "my nameserver"})
    assert result.exit_code == 2
    assert "PERENNIAL_DNS_SERVER" in result.stderr


def test_a_signature_belongs_to_the_domain_of_the_sender() -> None:
    """The same, above or below; not a neighbor."""
    assert aligned("example.com", "mail.Example.com")
    assert aligned("mail.example.com", "example.com")
    assert not aligned("example.com", "notexample.com")


@pytest.mark.parametrize(("state", "code"), [("passed", 0), ("failed", 3), ("unknown", 3), ("not configured", 3)])
def test_only_when_all_has_passed_it_exits_0(state: Any, code: int) -> None:
    """A monitor may rely on it."""
    assert checklist([Line("a", "passed", "well"), Line("b", state, "so")]).code == code
