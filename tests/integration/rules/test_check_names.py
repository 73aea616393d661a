"""A template may speak of what its play's subject has, and of nothing else: told before a mail lacks a variable."""

import pytest

from config.files import Files, read_files
from tasks.check import check
from tasks.mail.check_names import check_names

SHIPPED = read_files()
NOTICE = "templates/emails/renewal/day-90-notice.en.md"
INTRO = "templates/emails/onboarding/day-01-intro.en.md"


def told(path: str, old: str, new: str) -> list[str]:
    """What is wrong once that stands in a template."""
    assert old in SHIPPED[path]
    return [str(problem) for problem in check_names(Files({**SHIPPED, path: SHIPPED[path].replace(old, new)}))]


def test_what_ships_speaks_of_what_there_is() -> None:
    """The whole check, templates and all."""
    assert [str(problem) for problem in check(SHIPPED)] == []


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (NOTICE, "contract.opt_out_deadline", "contract.opt_out_dedline", "'opt_out_deadline'"),
        (INTRO, "account.name", "account.nmae", "'name'"),
        (INTRO, "account.name", "contract.end_on", "which this step of a play per account does not have"),
        (INTRO, "account.name", "survey.url", "which this step of a play per account does not have"),
    ],
)
def test_a_name_that_the_play_cannot_give_is_refused(path: str, old: str, new: str, says: str) -> None:
    """With the file, and the nearest name where there is one."""
    found = told(path, old, new)
    assert found
    assert all(says in problem for problem in found), found


def checked(text: str) -> list[str]:
    """All that `perennial check` says once that stands for the first mail of onboarding."""
    return [str(problem) for problem in check(Files({**SHIPPED, INTRO: text}))]


@pytest.mark.parametrize(
    ("front", "body", "says"),
    [
        ("", "{{ account.name }}", "5: 'account.name' NEITHER; the front matter has no needs:"),
        ("", "{{ acount.name }}", "5: 'acount.name' NEITHER; did you mean 'account'?"),
        ("", "{{ account.nme }}", "5: account.nme: there is no 'account.nme'; did you mean 'name'?"),
        ("optional: [csm.name]\n", "x\n{{ csm.nam }}", "7: 'csm.nam' NEITHER; did you mean 'csm.name'?"),
        ("needs: [account]\n", "{{ account.nme }}", "6: account.nme: there is no 'account.nme'; did you mean 'name'?"),
        ('needs: [company.name]\npreheader: "{{ company.nme }}"\n', "x", "5: preheader: 'company.nme' NEITHER"),
        (
            "",
            "{% set account = 1 %}{{ account.zzz }}",
            "5: 'account' is what mails speak of; give it a name of your own",
        ),
    ],
    ids=["no needs", "no such thing", "no such column", "another name", "a whole sheet", "front matter", "hidden"],
)
def test_what_a_template_speaks_of_it_declares(front: str, body: str, says: str) -> None:
    """Refused before it holds a mail at night: file, line, and the nearest name."""
    found = checked(f"---\nsubject: Hello\nclass: service\n{front}---\n{body}\n")
    told_so = f"{INTRO}:{says}".replace("NEITHER", "stands neither in needs: nor in optional:")
    assert any(told_so in problem for problem in found), found
