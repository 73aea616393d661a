"""Whole nights whose contacts all read Russian, and have names in Cyrillic."""

# ruff: noqa: RUF001 - Russian text is meant

import json
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy import select

from config.files import ROOT
from models.tables import message
from tasks.mail.mailbox import messages
from tests.night_house import MONDAY, House, found_company, promises, with_plays

EVERY_PLAY = tuple(path.stem for path in (ROOT / "config/plays").glob("*.yaml"))
RUSSIAN = {"language": "ru", "first": "Анна-Мария", "last": "Ёлкина"}
NIGHTS = 2


def test_nights_write_to_russian_contacts_in_russian(tmp_path: Path) -> None:
    """Every message of every play: none in English, none held, and what arrived reads as it was written."""
    found_company(tmp_path)
    people = tmp_path / "company/contacts.jsonl"
    lines = [json.loads(line) | RUSSIAN for line in people.read_text(encoding="utf-8").splitlines()]
    people.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    house = House(tmp_path / "var", with_plays(tmp_path / "layer", *EVERY_PLAY))

    for night in range(NIGHTS):
        house.night(MONDAY + timedelta(days=night))

    told = house.rows(select(message.c.template, message.c.language).where(message.c.channel.in_(("email", "inapp"))))
    assert len({row.template for row in told}) >= 10
    assert {row.language for row in told} == {"ru"}
    assert not house.events("message_held")
    promises(house)
    arrived = [path.read_bytes() for path in messages(house.settings.mailbox_dir)]
    assert len(arrived) > 10
    for raw in arrived:
        _reads_as_written(raw)


def _reads_as_written(raw: bytes) -> None:
    """Subject and both bodies in Cyrillic, the page says its language, the greeting has the name."""
    mail = message_from_bytes(raw, policy=policy.default)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert any("а" <= char <= "я" for char in str(mail["Subject"]))
    assert "Здравствуйте, Анна-Мария!" in text.get_content()
    assert 'lang="ru"' in html.get_content()
    assert "Здравствуйте, Анна-Мария!" in html.get_content()
