"""A whole night whose contacts all read Arabic."""

import json
from pathlib import Path

from sqlalchemy import select

from models.tables import message
from tests.night_house import House, found_company, with_plays

PLAYS = ("onboarding-30-days", "renewal", "webinar-invitation")


def test_a_night_writes_to_arabic_contacts_in_arabic(tmp_path: Path) -> None:
    """Every mail, be it contractual, service or marketing: none falls back to English and none is held."""
    found_company(tmp_path)
    people = tmp_path / "company/contacts.jsonl"
    lines = [json.loads(line) | {"language": "ar"} for line in people.read_text(encoding="utf-8").splitlines()]
    people.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    house = House(tmp_path / "var", with_plays(tmp_path / "layer", *PLAYS))

    house.night()

    told = house.rows(select(message.c.template, message.c.language).where(message.c.channel == "email"))
    assert len({row.template for row in told}) >= 5
    assert {row.language for row in told} == {"ar"}
    assert not house.events("message_held")
