"""Whole nights in which a play waits for an answer, and the answer comes to our own mailbox."""

import shutil
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from models.tables import message, step, task
from tasks.mail.mailbox import messages
from tests.cli_call import told
from tests.night_house import MONDAY, House, with_plays

PLAY = """
play: ask
title: One question
trigger: csm
per: account
audience: "mrr_minor < 0"
anchor: manual
precedence: 99
exit: {stop: "contract_status = 'churned'"}
steps:
  - {id: question, day: 0, email: onboarding/day-15-check-in, to: [sponsor, champion, power_user, user, executive]}
  - {id: answer, day: 0, wait: {reply: question, timeout: 9 days}}
  - {id: thank, after: answer, task: Thank them}
  - {id: call, after: answer, follows: missed, task: Call them}
"""


@pytest.fixture(scope="module")
def asked(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[House, list[str]]:
    """An installation that has asked two customers a question, and who they are."""
    folder = tmp_path_factory.mktemp("inbox")
    shutil.copytree(company / "layer", folder / "layer")
    with_plays(folder / "layer")
    told_so = folder / "layer/config/perennial.yaml"
    told_so.write_text(
        told_so.read_text(encoding="utf-8").replace("replies: crm ", "replies: inbox "), encoding="utf-8"
    )
    (folder / "layer/config/plays").mkdir(parents=True, exist_ok=True)
    (folder / "layer/config/plays/ask.yaml").write_text(PLAY, encoding="utf-8")
    house = House(folder / "var", folder / "layer")
    house.night()
    with house.sealed() as night:
        sheet = night.lake.read(night.path("sheet_account.parquet")).to_pylist()
    accounts = sorted(str(row["account_id"]) for row in sheet if row["contract_status"] == "active")
    for account in accounts[:6]:
        told(house, "start", "ask", account, "--reason", "a test")
    house.night(MONDAY + timedelta(days=1))
    return house, accounts


def arrived(house: House, message_id: str) -> EmailMessage:
    """The mail of that message, as it lies in the loopback mailbox."""
    contents = (path.read_bytes() for path in messages(house.settings.mailbox_dir))
    mails = (message_from_bytes(content, policy=policy.default) for content in contents)
    return next(mail for mail in mails if message_id in str(mail["Message-ID"]))


def answered(house: House) -> tuple[str, bytes]:
    """An account that was written to, and the answer of whom we wrote to."""
    sent = (message.c.play == "ask", message.c.state == "sent")
    row = house.rows(select(message.c.account, message.c.message_id).where(*sent).order_by(message.c.message_id))[0]
    ours = arrived(house, row.message_id)
    reply = EmailMessage()
    reply["From"], reply["To"] = ours["To"], ours["Reply-To"] or ours["From"]
    reply["Subject"], reply["Message-ID"] = f"Re: {ours['Subject']}", "<1@customer.example>"
    reply["In-Reply-To"] = ours["Message-ID"]
    reply.set_content("All is well, thank you.\n\n> How are you?\n")
    return row.account, reply.as_bytes()


def test_an_answer_in_the_inbox_lets_the_play_go_on(asked: tuple[House, list[str]]) -> None:
    """The next night knows of it; whoever has not answered is waited for; the CSM has the answer as a mail."""
    house, _ = asked
    account, content = answered(house)
    new = house.settings.inbox_dir / "new"
    new.mkdir(parents=True)
    (new / "reply").write_bytes(content)

    assert told(house, "inbox")["mails"] == {"reply": 1}
    assert told(house, "inbox")["mails"] == {}
    house.night(MONDAY + timedelta(days=2))
    house.night(MONDAY + timedelta(days=3))

    met = house.rows(select(step.c.outcome).where(step.c.step == "answer", step.c.outcome.is_not(None)))
    thanked = house.rows(select(task.c.account).where(task.c.play == "ask", task.c.step == "thank"))
    assert [row.outcome for row in met] == ["done"]
    assert [row.account for row in thanked] == [account]
    forwarded = house.rows(select(message).where(message.c.channel == "forward"))
    assert [(row.state, row.account) for row in forwarded] == [("sent", account)]
    arrived = next(
        one for one in messages(house.settings.mailbox_dir) if forwarded[0].message_id.encode() in one.read_bytes()
    )
    mail = message_from_bytes(arrived.read_bytes(), policy=policy.default)
    assert "All is well, thank you." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    shown = told(house, "account", account)
    assert "Came back: reply" in {event["title"] for event in shown["events"]}
    assert "All is well" not in str(shown)
    status = told(house, "status")
    assert status["inbox"]["trouble"] == []
    assert status["inbox"]["read_at"]
