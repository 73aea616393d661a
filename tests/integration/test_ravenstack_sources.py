"""The public RavenStack set through its sources: every fault found, every row accounted for, quiet days told apart."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.files import ROOT, read_files
from config.load import Rules, load_rules
from config.settings import Settings
from models.clock import Clock
from models.landing import Landing
from tasks.lake.lake import Lake
from tasks.lake.paths import person_findings_path
from tasks.lake.views import entity_views
from tasks.land import land
from tasks.night import Night
from tasks.pull import pull
from tasks.store.engine import open_store

DATA = Path(os.environ.get("RAVENSTACK_DIR") or ROOT.parent / "shared/data/ravenstack")
LAST = date(2024, 12, 31)
Found = dict[str, list[dict[str, Any]]]

pytestmark = pytest.mark.skipif(
    not (DATA / "contacts.csv").exists(), reason=f"the RavenStack set is not at {DATA}; set RAVENSTACK_DIR"
)


class Nights:
    """One installation, to be taken from night to night."""

    def __init__(self, var: Path, rules: Rules) -> None:
        self.settings = Settings.load(var, ROOT / "examples/ravenstack")
        self.rules = rules
        self.engine = open_store(self.settings.database)
        self.lake = Lake(self.settings.lake)
        self.landings: list[Landing] = []

    def take(self, as_of: date) -> dict[str, Landing]:
        """Pull and land every source, in order; source → its landing of that night."""
        clock = Clock.at(as_of, datetime(2025, 6, 1, tzinfo=UTC))
        night = Night(self.settings, self.rules, clock, self.engine, self.lake)
        landed = {name: land(night, spec, pull(night, spec)) for name, spec in self.rules.sources.items()}
        self.landings += landed.values()
        return landed

    def findings(self, landing: Landing) -> list[dict[str, Any]]:
        """What was found wrong, with the values."""
        path = person_findings_path(landing.source, landing.seq)
        return list(self.lake.read(path).to_pylist()) if landing.written else []

    def ask(self, query: str, as_of: date) -> Any:
        """The first value of a query over the entities as of a day."""
        with self.lake.duckdb() as con:
            entity_views(con, self.lake, self.landings, as_of)
            row = con.execute(query).fetchone()
        return row[0] if row else None


@contextmanager
def _nights(var: Path) -> Iterator[Nights]:
    """An installation that is closed afterwards."""
    before = os.environ.get("RAVENSTACK_DIR")
    os.environ["RAVENSTACK_DIR"] = str(DATA)
    var.mkdir(parents=True, exist_ok=True)
    nights = Nights(var, load_rules(read_files(ROOT / "examples/ravenstack")))
    try:
        yield nights
    finally:
        nights.engine.dispose()
        if before is None:
            del os.environ["RAVENSTACK_DIR"]
        else:
            os.environ["RAVENSTACK_DIR"] = before


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nights, dict[str, Landing], Found]]:
    """The night of the set's last day: installation, landings, findings by source."""
    with _nights(tmp_path_factory.mktemp("ravenstack")) as nights:
        landed = nights.take(LAST)
        yield nights, landed, {name: nights.findings(landing) for name, landing in landed.items()}


PULLED = {
    "csms": 8,
    "accounts": 500,
    "contacts": 1150,
    "contracts": 4955,
    "usage": 24969,
    "tickets": 1999,
    "churn": 595,
}


@pytest.mark.parametrize(("source", "rows"), PULLED.items())
def test_every_row_is_good_or_set_aside(last: tuple[Nights, dict[str, Landing], Found], source: str, rows: int) -> None:
    """Pulled = good + quarantined; of the set's own files no row is thrown away."""
    nights, landed, _ = last
    landing = landed[source]
    assert (landing.status, landing.pulled, landing.error) == ("ok", rows, None)
    assert landing.good + landing.quarantined == rows
    assert landing.quarantined == (9 if source == "contacts" else 0)
    assert nights.ask(f"SELECT count(*) FROM {landing.entity}", LAST) == landing.good


def test_the_log_of_replies_is_empty_and_nothing_is_held(last: tuple[Nights, dict[str, Landing], Found]) -> None:
    """The set has no answers of customers: the source is declared one that may be empty."""
    landing = last[1]["engagement"]
    assert (landing.status, landing.total, landing.error) == ("unchanged", 0, None)


SET_ASIDE = {
    "P-00011": ("expect_column_values_to_match_regex", "email"),
    "P-00021": ("expect_column_values_to_not_be_null", "email"),
    "P-00031": ("address_is_nobody_elses", "email"),
    "P-00041": ("exists", "account_id"),
    "P-00051": ("expect_column_values_to_not_match_regex", "first_name"),
    "P-00061": ("expect_column_values_to_not_match_regex", "first_name"),
    "P-00071": ("expect_column_values_to_not_match_regex", "last_name"),
    "P-00151": ("expect_column_values_to_not_match_regex", "last_name"),
    "P-00162": ("unique", "contact_id"),
}
HARMLESS = {
    "P-00081": ("zone_is_known", "timezone"),
    "P-00091": ("expect_column_values_to_be_in_set", "language"),
    "P-00101": ("expect_column_values_to_not_be_null", "first_name"),
    "P-00111": ("expect_column_values_to_be_in_set", "role"),
    "P-00121": ("still_there", "left_on"),
    "P-00131": ("no_control_characters", "first_name"),
    "P-00141": ("expect_column_values_to_match_regex", "email"),
}


@pytest.mark.parametrize(("contact", "broken"), [*SET_ASIDE.items(), *HARMLESS.items()])
def test_each_damaged_contact_is_found(
    last: tuple[Nights, dict[str, Landing], Found], contact: str, broken: tuple[str, str]
) -> None:
    """The row is named with what it broke, in words, and lands only where that is harmless."""
    nights, _, findings = last
    mine = [one for one in findings["contacts"] if one["key"] == contact]
    severity = "quarantine" if contact in SET_ASIDE else "warn"
    assert broken in [(one["expectation"], one["column"]) for one in mine if one["severity"] == severity]
    assert all(len(one["reason"]) > 8 for one in mine)
    rows = nights.ask(f"SELECT count(*) FROM contacts WHERE contact_id = '{contact}'", LAST)
    assert rows == (contact in HARMLESS or contact == "P-00162")


def test_nobody_else_is_set_aside(last: tuple[Nights, dict[str, Landing], Found]) -> None:
    """The other 1,134 contacts land, and without a word."""
    named = {one["key"] for one in last[2]["contacts"]}
    assert named == set(SET_ASIDE) | set(HARMLESS)


DEFECTS = {
    ("accounts", "not_flagged_churned"): 110,
    ("accounts", "not_flagged_trial"): 72,
    ("contracts", "lasted_a_day"): 8,
    ("contracts", "bought_once"): 4,
    ("usage", "after_contract_start"): 18923,
    ("usage", "before_contract_end"): 289,
    ("usage", "after_sign_up"): 13010,
    ("usage", "exists"): 219,
    ("usage", "id_given_once"): 42,
    ("usage", "errors_within_uses"): 17,
    ("usage", "expect_column_values_to_be_between"): 2,
    ("tickets", "after_sign_up"): 1077,
    ("tickets", "answered_while_open"): 36,
    ("churn", "left_after_coming"): 53,
    ("churn", "some_subscription_ended"): 590,
    ("churn", "told_once_a_day"): 2,
}


def test_the_sets_own_defects_are_warned_of(last: tuple[Nights, dict[str, Landing], Found]) -> None:
    """Each defect is counted, none silently; the README's figures are these."""
    found = Counter(
        (source, one["expectation"]) for source, all_ in last[2].items() if source != "contacts" for one in all_
    )
    assert found == DEFECTS


def test_an_end_is_not_known_before_it_comes(last: tuple[Nights, dict[str, Landing], Found]) -> None:
    """Read as of an earlier day, a subscription that ends later has no end."""
    nights, _, _ = last
    ended = "SELECT count(*) FROM contracts WHERE ended_on IS NOT NULL"
    assert nights.ask(f"{ended} AND ended_on >= DATE '2024-07-01'", date(2024, 7, 1)) == 0
    assert 0 < nights.ask(ended, date(2024, 7, 1)) < nights.ask(ended, LAST)
    assert nights.ask("SELECT count(*) FROM contracts WHERE end_on IS NOT NULL", LAST) == 0


def test_the_same_night_again_reads_nothing(last: tuple[Nights, dict[str, Landing], Found]) -> None:
    """A run that landed its sources is given those landings."""
    nights, landed, _ = last
    assert {name: one.seq for name, one in nights.take(LAST).items()} == {name: one.seq for name, one in landed.items()}


def test_nights_in_a_row_land_what_is_new_and_quiet_days_go_stale(tmp_path: Path) -> None:
    """Each night lands the day before; without news sources are unchanged, past their limit stale; snapshots stay."""
    busy, quiet = (date(2024, 12, 30), LAST, date(2025, 1, 1)), [date(2025, 1, day) for day in (2, 3, 4, 5, 6)]
    with _nights(tmp_path) as nights:
        told = {day: nights.take(day) for day in (*busy, *quiet)}
    new = {name: [told[day][name].pulled for day in busy[1:]] for name in PULLED}
    empty = {"csms": [0, 0], "accounts": [0, 0], "contacts": [0, 0]}
    assert new == {**empty, "contracts": [37, 45], "usage": [31, 31], "tickets": [4, 1], "churn": [6, 5]}
    assert sum(told[day]["usage"].good for day in busy) == 25000
    after = {name: [told[day][name].status for day in quiet] for name in PULLED}
    assert after.pop("usage") == ["unchanged"] * 2 + ["stale"] * 3
    for name in ("contracts", "tickets", "churn"):
        assert after.pop(name) == ["unchanged"] * 4 + ["stale"]
    assert set(map(tuple, after.values())) == {("unchanged",) * 5}
