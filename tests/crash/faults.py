"""The sending code with one fault each, planted into a copy of its text: a crash test that misses one is blind."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.crash import scenarios
from tests.crash.processes import ROOT
from tests.crash.scenarios import Scenario, dies_at

TOPS = ("cli", "config", "flows", "migrations", "models", "tasks", "templates", "tests")


@dataclass(frozen=True)
class Change:
    """A passage that stands once in a file, and what takes its place."""

    path: str
    old: str
    new: str

    def to(self, tree: Path) -> None:
        """Change the file in that tree."""
        file = tree / self.path
        text = file.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.path}: the fault's passage stands there {text.count(self.old)} times"
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        words: what the code does wrong.
        scenario: the story in which it shows.
        shows: a part of what the story says.
        readable: whether senders may read the mail server's ledger.
    """

    words: str
    scenario: Scenario
    shows: str
    changes: tuple[Change, ...]
    readable: bool = True


def planted(fault: Fault, tree: Path) -> Path:
    """A tree of our code with the fault in it: what it touches is copied, the rest is linked."""
    touched = {change.path.split("/")[0] for change in fault.changes}
    tree.mkdir()
    for top in TOPS:
        if top in touched:
            shutil.copytree(ROOT / top, tree / top)
        else:
            (tree / top).symlink_to(ROOT / top)
    (tree / "alembic.ini").symlink_to(ROOT / "alembic.ini")
    for change in fault.changes:
        change.to(tree)
    return tree


SENDING, SMTP, RESOLVE = "tasks/mail/sending.py", "tasks/mail/smtp.py", "tasks/mail/resolve.py"
LOOK, LEDGER = "tasks/mail/look.py", "tasks/store/messages.py"
_ASKED = "arrived = ledger.arrived(message_id_header(message.message_id, mail_from)) if ledger else None"
_MOVED = 'if not move(conn, id_, expected=expected, kind="message_transmitting", effective_at=at, payload=payload):'

FAULTS = (
    Fault(
        "sends, then marks", dies_at("after_250"), "doubled",
        (
            Change(SENDING, _MOVED, "if False:"),
            Change(
                SENDING, '            moved = settle(conn, message, {"claimed", "transmitting"}',
                '            move(conn, message.message_id, expected={"claimed"}, kind="message_transmitting",'
                ' effective_at=at, payload={"attempt": 1, "via": self.post.via})\n'
                '            moved = settle(conn, message, {"claimed", "transmitting"}',
            ),
        ),
    ),
    Fault(
        "marks, then sends", dies_at("transmitting"), "lost",
        (
            Change(
                SENDING, '                raise _TakenAway("another sender has it")\n',
                '                raise _TakenAway("another sender has it")\n'
                '            settle(conn, ready.message, {"transmitting"}, "message_sent", at, reply="250")\n',
            ),
        ),
    ),
    Fault(
        "says that it transmits once it has transmitted", dies_at("mid_data"), "doubled",
        (
            Change(SMTP, "return await self._data(_stuffed(before_data()))", "return await self._data(before_data)"),
            Change(SMTP, "async def _data(self, content: bytes)", "async def _data(self, before: Callable[[], bytes])"),
            Change(SMTP, "        protocol.write(content)\n", "        protocol.write(_stuffed(before(early=True)))\n"),
            Change(
                SMTP, '        failpoint("mid_data")\n',
                '        failpoint("mid_data")\n        before()\n',
            ),
            Change(
                SENDING, "lambda: self._transmitting(ready, at)",
                "lambda early=False: ready.content if early else self._transmitting(ready, at)",
            ),
        ),
    ),
    Fault(
        "takes a stuck claim for sent", dies_at("claimed"), "lost",
        (
            Change(
                RESOLVE,
                'settle(conn, message, {"claimed"}, "message_requeued", at, reason=reason, not_before=not_before)',
                'settle(conn, message, {"claimed"}, "message_transmitting", at, attempt=1, via="loopback");'
                ' settle(conn, message, {"transmitting"}, "message_sent", at, reply="250")',
            ),
        ),
    ),
    Fault(
        "guesses that it has not arrived", dies_at("after_250"), "doubled",
        (Change(RESOLVE, _ASKED, "arrived = False"),),
    ),
    Fault(
        "guesses that it has arrived", dies_at("transmitting"), "lost",
        (Change(RESOLVE, _ASKED, "arrived = True"),),
    ),
    Fault(
        "gives a retry a new Message-ID", dies_at("transmitting"), "was written to as",
        (
            Change(
                SENDING, "        return content\n",
                "        again = ready.message.attempts\n"
                '        return content.replace(b"Message-ID: <", b"Message-ID: <again-") if again else content\n',
            ),
        ),
    ),
    Fault(
        "makes the send key of the run", scenarios.planned_again, "doubled",
        (
            Change(
                "models/ids.py", 'return made_of("send", subject,',
                'return made_of("send", __import__("os").getpid(), subject,',
            ),
        ),
    ),
    Fault(
        "lets two live rows have one send key", scenarios.planned_beside, "doubled",
        (
            Change(
                "migrations/versions/0001_event_log.py", '["send_key"], unique=True', '["send_key"], unique=False'
            ),
        ),
    ),
    Fault(
        "takes no last look", scenarios.obstacles, "is gone",
        (
            Change(
                SENDING, "found = last_look(conn, self.look, message, at) or self._against(letter)",
                "found = self._against(letter)",
            ),
        ),
    ),
    Fault(
        "does not ask for suppression again", scenarios.obstacles, "is suppressed",
        (Change(LOOK, "if message.address_key and is_suppressed(conn, message.address_key):", "if False:"),),
    ),
    Fault(
        "does not ask the kill switches", scenarios.obstacles, "is stopped",
        (Change(LOOK, 'if is_stopped(conn, EVERYTHING, message.play or "", message.template or ""):', "if False:"),),
    ),
    Fault(
        "sends what has expired", scenarios.obstacles, "has expired",
        (
            Change(RESOLVE, "if message.expires is not None and message.expires <= now:", "if False:"),
            Change(SENDING, "expired = message.expires is not None and message.expires <= at", "expired = False"),
        ),
    ),
    Fault(
        "sends again what was suppressed in doubt", scenarios.suppressed_in_doubt, "suppressed in doubt",
        (Change(SENDING, 'is_suppressed(conn, message.address_key or "")', "False"),),
    ),
    Fault(
        "claims without a look at the state", scenarios.canceled_meanwhile, "sent though it was canceled",
        (
            Change(
                LEDGER, "message.c.message_id == message_id, message.c.state.in_(before), *more",
                "message.c.message_id == message_id",
            ),
        ),
    ),
    Fault(
        "holds no lock beside another sender", scenarios.two_senders, "doubled",
        (Change("tasks/mail/sender_lock.py", "    with held:\n        yield\n", "    yield\n"),),
    ),
    Fault(
        "tries again what was refused for good", scenarios.refused, "tried again",
        (Change(SMTP, '"refused" if error.code // 100 == 5 else "deferred"', '"deferred"'),),
    ),
    Fault(
        "sends service mail again where nobody can be asked", dies_at("after_250", klass="service"), "doubled",
        (Change(RESOLVE, 'return message.klass == "contractual" and', "return"),), readable=False,
    ),
)  # fmt: skip
