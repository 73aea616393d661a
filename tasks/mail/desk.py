"""The sender's desk: what it writes into the ledger, a batch a transaction; every message is moved for itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from models.clock import Clock
from models.errors import RenderError
from models.ledger import Message, PersonMessage
from models.message import WAITING
from tasks.mail.answers import Given, note_answers
from tasks.mail.epoch import Epoch
from tasks.mail.known import known_of, off_switches, scopes_of_all
from tasks.mail.ledger import settle_all
from tasks.mail.look import Finding, Look, barred, last_look, later, stopped_by
from tasks.mail.post import Post, Ready
from tasks.store.engine import begin, read
from tasks.store.messages import domains, keep_all_bytes, persons
from tasks.store.moves import Move, move_all
from tasks.store.switches import MAIL, is_stopped, stop

FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=5), timedelta(hours=4)
CLAIMED, UNCERTAIN = {"claimed"}, {"uncertain"}
_MAYBE = "it may have arrived; it was not sent again because it was stopped, suppressed or erased"


@dataclass(frozen=True)
class Started:
    """A message whose recipient the server has accepted: it is to be made known that it may be out from now on."""

    ready: Ready


Act = Started | Given


@dataclass
class Desk:
    """Claims, starts and answers of one sender; called by one thread at a time.

    Attributes:
        by: the sender's id, which every message it claims bears.
        mail: whether it leaves by SMTP; else by the outbox.
        epoch: where it is kept, outside of the database, what has been transmitted; None where nothing leaves.
        look: at the contacts of the messages that are being sent.
        counts: what became of the messages of this run, by state.
    """

    engine: Engine
    post: Post
    clock: Clock
    by: str
    mail: bool = True
    epoch: Epoch | None = None
    counts: Counter[str] = field(default_factory=Counter)
    look: Look = field(init=False)

    def when(self, message: Message) -> datetime:
        """When a message goes by the run's clock: on a played day in its hours."""
        return max(self.clock.now, message.not_before or self.clock.now)

    def claim(self, messages: Sequence[Message]) -> list[Ready]:
        """Claim those that are due, with the last look at each in the same transaction.

        What stands against one is noted instead. Uncertain ones, to be repeated, are not claimed but started.
        """
        going = {one.message_id: one for one in messages if one.state == "uncertain"}
        due = [one for one in messages if one.state != "uncertain"]
        with begin(self.engine) as conn:
            expired = [one for one in due if one.expires is not None and one.expires <= self.when(one)]
            self._settle(conn, [self._move(one, _expired(one)) for one in expired], WAITING)
            claims = [
                Move(one, "message_claimed", self.when(one), {"by": self.by}) for one in due if one not in expired
            ]
            claimed = move_all(conn, claims, WAITING)
            letters = persons(conn, [*going, *(one.message_id for one in claimed)])
            going |= {one.message_id: one for one in self._looked(conn, claimed, letters)}
            erased = [self._move(one, Finding("message_held", {"reason": _MAYBE}))
                      for one in going.values() if one.message_id not in letters]  # fmt: skip
            self._settle(conn, erased, UNCERTAIN)
        return self._written([(one, letters[id_]) for id_, one in going.items() if id_ in letters])

    def note(self, acts: Sequence[Act]) -> list[Ready | None]:
        """Record starts and answers in one transaction.

        Returns:
            For each start what goes out; None when it must not any more, because somebody else has the message now,
            or it was stopped or suppressed since its claim. For each answer None.
        """
        starts = [one.ready for one in acts if isinstance(one, Started)]
        with begin(self.engine) as conn:
            started = self._start(conn, starts) if starts else {}
            given = [one for one in acts if isinstance(one, Given)]
            self.counts += note_answers(conn, given, self.by, lambda one: self._retry_at(one).isoformat())
            self._halt(conn, [one for one in given if one.answer.halts])
        if started and self.epoch:
            self.epoch.keep(_key(next(reversed(started.values())).message, starts), len(started))
        return [started.get(one.ready.message.message_id) if isinstance(one, Started) else None for one in acts]

    def give_back(self, left: Sequence[Ready], reason: str) -> None:
        """What was claimed and has not been begun is queued again, as it was."""
        moves = [
            Move(one.message, "message_requeued", self.when(one.message), _again(one.message, reason))
            for one in left
            if one.message.state == "claimed"
        ]
        with begin(self.engine) as conn:
            settle_all(conn, moves, CLAIMED)

    def stop(self, reason: str) -> None:
        """Stop all that leaves by SMTP until a person resumes it."""
        with begin(self.engine) as conn:
            stop(conn, MAIL, self.clock.now, reason)

    def domains(self, messages: Sequence[Message]) -> dict[str, str]:
        """Message id → its recipient's domain."""
        with read(self.engine) as conn:
            return domains(conn, [one.message_id for one in messages])

    def is_stopped(self) -> bool:
        """Whether nothing of this way may go at all."""
        with read(self.engine) as conn:
            return self.mail and is_stopped(conn, MAIL)

    def _looked(
        self, conn: Connection, claimed: Sequence[Message], letters: Mapping[str, PersonMessage]
    ) -> list[Message]:
        """Those of the claimed that nothing stands against."""
        if not claimed:
            return []
        known, going, findings = known_of(conn, claimed, min(map(self.when, claimed))), [], []
        for one in claimed:
            at = self.when(one)
            found = last_look(known, self.look, one, at) or self._against(letters.get(one.message_id))
            if found:
                findings.append(self._move(one, found))
            else:
                known.accept(one, at)
                going.append(one)
        self._settle(conn, findings, CLAIMED)
        return going

    def _against(self, letter: PersonMessage | None) -> Finding | None:
        """What stands against the recipient himself."""
        if letter is None:
            return Finding("message_canceled", {"reason": "its words have been erased"})
        refusal = self.post.refusal(letter.recipient)
        return Finding("message_held", {"reason": refusal}) if refusal else None

    def _written(self, going: Sequence[tuple[Message, PersonMessage]]) -> list[Ready]:
        """The bytes, made outside of any write transaction; what cannot be made is refused."""
        ready, refused = [], []
        with read(self.engine) as conn:
            for message, letter in going:
                try:
                    ready.append(self.post.ready(conn, message, letter, self.when(message)))
                except RenderError as error:
                    refused.append(self._move(message, Finding("message_refused", {"reason": str(error)})))
        if refused:
            with begin(self.engine) as conn:
                self._settle(conn, refused, CLAIMED)
        return ready

    def _start(self, conn: Connection, starts: Sequence[Ready]) -> dict[str, Ready]:
        """Say durably which messages may be out from now on; wishes and switches of this very moment are heeded."""
        stopped = off_switches(conn)
        scopes = scopes_of_all(conn, (one.message.address_key or "" for one in starts))
        going, findings = [], []
        for one in starts:
            found = self._stopped(stopped, one.message) or barred(scopes, one.message)
            if found:
                maybe = one.message.state == "uncertain"
                findings.append(
                    self._move(one.message, Finding("message_held", {"reason": _MAYBE}) if maybe else found)
                )
            else:
                going.append(one)
        self._settle(conn, findings, CLAIMED | UNCERTAIN)
        moves = [Move(one.message, "message_transmitting", self.when(one.message), self._told(one)) for one in going]
        moved = {one.message_id: one for one in move_all(conn, moves, CLAIMED | UNCERTAIN)}
        ids = {one.message.message_id: one for one in going}
        begun = [replace(ids[id_], message=message) for id_, message in moved.items()]
        keep_all_bytes(conn, {one.message.message_id: one.content for one in begun})
        return {one.message.message_id: one for one in begun}

    def _stopped(self, stopped: frozenset[str], message: Message) -> Finding | None:
        name = stopped_by(stopped, message)
        return Finding("message_requeued", _again(message, f"stopped by the kill switch '{name}'")) if name else None

    def _told(self, ready: Ready) -> dict[str, object]:
        """What the log is told of a transmission."""
        told: dict[str, object] = {"attempt": ready.message.attempts + 1, "via": self.post.via, "by": self.by}
        return told | ({"reason": self.post.repeated} if ready.message.state == "uncertain" else {})

    def _halt(self, conn: Connection, given: Sequence[Given]) -> None:
        """The server refuses us, not a recipient: a person has to look first."""
        for one in given:
            stop(conn, MAIL, one.at, one.answer.halts)

    def _retry_at(self, message: Message) -> datetime:
        """After 5 minutes, then twice as long each time, up to 4 hours; never outside the contact's hours."""
        delay = min(FIRST_DELAY * 2 ** min(message.attempts, 6), LONGEST_DELAY)
        return later(self.look, message, self.when(message) + delay)

    def _move(self, message: Message, found: Finding) -> Move:
        return Move(message, found.kind, self.when(message), found.payload)

    def _settle(self, conn: Connection, moves: Sequence[Move], expected: set[str] | frozenset[str]) -> None:
        self.counts += Counter(one.state for one in settle_all(conn, moves, expected))


def _expired(message: Message) -> Finding:
    return Finding("message_expired", {"reason": message.reason or "its time passed before it could be sent"})


def _key(begun: Message, starts: Sequence[Ready]) -> str:
    """The key of the event that says so: it bears the number of the message's event before."""
    before = next(one.message.changed_seq for one in starts if one.message.message_id == begun.message_id)
    return f"message_transmitting:{begun.message_id}:{before}"


def _again(message: Message, reason: str) -> dict[str, object]:
    """Queued again for the time it was queued for."""
    return {"reason": reason, "not_before": message.not_before.isoformat() if message.not_before else None}
