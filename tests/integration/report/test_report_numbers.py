"""The report's numbers agree with the rows they are made of."""

import json
from dataclasses import asdict

import pytest

from models.errors import UsageError
from tasks.night import Night
from tasks.report.account import account_view
from tasks.report.gather import gather
from tasks.report.reading import reading
from tasks.report.summary import summary
from tasks.report.views import Report
from tasks.store.engine import read


def gathered(night: Night) -> Report:
    """The first page's numbers."""
    with reading(night) as book, read(night.engine) as conn:
        return gather(conn, book)


def test_sums_of_the_first_page_agree_with_the_sheets(full: Night) -> None:
    """MRR, bands and movers are those of the rows, and nothing is counted twice."""
    report = gathered(full)
    assert report.accounts == 4
    assert report.active == 3
    assert [(money.minor, money.currency) for money in report.mrr] == [(181_050, "USD")]
    assert report.bands == {"green": 1, "yellow": 1, "red": 1, "insufficient_data": 1}
    assert sum(report.bands.values()) == report.accounts
    assert report.compared == 3
    assert sum(len(report.lines) for _ in [0]) == report.accounts


def test_the_worst_mover_comes_first_with_its_cause(full: Night) -> None:
    """A fall from green to red stands before a rise, and names the component that changed most."""
    first, second = gathered(full).moves
    assert (first.account_id, first.before, first.after) == ("A-1", "green", "red")
    assert first.change == pytest.approx(-41.25)
    assert first.cause == "usage trend \u221225.0"
    assert second.after == "green"


def test_renewals_are_open_deadlines_of_contracts_in_force(full: Night) -> None:
    """A deadline that has passed and a trial are no renewals; months and reaches hold every other one once."""
    report = gathered(full)
    assert [one.contract_id for one in report.renewals] == ["K-1", "K-2", "K-3"]
    assert sum(month.number for month in report.months) == 3
    assert sum(month.total for month in report.months) == 180_050
    assert sum(sum(reach.contracts.values()) for reach in report.reaches) == 3
    assert report.reaches[0].contracts["red"] == 1


def test_messages_and_steps_are_counted_by_reason(full: Night) -> None:
    """Sent by template, the others by reason; reasons that differ in a number alone are one line."""
    report = gathered(full)
    told = [(one.name, one.reason, one.number) for one in report.messages]
    assert told == [("sent", "renewal/day-90-notice", 1), ("suppressed", "unsubscribed", 1)]
    assert [(one.name, one.number) for one in report.steps] == [("due", 1), ("capped", 2)]
    assert report.steps[1].reason == "had … touches in … days"


def test_sources_show_their_trouble_and_what_was_set_aside(full: Night) -> None:
    """Pulled is good plus set aside; a failed source says why; one that was not pulled is told as such."""
    report = gathered(full)
    lines = {line.name: line for line in report.sources}
    assert all(line.pulled == line.good + line.quarantined for line in lines.values())
    assert [line.name for line in report.trouble] == ["usage"]
    assert lines["tickets"].status is None
    assert [(one.source, one.expectation, one.rows) for one in report.broken] == [("accounts", "unique", 2)]


def test_the_summary_has_the_keys_that_nightly_promises(full: Night) -> None:
    """`nightly --json` reads the same from lake and database however often it is asked."""
    first = summary(full)
    assert first == summary(full)
    assert first["state"] == "done"
    assert first["sources"]["accounts"] == {"pulled": 6, "good": 4, "quarantined": 2, "warned": 0, "status": "ok"}
    assert first["health"] == {"green": 1, "yellow": 1, "red": 1, "insufficient_data": 1}
    assert (first["enrolled"], first["steps"]) == ({"renewal": 1}, {"due": 1, "capped": 2})
    assert first["messages"] == {"sent": 1, "suppressed": 1}
    assert json.loads(json.dumps(first)) == first


def test_contributions_sum_to_the_score(full: Night) -> None:
    """The account's page explains its whole score."""
    health = account_view(full, "A-1").health
    assert sum(one.contribution or 0 for one in health.contributions) == pytest.approx(31.25, abs=1e-9)


def test_an_account_is_json(full: Night) -> None:
    """`perennial account --json` prints the view as it is."""
    view = json.loads(json.dumps(asdict(account_view(full, "A-1"))))
    assert view["signals"][0]["name"] == "usage_drop"
    assert view["enrollments"][0]["tonight"][0]["outcome"] == "due"
    assert [event["kind"] for event in view["events"]].count("message_sent") == 1


def test_an_account_that_is_not_there_is_said(full: Night) -> None:
    """The error names the account and the night."""
    with pytest.raises(UsageError, match="2025-03-14 knows no account 'A-9'"):
        account_view(full, "A-9")
