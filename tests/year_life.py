"""What people do between two nights: customers answer, book, object and go; the team does its tasks and edits plays."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml
from sqlalchemy import select

from config.files import Files
from models.tables import message
from models.task_state import TaskState
from tasks.finish import by_hand
from tasks.mail.mime import message_id_header
from tasks.moment import moment
from tasks.opening import Place
from tasks.store.csm_tasks import Change, CsmTask, open_tasks
from tasks.store.engine import begin, read
from tasks.store.suppressions import suppress
from tasks.store.switches import resume, stop, stopped

Row = dict[str, Any]
Rows = dict[str, list[Row]]
DAY = timedelta(days=1)
TO_CUSTOMERS = ("email", "inapp")
SURVEYS = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
ENDED = ("done", "resolved", "closed")
WORK: tuple[tuple[float, TaskState], ...] = ((0.2, "done"), (0.22, "pending"), (0.23, "closed"))
"""What becomes of a task on a day, by chance; up to CRM the CRM says what."""
CRM = 0.26


@dataclass
class People:
    """Everybody, with one seed: equal seeds do equal things to equal nights.

    Attributes:
        gone: accounts that were merged into another or deleted.
    """

    rng: Random
    wall: datetime
    gone: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)

    def after(self, place: Place, day: date) -> Rows:
        """What happens on the day after its night; the rows that the next night is to be given."""
        with read(place.engine) as conn:
            sent = [row._asdict() for row in conn.execute(_sent_on(day))]
            tasks = open_tasks(conn)
        rows: Rows = {"engagement": [], "feedback": [], "task_states": []}
        for mail in sent:
            self._answer(place, mail, day, rows)
        for task in tasks:
            self._work(place, task, day, rows)
        self._switch(place, sorted({mail["play"] for mail in sent}))
        return {name: found for name, found in rows.items() if found}

    def gather_accounts(self, accounts: list[str], day: date) -> Rows:
        """Now and then an account becomes part of another, or asks to be forgotten."""
        left = [one for one in accounts if one not in self.gone]
        if self.rng.random() < 1 / 25:
            one, into = self.rng.sample(left, 2)
            self.gone.add(one)
            return {"merges": [{"account_id": one, "into_id": into, "merged_on": day - DAY}]}
        if self.rng.random() < 1 / 40:
            one = self.rng.choice(left)
            self.gone.add(one)
            return {"tombstones": [{"account_id": one, "deleted_on": day - DAY}]}
        return {}

    def _answer(self, place: Place, mail: Row, day: date, rows: Rows) -> None:
        """A mail is answered, leads to a booking or a survey's answer, or is one too many."""
        chance = self.rng.random()
        at = datetime.combine(day, time(12)) + timedelta(minutes=self.rng.randrange(600))
        told = {"account_id": mail["account"], "contact_id": mail["contact"]}
        if chance < 0.2:
            kind = "reply" if chance < 0.12 else "booking"
            meets = day + self.rng.randrange(2, 9) * DAY if kind == "booking" else None
            header = message_id_header(mail["message_id"], place.settings.mail_from)
            answer = {"engagement_id": self._id("E"), "happened_at": at, "kind": kind, "message_id": header}
            rows["engagement"].append({**told, **answer, "meets_on": meets})
        elif chance < 0.215:
            with begin(place.engine) as conn:
                suppress(conn, [mail["address_key"]], "unsubscribed", moment(conn, self.wall).now)
        elif chance < 0.6 and (asked := [one for one in SURVEYS if one in f"{mail['play']} {mail['template']}"]):
            low, high = SURVEYS[asked[0]]
            said = {"feedback_id": self._id("G"), "answered_at": at, "kind": asked[0], "scale": f"{low}-{high}"}
            rows["feedback"].append({**told, **said, "score": self.rng.randint(low, high)})

    def _work(self, place: Place, task: CsmTask, day: date, rows: Rows) -> None:
        """A task is done here or in the CRM, some day; one waits for somebody else, one is put away, a few stay."""
        chance = self.rng.random()
        state = next((state for limit, state in WORK if chance < limit), None)
        if state:
            with begin(place.engine) as conn:
                by_hand(conn, task, Change(state, task.csm or "somebody", self.wall), self.wall)
        elif chance < CRM:
            at = datetime.combine(day, time(15))
            told = {"task_id": task.task_id, "state": self.rng.choice(ENDED), "changed_at": at, "changed_by": "crm"}
            rows["task_states"].append(told)

    def _switch(self, place: Place, plays: list[str]) -> None:
        """An operator stops a play, and lets it go on some days later."""
        with begin(place.engine) as conn:
            at = moment(conn, self.wall).now
            for name in stopped(conn):
                if self.rng.random() < 0.4:
                    resume(conn, name, at)
            if plays and self.rng.random() < 1 / 40:
                stop(conn, self.rng.choice(plays), at)

    def _id(self, letter: str) -> str:
        """A number of its own."""
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        return f"{letter}-{self.numbers[letter]:05d}"


def _sent_on(day: date) -> Any:
    """What a night has sent to customers."""
    names = ("message_id", "account", "contact", "address_key", "play", "template")
    mine = (message.c.state == "sent", message.c.as_of == day, message.c.channel.in_(TO_CUSTOMERS))
    return select(*(message.c[name] for name in names)).where(*mine).order_by(message.c.message_id)


def edit(rng: Random, files: Files, layer: Path, number: int) -> Path:
    """CS operations change a play or a text: the file that was written, in the layer."""
    plays = sorted(files.under("config/plays", ".yaml"))
    texts = sorted(files.under("templates/emails", ".md"))
    if rng.random() < 0.3:
        path = rng.choice(texts)
        return _write(layer / path, f"{files[path].rstrip()}\n\nThis line is edit number {number}.\n")
    path = rng.choice(plays)
    play = yaml.safe_load(files[path])
    _change(rng, play, number)
    return _write(layer / path, yaml.safe_dump(play, sort_keys=False, allow_unicode=True))


def _change(rng: Random, play: Row, number: int) -> None:
    """A step more, a step less, or another day for one; now and then those under way follow the new version."""
    steps = play["steps"]
    named = {step.get(key) for step in steps for key in ("after", "thread")}
    free = [step for step in steps if step["id"] not in named and not step.get("deadline")]
    dated = [step for step in steps if "day" in step and "after" not in step and not step.get("deadline")]
    way = rng.choice(("more", "less", "move"))
    if way == "less" and free and len(steps) > 2:
        steps.remove(rng.choice(free))
    elif way == "move" and dated:
        rng.choice(dated)["day"] += rng.choice((-2, 2, 5))
    else:
        day = max((step["day"] for step in dated), default=0) + 1
        steps.append({"id": f"edit-{number}", "day": day, "task": f"Edit number {number}: look at it once more"})
    play["migrate"] = rng.choice(("finish_old", "finish_old", "restart", {"how": "map", "steps": {}}))


def _write(path: Path, text: str) -> Path:
    """The file, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
