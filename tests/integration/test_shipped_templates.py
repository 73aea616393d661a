"""The templates that ship: each reads well with ordinary values, and not at all without what it needs."""

import re
from decimal import Decimal

import pytest

from config.files import read_files
from models.errors import RenderError
from tasks.mail.check import check_templates
from tasks.mail.render import render
from tasks.mail.template import find_template, languages_of, template_names, template_needs
from tests.mail_values import values

SHIPPED = read_files()
EVERY = [(name, language) for name in template_names(SHIPPED) for language in languages_of(SHIPPED, name)]
UNREAD = re.compile(r"\{\{|\{%|\[\[|\bNone\b|\bnan\b|zqpn")
"""What no customer must read; `nan` as a word alone, for it is part of others: miteinander, Finanzen."""


def test_what_ships_is_without_error() -> None:
    """`perennial check` has nothing to say of our own templates."""
    assert [str(error) for error in check_templates(SHIPPED)] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_template_renders(name: str, language: str) -> None:
    """Each reads well with ordinary values: no brackets, no None, one line of subject, nothing to load."""
    mail = render(SHIPPED, name, language, values())
    assert mail.language == language
    for part in (mail.subject, mail.preheader, mail.text, mail.html):
        assert part.strip()
        assert not UNREAD.search(part)
    assert "\n" not in mail.subject
    assert not [tag for tag in ("<link", "@import", "url(", " src=", "<script") if tag in mail.html]
    assert "Example Software" in mail.text
    assert "Nina Park" in mail.text or "Customer Success" in mail.text


@pytest.mark.parametrize(("name", "language"), EVERY)
@pytest.mark.parametrize("bad", [None, "", "  ", float("nan"), float("inf"), Decimal("NaN"), "gone"])
def test_a_needed_value_that_is_missing_stops_the_mail(name: str, language: str, bad: object) -> None:
    """None, empty, NaN, infinite or removed: for each needed name of each template."""
    for need in template_needs(SHIPPED, name, language):
        given = values()
        first, _, last = need.partition(".")
        if last:
            given[first] = {**given[first], last: bad}
        else:
            given[first] = bad
        if bad == "gone":
            (given[first] if last else given).pop(last or first)
        with pytest.raises(RenderError, match=need):
            render(SHIPPED, name, language, given)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_optional_values_may_be_missing(name: str, language: str) -> None:
    """Without contact name and without CSM a mail still reads well."""
    alone = {"csm": None, "sales": None, "sender": {"name": "Customer Success", "email": ""}}
    mail = render(SHIPPED, name, language, values(contact={}, **alone))
    assert "None" not in mail.text
    assert "Customer Success" in mail.text


@pytest.mark.parametrize("klass", ["contractual"])
def test_contractual_mail_says_so(klass: str) -> None:
    """A contract notice names itself a notice and offers no opting out."""
    mail = render(SHIPPED, "renewal/day-90-notice", "en", values())
    assert mail.klass == klass
    assert "notice" in mail.text
    assert "rather not receive" not in mail.text


def test_dates_speak_the_language() -> None:
    """A German mail has German months."""
    assert "3. Oktober 2024" in render(SHIPPED, "renewal/day-60-notice", "de-AT", values()).subject


def test_an_unknown_language_falls_back_to_english() -> None:
    """Rather English than nothing."""
    assert find_template(SHIPPED, "onboarding/day-01-intro", "fi").language == "en"
    assert render(SHIPPED, "onboarding/day-01-intro", "fi", values()).language == "en"
