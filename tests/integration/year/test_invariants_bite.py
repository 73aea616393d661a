"""The invariants have teeth: what breaks one, planted in a copy of a real log, is found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.record import Record
from tasks.demo.company import AS_OF
from tests.invariants import (
    broken,
    caps_hold,
    no_step_of_two_versions,
    no_step_twice,
    nothing_after_exit_or_suppression,
    one_outcome_each,
    renewals_in_time,
)
from tests.night_story import Story, Term
from tests.year_history import History
from tests.year_run import Year

NIGHTS = 4
Plant = Callable[[Story], Story]


@pytest.fixture(scope="module")
def story(place: Path, history: History) -> Story:
    """Four quiet nights, as they were."""
    year = Year.of(place, history, seed=7)
    assert year.run(AS_OF, NIGHTS) == []
    with year.span.open() as opened:
        return year.watch.story(opened)


def first(story: Story, kind: str, **payload: Any) -> Record:
    """The first event of a kind that says all this."""
    return next(one for one in story.of(kind) if payload.items() <= one.payload.items())


def with_event(story: Story, like: Record, **payload: Any) -> Story:
    """The story with one more event at its end, like another but for what is said."""
    seq = story.events[-1].seq + 1
    planted = replace(like, seq=seq, key=f"planted:{seq}", payload={**like.payload, **payload})
    return replace(story, events=[*story.events, planted])


def without(story: Story, kind: str, **payload: Any) -> Story:
    """The story without the first such event."""
    gone = first(story, kind, **payload)
    return replace(story, events=[one for one in story.events if one is not gone])


def quiet_mail(story: Story) -> Record:
    """A mail without deadline that was sent."""
    sent = {event.payload["message_id"] for event in story.of("message_sent")}
    return next(one for id_, one in story.messages.items() if id_ in sent and not one.payload["deadline"])


def another_mail(story: Story, **payload: Any) -> Story:
    """A second mail like one that was sent, queued and sent on the same day."""
    queued = quiet_mail(story)
    sent = first(story, "message_sent", message_id=queued.payload["message_id"])
    told = with_event(story, queued, message_id="planted", **payload)
    return with_event(told, sent, message_id="planted")


def step_again(story: Story) -> Story:
    """A step is taken again."""
    return with_event(story, first(story, "step_taken"))


def mail_again(story: Story) -> Story:
    """A step's mail goes out once more, as another message."""
    return another_mail(story)


def double_in_the_mailbox(story: Story) -> Story:
    """A mail arrives twice."""
    return replace(story, mailbox=[*(story.mailbox or ()), (story.mailbox or ())[0]])


def lost_mail(story: Story) -> Story:
    """A mail that is marked sent is nowhere."""
    return replace(story, mailbox=(story.mailbox or ())[1:])


def step_of_another_version(story: Story) -> Story:
    """A step is taken that the pinned version does not have."""
    return with_event(story, first(story, "step_taken"), step="not-in-this-version")


def words_of_another_version(story: Story) -> Story:
    """A mail has another template than the pinned version's step."""
    return with_event(story, quiet_mail(story), message_id="planted", template="another/one")


def enrolled_again(story: Story) -> Story:
    """The same subject, play and occurrence under another version."""
    return with_event(story, first(story, "enrolled"), enrollment_id="planted")


def one_more_today(story: Story) -> Story:
    """Another step's mail to the same account and address on the same day."""
    return another_mail(story, step="planted", enrollment_id=quiet_mail(story).payload["enrollment_id"])


def after_the_exit(story: Story) -> Story:
    """A mail starts on its way after the end of its enrollment."""
    queued = quiet_mail(story)
    ended = with_event(story, first(story, "enrollment_ended"), enrollment_id=queued.payload["enrollment_id"])
    return with_event(ended, first(story, "message_transmitting"), message_id=queued.payload["message_id"])


def after_the_unsubscribing(story: Story) -> Story:
    """A mail starts on its way to an address that was suppressed."""
    queued, like = quiet_mail(story), first(story, "message_transmitting")
    said = with_event(story, replace(like, kind="suppressed"), address_key=queued.payload["address_key"])
    return with_event(said, like, message_id=queued.payload["message_id"])


def taken_after_the_exit(story: Story) -> Story:
    """A step of an ended enrollment is taken."""
    ended = first(story, "enrollment_ended")
    return with_event(story, first(story, "step_taken"), enrollment_id=ended.payload["enrollment_id"])


def nobody_told(story: Story) -> Story:
    """A term's deadline passes, and nobody has heard of it."""
    yesterday = story.as_of - timedelta(days=1)
    term = Term(yesterday, "contract:planted", "planted/1", yesterday, live=True)
    return replace(story, terms=[*story.terms, term])


def told_too_late(story: Story) -> Story:
    """A notice goes out, but on the day after the deadline."""
    queued = next(one for one in story.messages.values() if one.payload["deadline"])
    enrolled = story.enrolled[queued.payload["enrollment_id"]]
    before = first(story, "message_sent", message_id=queued.payload["message_id"]).effective_at.date()
    seen = replace(story.terms[0], seen_on=before - timedelta(days=2), deadline=before - timedelta(days=1), live=True)
    return replace(story, terms=[replace(seen, subject=enrolled["subject"], occurrence=enrolled["occurrence"])])


def two_outcomes(story: Story) -> Story:
    """A step that was sent ends again as skipped."""
    return with_event(story, first(story, "step_ended", outcome="sent"), outcome="skipped")


def another_outcome(story: Story) -> Story:
    """A step whose mail was sent is said to have been skipped."""
    ended = first(story, "step_ended", outcome="sent")
    return with_event(without(story, "step_ended", outcome="sent"), ended, outcome="skipped")


def no_outcome(story: Story) -> Story:
    """An enrollment has ended, one of its steps has not."""
    ended = {event.payload["enrollment_id"] for event in story.of("enrollment_ended")}
    one = next(event for event in story.of("step_ended") if event.payload["enrollment_id"] in ended)
    return replace(story, events=[event for event in story.events if event is not one])


PLANTS: tuple[tuple[Callable[[Story], Iterator[str]], Plant], ...] = (
    (no_step_twice, step_again),
    (no_step_twice, mail_again),
    (no_step_twice, double_in_the_mailbox),
    (no_step_twice, lost_mail),
    (no_step_of_two_versions, step_of_another_version),
    (no_step_of_two_versions, words_of_another_version),
    (no_step_of_two_versions, enrolled_again),
    (caps_hold, one_more_today),
    (nothing_after_exit_or_suppression, after_the_exit),
    (nothing_after_exit_or_suppression, after_the_unsubscribing),
    (nothing_after_exit_or_suppression, taken_after_the_exit),
    (renewals_in_time, nobody_told),
    (renewals_in_time, told_too_late),
    (one_outcome_each, two_outcomes),
    (one_outcome_each, another_outcome),
    (one_outcome_each, no_outcome),
)


def test_a_real_log_breaks_nothing(story: Story) -> None:
    """What is planted below is found because it was planted."""
    assert broken(story) == []
    assert len(list(story.of("message_sent"))) > 50


@pytest.mark.parametrize(("invariant", "plant"), PLANTS, ids=[plant.__name__ for _, plant in PLANTS])
def test_what_breaks_an_invariant_is_found(
    story: Story, invariant: Callable[[Story], Iterator[str]], plant: Plant
) -> None:
    """Each planted violation is told by its own invariant."""
    assert list(invariant(plant(story)))
