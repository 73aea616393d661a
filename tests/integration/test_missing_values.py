"""What nobody may read: None, empty, not a number, infinite; for every value of every mail that ships."""

import re
from decimal import Decimal
from typing import Any

import pytest

from config.files import read_files
from models.errors import RenderError
from tasks.mail.contexts import CUSTOMERS
from tasks.mail.proofread import Sampler, every_template
from tasks.mail.render import render
from tasks.mail.template import Template

SHIPPED = read_files()
SAMPLER = Sampler.of(SHIPPED)
ENGLISH = [template for template in every_template(SHIPPED) if template.language == "en"]
GONE = object()
BAD = [GONE, None, "", " \t", float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")]
UNREADABLE = re.compile(r"\b(?:None|nan|inf|NaN|Infinity)\b|∞")


def with_value(values: dict[str, Any], parts: list[str], bad: object) -> dict[str, Any]:
    """The values with one of them bad, or gone."""
    first, *rest = parts
    if rest:
        return {**values, first: with_value(values.get(first) or {}, rest, bad)}
    return {name: one for name, one in {**values, first: bad}.items() if one is not GONE}


def read(template: Template, values: dict[str, Any]) -> str:
    """All that a customer reads."""
    mail = render(SHIPPED, template.name, template.language, values)
    return f"{mail.subject}\n{mail.preheader}\n{mail.text}"


@pytest.mark.parametrize("template", ENGLISH, ids=lambda one: one.name)
def test_a_needed_value_is_there_or_nobody_is_written_to(template: Template) -> None:
    """Each needed value, each way of missing: the mail is held, and the reason names it."""
    values = SAMPLER.values(template, CUSTOMERS[0])
    for name in template.front.needs:
        for bad in BAD:
            with pytest.raises(RenderError, match=re.escape(f"'{name}' is needed and missing")):
                read(template, with_value(values, name.split("."), bad))


@pytest.mark.parametrize("template", ENGLISH, ids=lambda one: one.name)
def test_an_optional_value_that_is_missing_reads_as_nothing(template: Template) -> None:
    """Each optional value, each way of missing: the mail goes, and says nothing that nobody can read."""
    values = SAMPLER.values(template, CUSTOMERS[0])
    for name in template.front.optional:
        for bad in BAD:
            assert not UNREADABLE.search(read(template, with_value(values, name.split("."), bad)))


@pytest.mark.parametrize("template", [one for one in ENGLISH if "contracts" in one.declared], ids=lambda one: one.name)
def test_a_hole_in_a_list_is_never_read(template: Template) -> None:
    """A column of one contract among several: passed over by the text, or the mail is held."""
    values = SAMPLER.values(template, CUSTOMERS[0])
    for column in (one for one in values["contracts"][0] if f".{one}" in template.body):
        for bad in BAD:
            holed = [values["contracts"][0], with_value(values["contracts"][1], [column], bad)]
            try:
                said = read(template, {**values, "contracts": holed})
            except RenderError:
                continue
            assert not UNREADABLE.search(said)
