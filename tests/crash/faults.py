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


SENDING, SMTP, DESK = "tasks/mail/sending.py", "tasks/mail/smtp.py", "tasks/mail/desk.py"
RESOLVE, LOOK, ANSWERS = "tasks/mail/resolve.py", "tasks/mail/look.py", "tasks/mail/answers.py"
_ASKED = "written, found = self.transport.written_at(), self.transport.found(headers.values())"
_BEGUN = '{"attempt": 1, "via": "loopback"}'

FAULTS = (
    Fault(
        "sends, then marks", dies_at("after_250"), "doubled",
        (
            Change(
                DESK, "moved = {one.message_id: one for one in move_all(conn, moves, CLAIMED | UNCERTAIN)}",
                "moved = {one.message.message_id: one.message for one in moves}",
            ),
            Change(
                ANSWERS, "    moves = [_move(one, retry_at) for one in given]\n",
                "    from dataclasses import replace\n    from tasks.store.moves import move_all\n"
                '    told = {"attempt": 1, "by": by, "via": "loopback"}\n'
                '    late = [Move(one.message, "message_transmitting", one.at, told) for one in given]\n'
                '    begun = {one.message_id: one for one in move_all(conn, late, {"claimed"})}\n'
                "    given = [replace(one, message=begun.get(one.message.message_id, one.message)) for one in given]\n"
                "    moves = [_move(one, retry_at) for one in given]\n",
            ),
        ),
    ),
    Fault(
        "marks, then sends", dies_at("transmitting"), "lost",
        (
            Change(
                DESK, "        begun = [replace(ids[id_], message=message)",
                '        kind, said = "message_sent", {"reply": "250"}\n'
                "        told = [Move(one, kind, self.when(one), said) for one in moved.values()]\n"
                '        self._settle(conn, told, {"transmitting"})\n'
                "        begun = [replace(ids[id_], message=message)",
            ),
        ),
    ),
    Fault(
        "says that it transmits once it has transmitted", dies_at("mid_data"), "doubled",
        (
            Change(
                SMTP, "content = _stuffed(await before_data())",
                "self._late = before_data\n                content = _stuffed(await before_data(True))",
            ),
            Change(
                SMTP, '        failpoint("mid_data")\n', '        failpoint("mid_data")\n        await self._late()\n'
            ),
            Change(
                SENDING, "        async def before() -> bytes:\n            nonlocal on_the_way\n",
                "        async def before(early=False) -> bytes:\n            nonlocal on_the_way\n"
                "            if early:\n                return ready.content\n",
            ),
        ),
    ),
    Fault(
        "takes a stuck claim for sent", dies_at("claimed"), "lost",
        (
            Change(
                RESOLVE, 'settle_all(conn, [_released(message, at) for message in left], {"claimed", "transmitting"})',
                "from tasks.store.moves import move_all\n"
                "        claims = [one for one in left if one.state == 'claimed']\n"
                f"        moves = [Move(one, 'message_transmitting', at, {_BEGUN}) for one in claims]\n"
                "        begun = move_all(conn, moves, {'claimed'})\n"
                '        sent = [Move(one, "message_sent", at, {"reply": "250"}) for one in begun]\n'
                '        settle_all(conn, sent, {"transmitting"})\n'
                '        rest = [_released(one, at) for one in left if one.state == "transmitting"]\n'
                '        settle_all(conn, rest, {"transmitting"})\n',
            ),
        ),
    ),
    Fault(
        "guesses that it has not arrived", dies_at("after_250"), "doubled",
        (Change(RESOLVE, _ASKED, "written, found = None, set()"),),
    ),
    Fault(
        "guesses that it has arrived", dies_at("transmitting"), "lost",
        (Change(RESOLVE, _ASKED, "written, found = None, set(headers.values())"),),
    ),
    Fault(
        "gives a retry a new Message-ID", dies_at("transmitting"), "was written to as",
        (
            Change(
                SENDING, "            return begun.content\n",
                "            again = ready.message.attempts\n"
                '            new = begun.content.replace(b"Message-ID: <", b"Message-ID: <again-")\n'
                "            return new if again else begun.content\n",
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
        (Change(DESK, "found = last_look(known, self.look, one, at) or self._against(", "found = self._against("),),
    ),
    Fault(
        "does not ask for suppression again", scenarios.obstacles, "is suppressed",
        (
            Change(
                LOOK, 'found = against(scopes.get(message.address_key or "", ()), message.klass or "service",',
                "found = None and (",
            ),
        ),
    ),
    Fault(
        "does not ask the kill switches", scenarios.obstacles, "is stopped",
        (Change(LOOK, 'return next((name for name in names if name in stopped), "") or ""', 'return ""'),),
    ),
    Fault(
        "sends what has expired", scenarios.obstacles, "has expired",
        (
            Change("tasks/mail/overdue.py", "        message.c.expires <= now,\n", "        False,\n"),
            Change(DESK, "if one.expires is not None and one.expires <= self.when(one)]", "if False]"),
        ),
    ),
    Fault(
        "sends again what was suppressed in doubt", scenarios.suppressed_in_doubt, "suppressed in doubt",
        (
            Change(
                DESK, "found = self._stopped(stopped, one.message) or barred(scopes, one.message)",
                'found = one.message.state != "uncertain" and barred(scopes, one.message)',
            ),
        ),
    ),
    Fault(
        "claims without a look at the state", scenarios.canceled_meanwhile, "sent though it was canceled",
        (
            Change(
                "tasks/store/moves.py", "where(fence, message.c.state.in_(before), *more)",
                "where(message.c.message_id.in_([one.message.message_id for one in moves]))",
            ),
        ),
    ),
    Fault(
        "holds no lock beside another sender", scenarios.two_senders, "doubled",
        (
            Change(
                "tasks/mail/sender_lock.py",
                "    with _file_lock(path, patience):\n        yield Crew", "    if True:\n        yield Crew",
            ),
        ),
    ),
    Fault(
        "tries again what was refused for good", scenarios.refused, "tried again",
        (
            Change(
                "tasks/mail/replies.py", 'return Answer("refused", reply, broken, unknown=status.startswith("5.1."))',
                'return Answer("deferred", reply, broken)',
            ),
        ),
    ),
    Fault(
        "sends service mail again where nobody can be asked", dies_at("after_250", klass="service"), "doubled",
        (Change(RESOLVE, 'once_more = message.klass == "contractual" and', "once_more ="),), readable=False,
    ),
)  # fmt: skip
