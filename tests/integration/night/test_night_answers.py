"""What a customer says on our pages is known to the next night: the answer to a survey, and a booking."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from sqlalchemy import select

from config.settings import Settings
from models.errors import ConfigError
from models.public_page import page_path
from models.tables import enrollment, landing, message
from tasks.check import check_environment
from tasks.opening import read_rules
from tasks.serve.desk import desk_of
from tests.front_desk import browser_of
from tests.night_house import MONDAY, House, found_company, with_plays

TUESDAY = MONDAY + timedelta(days=1)
PUBLIC = "http://127.0.0.1:8025"


ASKING = {
    "play": "asking", "per": "account", "audience": "contract_status = 'active'", "anchor": "half_year",
    "precedence": 90,
    "steps": [
        {"id": "ask", "day": 0, "email": "surveys/nps", "survey": "nps", "to": ["sponsor", "champion"],
         "if_late": {"after": 400, "do": "run"}},
    ],
}  # fmt: skip
"""Asks everybody at once."""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation whose surveys and bookings lead to its own pages."""
    folder = found_company(tmp_path_factory.mktemp("answers"))
    with_plays(folder / "layer", "nps-closed-loop")
    (folder / "layer/config/plays").mkdir()
    (folder / "layer/config/plays/asking.yaml").write_text(yaml.safe_dump(ASKING), encoding="utf-8")
    path = folder / "layer/config/perennial.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8")) | {"survey_url": "ours", "booking_url": "ours"}
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return House(folder / "var", folder / "layer", {"public_url": PUBLIC})


def lake(house: House, name: str) -> list[dict[str, object]]:
    """The rows of the files below the lake that a pattern names."""
    files = sorted((house.var / "lake").glob(name))
    return [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]


def test_an_answer_and_a_booking_are_facts_the_next_night(ours: House) -> None:
    """The link is in the mail; the newest answer counts, its words lie apart, and the closed loop begins with it."""
    ours.night()
    asked = next(row for row in ours.rows(select(message)) if row.template == "surveys/nps" and row.state == "sent")
    with ours.open() as place, browser_of(desk_of(place)) as browser:
        link = "/" + page_path(place.settings.links[0], "survey", asked.message_id, MONDAY)
        for score, words in (("5", "canary one"), ("1", "canary two")):
            assert browser.post(link, {"score": score, "comment": words}).status_code == 200
        page = "/" + page_path(place.settings.links[0], "booking", asked.message_id, MONDAY)
        slot = browser.get(page).text.partition('name="slot" value="')[2].partition('"')[0]
        assert browser.post(page, {"slot": slot}).status_code == 200
    bodies = [path.read_text(errors="replace") for path in (ours.var / "mailbox/new").glob("*")]
    assert any(PUBLIC + "/s/" in body.replace("=\n", "") for body in bodies)

    assert ours.night(TUESDAY).state == "done"

    answers = lake(ours, "landing/feedback/perennial-feedback/*.parquet")
    assert [(row["account_id"], row["kind"], row["score"], row["scale"]) for row in answers] == [
        (asked.account, "nps", 1, "0-10")]  # fmt: skip
    assert "comment" not in answers[0]
    assert [row["comment"] for row in lake(ours, "person/feedback/perennial-feedback/*.parquet")] == ["canary two"]
    booked = lake(ours, "landing/engagement/perennial-engagement/*.parquet")
    assert [(row["kind"], row["message_id"], str(row["meets_on"])) for row in booked] == [
        ("booking", asked.message_id, slot[:10])]  # fmt: skip
    sheet = {row["account_id"]: row for row in lake(ours, f"nights/{TUESDAY}/sheet_account.parquet")}
    assert (sheet[asked.account]["nps"], str(sheet[asked.account]["next_meeting_on"])) == (1, slot[:10])
    loops = select(enrollment).where(enrollment.c.play == "nps-closed-loop", enrollment.c.enrolled_on == TUESDAY)
    assert asked.account in {row.account for row in ours.rows(loops)}


def test_what_has_landed_lands_once(ours: House) -> None:
    """A night on which nobody said anything lands nothing of ours."""
    assert ours.night(TUESDAY + timedelta(days=1)).state == "done"
    mine = select(landing.c.source).where(landing.c.source.like("perennial-%"))
    assert sorted(row.source for row in ours.rows(mine)) == ["perennial-engagement", "perennial-feedback"]


def test_pages_of_ours_need_an_address(ours: House, tmp_path: Path) -> None:
    """No night begins without, and the check says what is missing."""
    settings = Settings(var=tmp_path, config=ours.layer, _env_file=None)
    with pytest.raises(ConfigError, match="PERENNIAL_PUBLIC_URL"):
        read_rules(settings)
    rules = read_rules(ours.settings)
    assert ["PERENNIAL_PUBLIC_URL" in str(one) for one in check_environment(rules.files, settings)] == [True]
    assert check_environment(rules.files, ours.settings) == []
