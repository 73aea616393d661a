"""Previews: every template that ships can be read with the values of a real night."""

import re
from collections.abc import Iterator

import pytest

from config.files import Files, read_files
from models.errors import RenderError
from tasks.mail.template import template_names
from tasks.night import Night
from tasks.preview import preview
from tests.night_house import House

SHIPPED = read_files()
OF_SHEETS = re.compile(r"'(account|contract|contracts)[.a-z_0-9]*' is needed and missing")
"""What only another account has: a preview says so rather than make up facts."""


@pytest.fixture(scope="module")
def night(done: House) -> Iterator[Night]:
    """The night that the values come from."""
    with done.sealed() as sealed:
        yield sealed


@pytest.fixture(scope="module")
def account(night: Night) -> str:
    """An account with a salesperson and contacts."""
    with night.lake.duckdb() as con:
        path = night.lake.resolve(night.path("sheet_contract.parquet"))
        query = "SELECT account_id FROM read_parquet(?) WHERE contract_active ORDER BY opt_out_deadline, 1 LIMIT 1"
        return str(con.execute(query, [path]).fetchall()[0][0])


@pytest.mark.parametrize("template", template_names(SHIPPED))
def test_every_template_can_be_previewed(night: Night, account: str, template: str) -> None:
    """With samples for what this account is without; a missing fact is named."""
    try:
        found = preview(night, SHIPPED, template, account)
    except RenderError as error:
        assert OF_SHEETS.search(str(error)), error  # noqa: PT017 - a missing fact is an answer as well
        return
    assert found.rendered.subject
    assert not any(name.startswith(("account.", "contract.", "csm.", "company.")) for name in found.samples)


def test_a_preview_says_what_is_a_sample(night: Night, account: str) -> None:
    """A page that is not configured is told, not hidden."""
    text = SHIPPED["config/perennial.yaml"]
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("survey_url"))
    files = Files({**SHIPPED.texts, "config/perennial.yaml": bare})
    assert preview(night, SHIPPED, "surveys/nps", account).samples == ()
    found = preview(night, files, "surveys/nps", account)
    assert found.samples == ("survey.url",)
    assert "https://example.com/survey?kind=nps" in found.rendered.text
    known = preview(night, SHIPPED, "surveys/nps", account)
    assert "https://answers.example.com/survey?kind=nps&ref=preview" in known.rendered.text
