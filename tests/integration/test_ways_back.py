"""The ways back of a mail that really goes: its headers, its envelope, its links, each leading to the message."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import dkim
import pytest

from config.settings import Settings
from models.company import Company
from models.return_paths import returned
from models.token import read
from tasks.deliver import deliver
from tasks.mail.mail_post import MailPost
from tasks.mail.transport import Transport
from tasks.night import Night
from tests.dkim_zone import new_signers, write_key, zone
from tests.mailroom import AS_OF, land_contacts, queue, received, room, states

KEY = "a key of the links"
WAYS: dict[str, Any] = {
    "public_url": "https://success.perennial.example", "reply_domain": "reply.perennial.example",
    "bounce_domain": "bounces.perennial.example", "link_key": KEY,
}  # fmt: skip
ID = str(UUID(int=7))


def sent(night: Night) -> EmailMessage:
    """Deliver, and read the one mail that arrived."""
    assert deliver(night) == {"sent": 1}
    (content,) = received(night.settings.mailbox_dir)
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def with_ways(folder: Path, replies: str = "inbox", **settings: Any) -> Night:
    """An installation with all ways back."""
    night = room(folder, **{**WAYS, **settings})
    land_contacts(night, 1, consent="granted")
    night.rules = cast("Any", SimpleNamespace(company=Company(replies=cast("Any", replies))))
    return night


@pytest.mark.parametrize("klass", ["service", "marketing"])
def test_each_way_leads_back_to_the_message(tmp_path: Path, klass: str) -> None:
    """The https link first, then the address; answers under the CSM's name."""
    night = with_ways(tmp_path)
    queue(night, 0, message_id=ID, klass=klass)
    mail = sent(night)
    page, address = (link.strip("<> ") for link in mail["List-Unsubscribe"].split(","))
    assert page.startswith("https://success.perennial.example/u/")
    assert read([KEY.encode()], "unsubscribe", page.rpartition("/")[2], AS_OF) == ID
    assert returned([KEY.encode()], address.removeprefix("mailto:"), AS_OF) == ("unsubscribe", ID)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (reply,) = mail["Reply-To"].addresses
    assert (reply.display_name, returned([KEY.encode()], reply.addr_spec, AS_OF)) == ("Nina Park", ("reply", ID))


def test_a_contract_notice_has_no_link_to_unsubscribe(tmp_path: Path) -> None:
    """It is talked about with the CSM."""
    night = with_ways(tmp_path, replies="crm")
    queue(night, 0, message_id=ID, klass="contractual")
    mail = sent(night)
    assert "List-Unsubscribe" not in mail
    assert mail["Reply-To"].addresses[0].addr_spec == "nina@perennial.example"


def test_without_ways_a_mail_has_none(tmp_path: Path) -> None:
    """As out of the box."""
    night = room(tmp_path)
    land_contacts(night, 1)
    queue(night, 0)
    mail = sent(night)
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "DKIM-Signature"} & set(mail.keys())


def test_bounces_come_back_by_the_envelope(tmp_path: Path) -> None:
    """MAIL FROM names the message, signed; the header From is ours."""
    night = with_ways(tmp_path)
    post = MailPost.of(night, Transport(None, night.settings.mailbox_dir))
    envelope = post.paths.envelope(ID, AS_OF)
    assert envelope.endswith("@bounces.perennial.example")
    assert returned([KEY.encode()], envelope, AS_OF) == ("bounce", ID)
    without = post.paths.of(Settings(_env_file=None, reply_domain="reply.perennial.example"), Company())
    assert without.envelope(ID, AS_OF).endswith("@reply.perennial.example")


def test_what_goes_is_signed_and_kept_as_it_went(tmp_path: Path) -> None:
    """Both signatures stand in the mailbox's copy and verify."""
    rsa, ed = new_signers("s1")
    keys: dict[str, Any] = {"dkim_rsa_key": write_key(tmp_path / "rsa.pem", rsa.key), "dkim_rsa_selector": "s1",
            "dkim_ed25519_key": write_key(tmp_path / "ed.pem", ed.key), "dkim_ed25519_selector": "e1"}  # fmt: skip
    night = with_ways(tmp_path, **keys)
    queue(night, 0, message_id=ID)
    sent(night)
    (content,) = received(night.settings.mailbox_dir)
    assert [dkim.DKIM(content).verify(place, dnsfunc=zone([rsa, ed])) for place in (0, 1)] == [True, True]


def test_an_address_beyond_ascii_goes_where_the_server_takes_it(tmp_path: Path) -> None:
    """Our own server does; where none was asked yet, the message waits with its reason."""
    night = with_ways(tmp_path)
    queue(night, 0, message_id=ID, recipient="jörg@bücher.example")
    post = MailPost.of(night, Transport(None, night.settings.mailbox_dir))
    assert "SMTPUTF8" in post.refusal("jörg@bücher.example")
    assert "SMTPUTF8" not in post.refusal("joerg@bücher.example")
    assert deliver(night) == {"sent": 1}
    assert states(night) == {"sent": 1}
    (content,) = received(night.settings.mailbox_dir)
    assert "jörg@xn--bcher-kva.example".encode() in content


def test_a_connection_tells_what_its_server_takes(tmp_path: Path) -> None:
    """Asked once a run."""
    post = MailPost.of(with_ways(tmp_path), Transport(None, tmp_path / "mailbox"))

    async def ask() -> None:
        async with post.open() as connect:
            await (await connect()).quit()

    asyncio.run(ask())
    assert post.refusal("jörg@bücher.example") == ""
