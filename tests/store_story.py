"""Random histories: commands that become events which can happen in that order."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from models.event import KINDS, Event

NOW = datetime(2024, 12, 31, 6, tzinfo=UTC)
MOVES = sorted(kind for kind in KINDS if kind.startswith("message_") and kind != "message_queued")
Command = tuple[str, int, int]


def happening(key: str, kind: str, /, **payload: Any) -> Event:
    """An event of the one night all these tests live in."""
    return Event(key, kind, f"subject:{key}", NOW, "A-1", payload)


def enrolled(name: str) -> Event:
    """Somebody is enrolled."""
    return happening(
        f"enrolled:{name}", "enrolled", enrollment_id=name, play="renewal", members=["S-1"], on="2024-12-31"
    )


class Story:
    """Turns random commands into events that can happen in that order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.revision: dict[int, int] = {}

    def tell(self, command: Command) -> None:
        """Add the events of one command about the nth thing."""
        what, nth, pick = command
        getattr(self, what)(nth, pick)

    def _add(self, kind: str, key: object = None, /, **payload: Any) -> None:
        self.events.append(happening(f"{kind}:{key if key is not None else len(self.events)}", kind, **payload))

    def night(self, nth: int, pick: int) -> None:
        """Runs start, are sealed, plan, end."""
        name = f"nightly:2024-12-0{nth + 1}"
        seal = {"landing_seq": nth, "versions": {"duckdb": "1"}}
        self._add("run_started", run_key=name, as_of=f"2024-12-0{nth + 1}")
        if pick % 2:
            self._add("sealed", name, run_key=name, seal=seal)
            self._add("planned", run_key=name, plan_hash=str(pick), verdicts={"due": pick}, messages=pick)
        if pick % 3:
            self._add("run_ended", run_key=name, state="done", exit_code=0, reason="")
        if pick % 5 == 0:
            self._add("approved", run_key=name, plan_hash=str(pick), hold=["renewal"], drop=[])

    def play(self, nth: int, pick: int) -> None:
        """Enrollments, steps, tasks; ends may come before beginnings."""
        name, one = f"e{nth}", f"s{pick % 2}"
        choices = (
            enrolled(name),
            happening(
                f"t{len(self.events)}", "step_taken", enrollment_id=name, step=one, kind="email", on="2024-12-31"
            ),
            happening(
                f"d{len(self.events)}", "step_ended", enrollment_id=name, step=one, outcome="sent", on="2024-12-31"
            ),
            happening(f"end:{name}", "enrollment_ended", enrollment_id=name, outcome="success", on="2025-01-01"),
            happening(
                f"task:{name}", "task_opened", task_id=name, enrollment_id=name, title="Call", due_on="2025-01-02"
            ),
            happening(f"done:{name}", "task_done", task_id=name, by="C-1"),
            happening(
                f"c{len(self.events)}", "task_changed", task_id=name, state=("pending", "open")[pick % 2], by="C-1"
            ),
            happening(
                f"r{len(self.events)}", "play_requested", request_id=name, play="p", subject="S-1", on="2024-12-31"
            ),
            happening(
                f"o{len(self.events)}",
                "overridden",
                account="A-1",
                name="health",
                value=("red", None)[pick % 2],
                author="C-1",
                on="2024-12-31",
            ),
            happening(f"pin:{nth}", "play_pinned", hash=f"h{nth}", play="renewal", text="play: renewal"),
        )
        self.events.append(choices[pick % len(choices)])

    def switch(self, nth: int, pick: int) -> None:
        """Kill switches and suppressions."""
        self._add(("stopped", "resumed")[pick % 2], name=f"play-{nth}")
        self._add("suppressed", nth, address_key=f"k{nth}", reason=str(pick))

    def land(self, nth: int, pick: int) -> None:
        """Landings; a closing may name any number."""
        self._add("landing_opened", run_key="nightly:2024-12-01", source=f"s{nth}", entity="usage", as_of="2024-12-01")
        self._add("landing_closed", seq=pick, status="ok", pulled=2, good=2, total=9, written=True)

    def queue(self, nth: int, pick: int) -> None:
        """A message, or its next revision once the former is superseded."""
        if self.revision.get(nth):
            self._add("message_superseded", message_id=f"m{nth}.{self.revision[nth]}", reason="changed")
        self.revision[nth] = revision = self.revision.get(nth, 0) + 1
        name = f"m{nth}.{revision}"
        self._add("message_queued", message_id=name, send_key=f"k{nth}", revision=revision, touch=pick % 2 == 0,
                  expires="2025-01-01T18:00:00+00:00", as_of="2024-12-31")  # fmt: skip

    def move(self, nth: int, pick: int) -> None:
        """A message's newest revision goes anywhere, but not out of the superseded."""
        if self.revision.get(nth):
            kinds = [kind for kind in MOVES if kind != "message_superseded"]
            self._add(kinds[pick % len(kinds)], message_id=f"m{nth}.{self.revision[nth]}", reply="250", reason="r",
                      not_before="2025-01-01T06:00:00+00:00")  # fmt: skip


COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["night", "play", "play", "switch", "land", "queue", "move", "move"]),
        st.integers(0, 2),
        st.integers(0, 29),
    ),
    max_size=30,
)
