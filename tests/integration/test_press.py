"""The renderer in its own process: whatever a template does to it, the mails beside it are written."""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from config.files import ROOT, Files, read_files
from models.errors import OverLimit, RenderError
from tasks.mail.press import STRIKES, Press, pick
from tasks.mail.render import render
from tasks.mail.template import languages_of, template_names
from tasks.mail.wire import from_bytes, to_bytes
from tests.hostile import BOMBS, DOUBLED, GRAMMAR, LAYOUT_BOMBS, NAMES, SUBJECTS
from tests.mail_values import values

SHIPPED = read_files()
LAYOUT = "templates/emails/layouts/plain.mjml"
GIVEN: dict[str, Any] = {
    "company": {"name": "E"},
    "account": {"name": "A" * 9_000},
    "contracts": [{"id": str(number)} for number in range(1_000)],
}


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """One renderer for all tests: a run."""
    found = Press()
    yield found
    found.close()


def files(body: str = "x", subject: str = "Hello", **others: str) -> Files:
    """One hostile template `t` and a good one, `good`."""
    front = '---\nsubject: "{}"\nneeds: [account.name, contracts]\n---\n'
    footer = "---\nclass: service\nneeds: [company.name]\n---\n{{ company.name }}\n"
    texts = {
        "templates/emails/t.en.md": front.format(subject) + body + "\n",
        "templates/emails/good.en.md": front.format("Good").replace("---\n", "---\nlayout: good\n", 1) + "Well\n",
        "templates/emails/layouts/footer.en.md": footer,
        LAYOUT: SHIPPED[LAYOUT],
        "templates/emails/layouts/good.mjml": SHIPPED[LAYOUT],
    }
    return Files({**texts, **others})


def refused(press: Press, given: Files) -> RenderError:
    """The error of the hostile template; the good one, asked for next, is written."""
    with pytest.raises(RenderError, match=r"templates/emails/") as caught:
        press.render(given, "t", "en", GIVEN)
    assert press.render(given, "good", "en", GIVEN).text.startswith("Well")
    return caught.value


@pytest.mark.parametrize("body", GRAMMAR)
def test_what_the_grammar_refuses_breaks_no_limit(press: Press, body: str) -> None:
    """It is told as an error of the template's file; the renderer lives on."""
    assert not isinstance(refused(press, files(body)), OverLimit) or "longer" in str(body)


@pytest.mark.parametrize("body", BOMBS)
def test_a_bomb_ends_within_its_limits(press: Press, body: str) -> None:
    """Memory, time and output have an end, and the next mail is written."""
    assert "templates/emails/t.en.md" in str(refused(press, files(body)))


@pytest.mark.parametrize("layout", LAYOUT_BOMBS)
def test_a_layout_that_kills_its_compiler_kills_no_run(press: Press, layout: str) -> None:
    """Some end the process that compiles them: it is a child, and the next one goes on."""
    refused(press, files(**{LAYOUT: layout}))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_subject_becomes_a_second_header(press: Press, subject: str) -> None:
    """Line breaks, zero bytes and overrides are refused where they are written."""
    refused(press, files(subject=subject))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS holds no process to a limit of its address space")
def test_memory_has_an_end(press: Press) -> None:
    """Writing out what was doubled needs more than 256 MB; file, line and limit are told."""
    error = refused(press, files("\n\n" + DOUBLED.replace("%}{%", "%}\n{%") + "{{ a16 | upper }}"))
    assert isinstance(error, OverLimit)
    assert "t.en.md:47: it needs more memory than a mail may take" in str(error)


def test_computing_time_has_an_end(press: Press) -> None:
    """File, line and limit are told."""
    error = refused(press, files("one\n\n" + BOMBS[0]))
    assert isinstance(error, OverLimit)
    assert "t.en.md:7: it computes for longer than 2 s" in str(error)


def test_a_template_that_breaks_limits_is_soon_refused_at_once(press: Press) -> None:
    """A thousand letters of one template do not take a thousand times its limit."""
    given = files(**{LAYOUT: LAYOUT_BOMBS[0]})
    for _ in range(STRIKES):
        assert "SIGSEGV" in str(refused(press, given))
    assert f"broke the limits of a mail {STRIKES} times" in str(refused(press, given))
    assert "SIGSEGV" in str(refused(press, files(**{LAYOUT: LAYOUT_BOMBS[0]})))


def test_a_killed_renderer_is_replaced(press: Press) -> None:
    """Between two mails or in the middle of one: the mail is written all the same."""
    given = files()
    for _ in range(3):
        press.render(given, "good", "en", GIVEN)
        assert press._child is not None
        os.kill(press._child.process.pid, signal.SIGKILL)
        assert press.render(given, "good", "en", GIVEN).subject == "Good"


@pytest.mark.parametrize("name", NAMES)
def test_names_are_read_as_they_are(press: Press, name: str) -> None:
    """The same words from the child as from here."""
    given = values(account={**values()["account"], "name": name})
    assert press.render(SHIPPED, "onboarding/day-01-intro", "en", given) == render(
        SHIPPED, "onboarding/day-01-intro", "en", given
    )


def test_the_child_writes_what_we_would_write(press: Press) -> None:
    """Every template that ships, in every language."""
    for name in template_names(SHIPPED):
        for language in languages_of(SHIPPED, name):
            assert press.render(SHIPPED, name, language, values()) == render(SHIPPED, name, language, values())


def test_the_child_gets_what_the_template_declares_and_no_more() -> None:
    """A whole group, a part of one, or nothing."""
    given = {"a": {"x": 1, "y": {"z": 2, "w": 3}}, "b": {"x": 1}, "c": None, "d": 5}
    assert pick(given, ["a.y.z", "c.x", "d", "e.f"]) == {"a": {"y": {"z": 2}}, "c": None, "d": 5}
    assert pick(given, ["a", "a.x"]) == {"a": given["a"]}


def test_values_go_through_the_pipe_unchanged() -> None:
    """Dates, amounts, what is not finite, and half a surrogate pair."""
    given = {
        "date": date(2024, 2, 29), "at": datetime(2024, 2, 29, 1, 2, tzinfo=UTC), "amount": Decimal("1.50"),
        "none": None, "yes": True, "text": "\ud800 \u202e \0", "list": [1, {"date": date(2024, 1, 1)}],
    }  # fmt: skip
    assert from_bytes(to_bytes(given)) == given
    assert str(from_bytes(to_bytes([float("nan"), float("-inf"), Decimal("NaN")]))) == "[nan, -inf, Decimal('NaN')]"
    with pytest.raises(ValueError, match="digits"):
        to_bytes(10**5000)


def test_the_child_knows_no_secret_and_loads_nothing_heavy(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is a list of our own; Prefect, Great Expectations, pandas and the database stay outside."""
    monkeypatch.setenv("PERENNIAL_SMTP_PASSWORD", "canary-secret")
    alone = Press()
    alone.render(files(), "good", "en", GIVEN)
    assert alone._child is not None
    environment = Path(f"/proc/{alone._child.process.pid}/environ")
    if environment.exists():
        assert b"canary" not in environment.read_bytes()
    alone.close()
    heavy = "{'prefect', 'great_expectations', 'pandas', 'numpy', 'sqlalchemy', 'duckdb', 'pyarrow'}"
    told = f"import sys, tasks.mail.worker; print(sorted({heavy} & set(sys.modules)))"
    assert run([sys.executable, "-c", told], capture_output=True, text=True, cwd=ROOT, check=True).stdout == "[]\n"
