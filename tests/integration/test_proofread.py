"""`perennial templates check`: what only rendering shows, found before a customer reads it."""

from collections.abc import Iterator

import pytest

from config.files import Files, read_files
from tasks.mail.press import Press
from tasks.mail.proofread import Proofs, missing_languages, proofread
from tasks.mail.template import template_names

SHIPPED = read_files()
KEPT = ("templates/emails/layouts/", "config/")
FRONT = """---
subject: "{subject}"
preheader: "{preheader}"
needs: [company.name, account.name, {needs}]
optional: [{optional}]
---
"""


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """One renderer for all."""
    found = Press()
    yield found
    found.close()


def files(body: str, subject: str = "Hello", preheader: str = "", needs: str = "as_of", optional: str = "") -> Files:
    """Our configuration with one mail of its own and no plays."""
    kept = {path: text for path, text in SHIPPED.texts.items() if path.startswith(KEPT) and "/plays/" not in path}
    front = FRONT.format(subject=subject, preheader=preheader, needs=needs, optional=optional)
    return Files({**kept, "templates/emails/t/x.en.md": front + body + "\n"})


def said(press: Press, given: Files) -> list[str]:
    """The problems, in words."""
    return [str(problem) for problem in proofread(given, press).problems]


def test_what_ships_reads_well_for_the_worst_of_customers(press: Press) -> None:
    """Long names, names that read the other way, markup, one, none and thirty; each optional value missing."""
    found = proofread(SHIPPED, press)
    assert [str(problem) for problem in found.problems] == []
    assert found.mails > 8 * len(template_names(SHIPPED))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (files("Hello {{ account.name }}"), []),
        (files("x", subject="{{ account.name }} {{ account.name }} {{ account.name }}"),
         ["x.en.md: with the longest names: the subject has 185 characters"]),
        (files("x {{ account.nme }}", needs="account.nme"),
         ["x.en.md:7: account.nme: there is no 'account.nme'; did you mean 'name'"]),
        (files("{% if account.mrr_minor > 0 %}{% else %}{{ account.segment }}{% endif %}", needs="account.mrr_minor",
               optional="account.segment"),
         ["with an ordinary customer: the plain text says nothing"]),
        (files("{{ account.segment | default('None', true) }}", optional="account.segment"),
         ["with 'account.segment' missing: 'None' can be read in it"]),
        (files("{% if account.name == 'x' %}x{% endif %}"), ["with an ordinary customer: the plain text says nothing"]),
        (files("{{ account.seats | date }}", optional="account.seats"),
         ["x.en.md:7: with an ordinary customer: '12' is"]),
        (files("[x](https://evil.example/)"), ["x.en.md: with an ordinary customer: a link leads to 'evil.example'"]),
        (files("{{ account.seats - 1 }}", needs="account.seats"), []),
        (files("{{ account.segment }}", optional="account.segment"),
         ["with 'account.segment' missing: the plain text says"]),
        (files("{% for c in contracts %}{{ c.contract_id }}\n" + "x" * 4000 + "\n{% endfor %}", needs="contracts"),
         ["with thirty contracts: the HTML has 1"]),
        (files("[" * 250_000), ["with an ordinary customer: it computes for longer than 2 s"]),
    ],
)  # fmt: skip
def test_what_goes_wrong_for_some_customer_is_told_with_the_customer(
    press: Press, given: Files, words: list[str]
) -> None:
    """File, line where it is known, whom it goes wrong for, and what."""
    found = said(press, given)
    assert len([one for one in found if any(word in one for word in words)]) == len(words), found
    assert found == [] or words


def test_missing_languages_are_told() -> None:
    """Of the languages that any mail has."""
    texts = {"templates/emails/a.en.md": "", "templates/emails/a.ar.md": "", "templates/emails/b.en.md": ""}
    assert missing_languages(Files(texts)) == {"ar": ["b"]}
    assert Proofs().problems == []
