"""How fast mail may go, and when a run ends before its work is done."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.ceiling import none_taken, too_many
from models.company import Sending
from tasks.mail.pace import Pace


def messages(count: int) -> tuple[list[Any], dict[str, str]]:
    """Messages in turn to two domains."""
    ids = [f"M-{number}" for number in range(count)]
    return [SimpleNamespace(message_id=id_) for id_ in ids], {id_: "ab"[number % 2] for number, id_ in enumerate(ids)}


def dealt(limits: Sending, senders: int = 1, seconds: float = 100, count: int = 200) -> list[str]:
    """The domains of those that may go at once."""
    given, domains = messages(count)

    async def first() -> list[str]:
        pace = Pace(limits, senders, seconds)
        pace.add(cast("Any", given), domains if limits.domain_per_minute else {})
        return [domains[one.message_id] for one in await pace.next(1000)]

    return asyncio.run(first())


@pytest.mark.parametrize(
    ("limits", "senders", "most"),
    [
        ({}, 1, 200), ({"per_minute": 600}, 1, 10), ({"per_minute": 600}, 2, 5), ({"per_minute": 1}, 3, 1),
        ({"domain_per_minute": 60}, 1, 2), ({"domain_per_minute": 120, "per_minute": 60}, 1, 1),
        ({"domain_per_minute": 240}, 4, 2),
    ],
)  # fmt: skip
def test_at_once_goes_what_a_second_may_bring(limits: dict[str, int], senders: int, most: int) -> None:
    """The limits are those of the installation: each of its senders takes its part, and always one."""
    assert len(dealt(Sending(**limits), senders)) == most


def test_a_full_domain_does_not_stop_the_others() -> None:
    """A lane for each: both domains are served."""
    assert sorted(dealt(Sending(domain_per_minute=60))) == ["a", "b"]


def test_what_does_not_fit_into_the_run_is_not_dealt_out() -> None:
    """It stays queued for the next run."""
    assert dealt(Sending(per_minute=60), seconds=0) == []


@pytest.mark.parametrize(
    ("answers", "stops"),
    [
        ({"sent": 8, "refused": 2}, False), ({"sent": 7, "refused": 3}, True), ({"refused": 9}, False),
        ({"sent": 90, "refused": 20, "deferred": 10}, False), ({"sent": 70, "refused": 30}, True), ({}, False),
    ],
)  # fmt: skip
def test_more_than_the_share_of_refusals_stops(answers: dict[str, int], stops: bool) -> None:
    """20 % of all answers, and not before the canary is answered."""
    assert bool(too_many(answers, canary=10, share=0.2)) is stops


def test_only_a_server_that_takes_nothing_at_all_ends_the_run() -> None:
    """One that took a single mail is not away."""
    assert none_taken({"deferred": 10})
    assert not none_taken({"deferred": 9, "sent": 1})
    assert not none_taken({})
