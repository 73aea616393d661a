"""The outbox's webhook: a key for each message, and an answer that says whether it comes again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from config.settings import Settings
from models.clock import Clock
from tasks.deliver import deliver
from tasks.night import Night
from tasks.outbox.hook import OutboxAway
from tasks.outbox.post import OutboxPost, choose_outbox
from tasks.store.engine import begin
from tasks.store.messages import claim, move
from tests.mailroom import NINE, land_contacts, outcome, queue, reasons, room, states

NOTIFY: dict[str, Any] = {
    "channel": "notify", "contact": None, "klass": None, "template": None, "touch": False, "address_key": "team:nina",
}  # fmt: skip


@dataclass
class Hook:
    """A webhook that answers with `code`, and remembers keys and bodies; 0 hangs up without a word."""

    code: int = 200
    url: str = ""
    keys: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def answering(hook: Hook) -> Iterator[Hook]:
    """The webhook, running."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.keys.append(self.headers["Idempotency-Key"])
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if hook.code:
                self.send_response(hook.code)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        hook.url = f"http://127.0.0.1:{server.server_port}/secret"
        yield hook
        server.shutdown()
        thread.join()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A played night with contacts."""
    made = room(tmp_path)
    land_contacts(made, 2)
    yield made
    made.engine.dispose()


def post(night: Night, hook: Hook) -> dict[str, int]:
    """Deliver to the webhook."""
    return deliver(night, outbox=OutboxPost(night.settings.outbox_dir, hook.url))


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (200, "sent"), (202, "sent"), (204, "sent"), (400, "refused"), (404, "refused"), (422, "refused"),
        (302, "deferred"), (408, "deferred"), (409, "deferred"), (429, "deferred"), (500, "deferred"),
        (503, "deferred"), (0, "deferred"),
    ],
)  # fmt: skip
def test_the_answer_decides(night: Night, code: int, state: str) -> None:
    """2xx is sent, 4xx refused for good, anything else comes again later."""
    queue(night, 0, **NOTIFY)
    with answering(Hook(code)) as hook:
        assert post(night, hook) == {state: 1}
    assert hook.keys == ["M-0"]
    assert hook.bodies[0]["text"] == "Hello 0\n"
    assert outcome(night, 0) == (None if state == "deferred" else state)
    assert not night.settings.outbox_dir.exists()


def test_a_repeated_post_has_the_same_key(night: Night) -> None:
    """What a dead sender may have posted goes again: the other side takes the key once."""
    id_ = queue(night, 0, **NOTIFY)
    with begin(night.engine) as conn:
        assert claim(conn, id_, NINE)
        assert move(conn, id_, expected={"claimed"}, kind="message_transmitting", effective_at=NINE)
    with answering(Hook()) as hook:
        assert post(night, hook) == {"sent": 1}
    assert hook.keys == [id_]
    assert states(night) == {"sent": 1}


def test_a_webhook_that_is_away_is_not_asked_for_every_message(night: Night) -> None:
    """After a few messages without an answer the others stay queued, and that is told."""
    for number in range(20):
        queue(night, number, **NOTIFY)
    with pytest.raises(OutboxAway, match="does not answer"):
        post(night, Hook(url="http://127.0.0.1:1/"))
    assert states(night)["queued"] >= 10
    assert states(night)["deferred"] >= 3
    assert all("secret" not in reason for reason in reasons(night).values())


def test_only_live_messages_leave_the_machine(night: Night) -> None:
    """A played day, a dry run and everything before going live write files."""
    live = night.settings.model_copy(update={"live": True, "outbox_webhook": SecretStr("https://hook.example/x")})
    night.settings, night.clock = live, Clock(night.as_of, NINE, played=False)
    assert choose_outbox(night).webhook == "https://hook.example/x"
    night.dry = True
    assert not choose_outbox(night).webhook
    night.dry, night.clock = False, Clock(night.as_of, NINE, played=True)
    assert not choose_outbox(night).webhook
    night.clock = Clock(night.as_of, NINE, played=False)
    night.settings = live.model_copy(update={"live": False})
    assert not choose_outbox(night).webhook


@pytest.mark.parametrize(
    ("address", "good"),
    [("https://a.example", True), ("http://127.0.0.1:1", True), ("http://a.example", False), ("a.example", False)],
)
def test_a_webhook_in_the_clear_stays_on_this_machine(tmp_path: Path, address: str, good: bool) -> None:
    """What customers are told is read by nobody on the way."""
    if good:
        assert Settings(var=tmp_path, outbox_webhook=address).outbox_webhook
        return
    with pytest.raises(ValidationError, match="OUTBOX_WEBHOOK"):
        Settings(var=tmp_path, outbox_webhook=address)
