"""What tonight would do, as one object: the keys of `nightly --json`, and plays, people, customers beside them."""

from dataclasses import asdict
from typing import Any

from tasks.planning.customers import customers, plays
from tasks.planning.desks import desks
from tasks.planning.run import Planned
from tasks.report.health import moves
from tasks.report.reading import Reading, reading
from tasks.store import runs
from tasks.store.engine import read
from tasks.summary import summary


def answer(planned: Planned, *, mails: bool = False) -> dict[str, Any]:
    """JSON-ready; with the words of the messages, which are personal, only where they are wanted."""
    with reading(planned.night) as book:
        found = customers(planned, book, mails=mails)
        return {
            **summary(planned.night, planned.ended), **_inputs(planned),
            "approval": [reason for reason in planned.ended.reason.split("; ") if reason],
            "plays": {name: asdict(play) for name, play in plays(planned.whole, planned.records).items()},
            "csms": [{**asdict(desk), "over": desk.over} for desk in desks(planned, book)],
            "customers": [{**asdict(one), "acted": one.acted} for one in found],
            "bands": _bands(book), "compared": _compared(planned), "errors": planned.whole.errors,
        }  # fmt: skip


def _inputs(planned: Planned) -> dict[str, Any]:
    """What it was decided from; a nightly of the same hash does exactly this."""
    seal = planned.seal
    parts = {"config": seal.config_hash, "landing_seq": seal.landing_seq, "event_seq": seal.event_seq, **seal.hashes}
    return {"inputs": seal.inputs, "inputs_of": parts, "plan_hash": planned.whole.hash, "sealed": planned.sealed}


def _bands(book: Reading) -> list[dict[str, Any]]:
    """Accounts whose band is another than the night before, the worse first."""
    return [
        {"account": one.account_id, "name": one.name, "before": one.before, "after": one.after, "cause": one.cause}
        for one in moves(book)
    ]


def _compared(planned: Planned) -> dict[str, Any] | None:
    """The newest earlier night that has decided: its steps by verdict and its messages, to hold this one against."""
    with read(planned.night.engine) as conn:
        earlier = [run for run in runs.recent(conn, 60) if run.as_of < planned.night.as_of and run.plan_hash]
    if not earlier:
        return None
    last = earlier[0]
    was, now = last.verdicts or {}, planned.whole.counts
    change = {name: now.get(name, 0) - was.get(name, 0) for name in sorted({*was, *now})}
    mails = planned.whole.mails - (last.messages or 0)
    return {
        "as_of": last.as_of.isoformat(),
        "steps": was,
        "mails": last.messages,
        "change": change,
        "more_mails": mails,
    }
