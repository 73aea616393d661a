"""A database that was restored from a backup sends nothing before a person has looked."""

import shutil
from pathlib import Path

from tasks.deliver import deliver
from tasks.night import Night
from tasks.store.engine import begin
from tasks.store.switches import resume
from tests.mailroom import address, land_contacts, queue, states
from tests.smtp_desk import Told, serving, today, why_mail_is_stopped


def go_on(night: Night) -> None:
    """A person has looked."""
    with begin(night.engine) as conn:
        assert resume(conn, "mail", night.clock.now)


def restored(night: Night, backup: Path) -> Night:
    """The database as it was in the backup."""
    night.engine.dispose()
    path = night.settings.var / "perennial.db"
    shutil.copy(backup, path)
    return today(night.settings.var, night.settings.smtp_port)


def test_a_restored_database_holds_all_mail(tmp_path: Path) -> None:
    """It does not know what was sent since; it says so, also the second time, and goes on when it is told to."""
    handler = Told()
    backup = tmp_path / "backup.db"
    with serving(handler) as port:
        night = today(tmp_path / "var", port)
        land_contacts(night, 3)
        for number in range(2):
            queue(night, number)
        shutil.copy(night.settings.var / "perennial.db", backup)
        assert deliver(night) == {"sent": 2}
        for _ in range(2):
            night = restored(night, backup)
            queue(night, 2)  # the night goes on as if nothing had happened
            assert deliver(night) == {}
            assert states(night) == {"queued": 3}
            assert "2 transmissions" in why_mail_is_stopped(night)
        go_on(night)
        assert deliver(night) == {"sent": 3}
    assert sorted(handler.recipients) == sorted([*map(address, range(3)), *map(address, range(2))])
    night.engine.dispose()


def test_a_database_that_goes_on_is_not_stopped(tmp_path: Path) -> None:
    """Run after run, also after one that a server refused."""
    handler = Told(lambda verb, about: "451 later" if (verb, about) == ("RCPT", address(1)) else None)
    with serving(handler) as port:
        night = today(tmp_path, port)
        land_contacts(night, 4)
        for number in range(4):
            queue(night, number)
            deliver(night)
    assert states(night) == {"sent": 3, "deferred": 1}
    assert why_mail_is_stopped(night) == ""


def test_what_stays_on_this_machine_needs_no_fence(tmp_path: Path) -> None:
    """The loopback mailbox takes each Message-ID once, whatever the database remembers."""
    night = today(tmp_path, 1, smtp_host="")
    land_contacts(night, 1)
    queue(night, 0)
    assert deliver(night) == {"sent": 1}
    assert not (tmp_path / "epoch").exists()
