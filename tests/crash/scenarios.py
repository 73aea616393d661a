"""Short stories of a sender's life; each gives what is wrong at its end, in words: nothing, if the code is right."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from models.message import WAITING
from tasks.store.engine import begin
from tasks.store.messages import move
from tasks.store.suppressions import suppress
from tasks.store.switches import stop
from tests.crash.site import Site
from tests.crash.verdict import arrivals, judge
from tests.mailroom import MIDNIGHT, address, key_of

Scenario = Callable[[Site], Iterator[str]]
MESSAGES = 8


def dies_at(point: str, **changes: Any) -> Scenario:
    """A sender dies at a point; the next one ends what it left."""

    def story(site: Site) -> Iterator[str]:
        site.queue(MESSAGES, **changes)
        site.run(f"{point}:3")
        yield from _settled(site)

    return story


def obstacles(site: Site) -> Iterator[str]:
    """Between planning and sending something came up for each of the first five; the others go."""
    site.queue(2, play="stopped")
    site.queue(1, klass="service", contact="C-gone")
    site.queue(1, expires=(MIDNIGHT - timedelta(hours=1)).isoformat())
    site.queue(MESSAGES)
    with begin(site.night.engine) as conn:
        stop(conn, "stopped", MIDNIGHT)
        suppress(conn, [key_of(site.night, 4)], "asked for it", MIDNIGHT)
    yield from _failed(site)
    times = _times(site)
    words = ("is stopped by a switch", "is stopped by a switch", "is gone", "has expired", "is suppressed")
    yield from (f"sent though it {word}" for one, word in enumerate(words) if times[address(one)])
    yield from ("kept back without a reason" for one in range(5, MESSAGES + 4) if times[address(one)] != 1)


def canceled_meanwhile(site: Site) -> Iterator[str]:
    """While a sender is at work a person cancels the last ones: what was canceled does not go."""
    site.queue(3 * MESSAGES)
    (site.sink.folder / "slow").write_text("0.3")
    site.start()
    _wait_for_mail(site)
    with begin(site.night.engine) as conn:
        canceled = [one for one in range(MESSAGES, 3 * MESSAGES) if _cancel(conn, one)]
    code = site.senders.code()
    if code:
        yield f"the sender failed: {code}"
    times = _times(site)
    yield from ("sent though it was canceled" for one in canceled if times[address(one)])


def suppressed_in_doubt(site: Site) -> Iterator[str]:
    """A sender dies, and all to whom it may have written ask for no more mail: none of them gets any."""
    site.queue(MESSAGES)
    site.run("transmitting:3")
    site.sink.quiet()
    before = _times(site)
    with begin(site.night.engine) as conn:
        suppress(conn, [key_of(site.night, one) for one in site.numbers], "asked for it", MIDNIGHT)
    yield from _failed(site)
    yield from ("sent though it was suppressed in doubt" for _ in (_times(site) - before))


def two_senders(site: Site) -> Iterator[str]:
    """A second sender begins while the first has mail in the air."""
    (site.sink.folder / "slow").write_text("2")
    site.queue(MESSAGES)
    order = {**site.order(), "news": str(site.sink.folder / "handed")}
    if site.senders.run(act="pair", **order):
        yield "one of two senders failed"
    yield from _settled(site)


def refused(site: Site) -> Iterator[str]:
    """The server refuses two people for good; the next senders do not try them again."""
    site.queue(MESSAGES)
    (site.sink.folder / "refused").write_text(f"{address(2)} {address(5)}")
    for _ in range(3):
        yield from _failed(site)
    tried = Counter((site.sink.folder / "refusals").read_text().split())
    yield from ("tried again though refused for good" for times in tried.values() if times != 1)


def planned_again(site: Site) -> Iterator[str]:
    """The night that plans is run twice."""
    for _ in range(2):
        if site.senders.run(act="plan", count=MESSAGES, **site.here):
            yield "planning again failed"
    yield from _failed(site)
    yield from _twice(site)


def planned_beside(site: Site) -> Iterator[str]:
    """Another revision is planned while the first still lives: the database refuses it."""
    site.senders.run(act="plan", count=MESSAGES, **site.here)
    site.senders.run(act="plan", count=MESSAGES, revision=2, **site.here)
    yield from _failed(site)
    yield from _twice(site)


def _settled(site: Site) -> Iterator[str]:
    """An undisturbed sender, and the verdict."""
    yield from _failed(site)
    verdict = judge(site)
    yield from ["lost"] * verdict.lost + ["doubled"] * verdict.doubled + ["unseen"] * verdict.unseen
    yield from verdict.wrong


def _failed(site: Site) -> Iterator[str]:
    """An undisturbed sender; says so if it failed."""
    code = site.run()
    if code:
        yield f"the sender failed: {code}"


def _twice(site: Site) -> Iterator[str]:
    """Whoever was written to more or less than once."""
    times = _times(site)
    yield from ("doubled" for one in range(MESSAGES) if times[address(one)] > 1)
    yield from ("lost" for one in range(MESSAGES) if times[address(one)] < 1)


def _times(site: Site) -> Counter[str]:
    """Recipient → how often mail came."""
    return Counter(one.recipient for one in arrivals(site.sink))


def _wait_for_mail(site: Site) -> None:
    """Until the first mail has come."""
    while not arrivals(site.sink) and not site.senders.ended(0.005):
        time.sleep(0.005)


def _cancel(conn: Connection, number: int) -> bool:
    """Whether it could still be canceled."""
    said = {"reason": "a person canceled it"}
    kind, id_ = "message_canceled", f"M-{number}"
    return move(conn, id_, expected=WAITING, kind=kind, effective_at=MIDNIGHT, payload=said)
