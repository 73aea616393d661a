"""What goes wrong on a night: each trouble is said in words and with its exit code, and loses nothing."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cli.server import free_port
from models.clock import Clock
from models.errors import ConfigError, StoreBusy
from models.event import Event
from models.tables import enrollment, landing, message, task
from tasks.deliver import deliver
from tasks.lake.lake import Lake
from tasks.mail.ledger import settle
from tasks.nightly import Request, nightly
from tasks.opening import Place
from tasks.store import landings
from tasks.store.engine import begin, open_store, read
from tasks.store.events import append
from tasks.store.messages import in_states
from tasks.unsent import hand_over
from tests.cli_call import call, told
from tests.night_house import MONDAY, House, at, promises, write_layer
from tests.prefect_server import listening

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("config/plays/renewal.yaml", "anchor: opt_out_deadline", "ancor: opt_out_deadline",
         "config/plays/renewal.yaml:17: ancor: this key is not known; did you mean 'anchor'?"),
        ("config/plays/renewal.yaml", "not contract_trial", "not contract_trail",
         "did you mean 'contract_trial'?"),
        ("config/plays/onboarding-30-days.yaml", "onboarding/day-01-intro", "onboarding/day-01-into",
         "did you mean 'onboarding/day-01-intro'?"),
        ("config/perennial.yaml", "mails: 200", "mials: 200", "did you mean 'mails'?"),
    ],
)  # fmt: skip
def test_a_bad_configuration_stops_the_night_before_it_begins(
    fresh: House, tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    """File, line, key and the nearest name; exit 2, and no trace of a night."""
    layer = tmp_path / "layer"
    shutil.copytree(fresh.layer, layer)
    text = (Path(__file__).parents[3] / file).read_text(encoding="utf-8")
    assert old in text
    (layer / file).parent.mkdir(parents=True, exist_ok=True)
    (layer / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    house = replace(fresh, layer=layer)
    with pytest.raises(ConfigError) as caught:
        house.night()
    assert caught.value.exit_code == 2
    assert words in str(caught.value)
    assert (caught.value.file, bool(caught.value.line)) == (f"{layer}/{file}", True)
    assert house.rows(select(landing)) == []


def test_a_broken_file_and_a_shrunken_source_harm_nobody(house: House, company: Path, tmp_path: Path) -> None:
    """The one is failed and the other held, by name, with exit 3; all customers stay, and come back without a burst."""
    files = tmp_path / "company"
    shutil.copytree(company / "company", files)
    house = replace(house, layer=write_layer(tmp_path / "layer", files))
    whole = (files / "accounts.csv").read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    (files / "accounts.csv").write_text("".join(lines[: 1 + len(lines) * 2 // 5]), encoding="utf-8")
    (files / "tickets.csv").write_bytes(b"\xff\xfe\x00broken")
    accounts = _accounts(house)

    ended = house.night(TUESDAY)
    assert (ended.state, ended.exit_code) == ("done", 3)
    assert ended.reason == "accounts is held; tickets is failed"
    assert _statuses(house, TUESDAY) == {"accounts": "held", "tickets": "failed"}
    assert _accounts(house, TUESDAY) == accounts
    stopped = select(func.count()).where(enrollment.c.outcome == "stopped")
    assert house.rows(stopped)[0][0] == 0
    promises(house)
    before = len(house.mailbox())

    (files / "accounts.csv").write_text(whole, encoding="utf-8")
    shutil.copy(company / "company/tickets.csv", files / "tickets.csv")
    ended = house.night(WEDNESDAY)
    assert (ended.state, ended.exit_code) == ("done", 0)
    assert len(house.mailbox()) - before < before
    promises(house)


def test_trouble_stays_in_sight_until_it_is_gone(
    house: House, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night without Prefect tells the webhook too; status and the same command again say what was wrong, in full."""
    files = tmp_path / "company"
    shutil.copytree(company / "company", files)
    house = replace(house, layer=write_layer(tmp_path / "layer", files))
    (files / "tickets.csv").write_bytes(b"\xff\xfe\x00broken")
    with listening() as webhook:
        monkeypatch.setenv("PERENNIAL_ALERT_WEBHOOK", webhook.url)
        told(house, "nightly", "--as-of", TUESDAY, "--no-prefect", "--dry-run", code=3)
        told(house, "nightly", "--as-of", TUESDAY, "--no-prefect", code=3)
        again = told(house, "nightly", "--as-of", TUESDAY, "--no-prefect", code=3)
    assert [json.loads(body)["text"] for body in webhook.bodies] == [
        f"Perennial: nightly-{TUESDAY} Source failed: tickets is failed"
    ]
    assert again["reason"] == "already done; nothing was done (it ended so: tickets is failed)"
    text = call(house, "status").stdout
    assert f"Not all is well: the night of {TUESDAY} is done, exit 3: tickets is failed." in text
    assert "tickets is failed: tickets.csv" in text
    assert "…" not in text


def test_a_night_that_breaks_without_prefect_is_told_by_the_webhook(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the error quotes stays on this machine."""
    (house.var / "perennial.db").write_text("this is no database: jane.doe@customer.example\n" * 100)
    with listening() as webhook:
        monkeypatch.setenv("PERENNIAL_ALERT_WEBHOOK", webhook.url)
        assert call(house, "nightly", "--as-of", TUESDAY, "--no-prefect").exit_code == 1
    assert [json.loads(body)["state"] for body in webhook.bodies] == ["Failed"]
    assert "jane.doe" not in "".join(webhook.bodies)


def _statuses(house: House, as_of: Any) -> dict[str, str]:
    """Sources in trouble on a night, which landed nothing."""
    found = house.rows(select(landing).where(landing.c.as_of == as_of))
    bad = {row.source: row for row in found if row.status in ("held", "failed", "stale")}
    assert not any(row.written for row in bad.values())
    assert all(row.error for row in bad.values())
    return {name: row.status for name, row in bad.items()}


def _accounts(house: House, as_of: Any = MONDAY) -> list[tuple[Any, ...]]:
    """Accounts and contract states on a night's sheet."""
    with house.sealed(as_of) as night:
        sheet = night.lake.read(night.path("sheet_account.parquet")).select(["account_id", "contract_status"])
    return sorted(tuple(row.values()) for row in sheet.to_pylist())


def test_a_locked_database_is_said_and_the_next_run_goes_on(fresh: House, done: House) -> None:
    """Somebody else holds it when the night wants to decide: exit 6 in words; later, the same night as ever."""
    with fresh.open():
        holder = sqlite3.connect(fresh.var / "perennial.db", isolation_level=None)
    engine = open_store(fresh.settings.database, wait=0.2)
    with pytest.raises(StoreBusy, match="is locked by another program") as caught:
        nightly(Place(fresh.settings, engine, Lake(fresh.settings.lake)), Request(MONDAY), _locking(holder, "judge"))
    engine.dispose()
    holder.close()
    assert caught.value.exit_code == 6
    assert fresh.night().state == "done"
    assert fresh.story() == done.story()


def _locking(holder: sqlite3.Connection, stage: str) -> Callable[..., Any]:
    """A seam that has another program lock the database when that stage comes."""

    def through(name: str, function: Callable[..., Any], *args: Any, retries: int = 0) -> Any:
        if name == stage:
            holder.execute("BEGIN EXCLUSIVE")
        return function(*args)

    return through


def test_without_a_mail_server_messages_wait_and_go_later(fresh: House, done: House) -> None:
    """The night is done with exit 3 and a word; when there is a server again each mail goes once.

    What goes to our own people by another way does not wait for the mail server.
    """
    noon = at(MONDAY, 15)
    away = replace(fresh, more={"smtp_host": "127.0.0.1", "smtp_port": free_port(), "smtp_tls": "none"})
    ended = away.night(MONDAY, wall=noon)
    assert (ended.state, ended.exit_code) == ("done", 3)
    assert "the mail server 127.0.0.1:" in ended.reason
    assert len(_by_mail(fresh, "queued")) == len(_by_mail(done, "sent")) > 10
    assert {row.state for row in fresh.rows(select(message).where(message.c.channel != "email"))} <= {"sent"}
    assert fresh.mailbox() == []

    for hours in (1, 10, 14, 20):  # all the world has been at work once
        with fresh.sealed() as night:
            deliver(replace(night, clock=Clock(MONDAY, noon + timedelta(hours=hours), played=False)))
    assert fresh.mailbox() == done.mailbox()
    promises(fresh)


def _by_mail(house: House, state: str) -> list[Any]:
    """The e-mails in that state."""
    return house.rows(select(message).where(message.c.state == state, message.c.channel == "email"))


def test_a_notice_that_cannot_be_sent_becomes_a_task(house: House) -> None:
    """Refused, suppressed at the last look, or expired: the CSM of the account is asked, once."""
    (queued, *_) = [row for row in house.events("message_queued") if row.payload["deadline"]]
    payload = {**queued.payload, "message_id": "M", "send_key": "S", "step": "notice-30"}
    taken = {"enrollment_id": payload["enrollment_id"], "step": "notice-30", "kind": "email", "on": str(MONDAY)}
    now = at(MONDAY, 12)
    with house.sealed() as night:
        with begin(night.engine) as conn:
            append(conn, Event("step:S", "step_taken", queued.subject, now, queued.account, taken))
            append(conn, Event("message:S", "message_queued", queued.subject, now, queued.account, payload))
            (mail,) = [one for one in in_states(conn, ("queued",)) if one.message_id == "M"]
            settle(conn, mail, {"queued"}, "message_expired", now, reason="the server was away")
        for _ in range(2):
            with read(night.engine) as conn:
                landed = landings.landed(conn, night.landing_seq)
            hand_over(night, landed)
    (found,) = house.rows(select(task).where(task.c.step == "notice-30", task.c.account == queued.account))
    assert "the mail was expired: the server was away" in found.title
    assert (found.csm is not None, found.due_on) == (True, TUESDAY)
