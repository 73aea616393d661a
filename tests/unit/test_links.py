"""Addresses with parameters of ours: encoded, and nothing of the page's own is lost."""

from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from models.company import Company
from models.links import with_parameters


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://a.example/s", "https://a.example/s?kind=nps&ref=r%261"),
        ("https://a.example/s?lang=en&x=", "https://a.example/s?lang=en&x=&kind=nps&ref=r%261"),
        ("https://a.example/s?q=a+b%26c#top", "https://a.example/s?q=a+b%26c&kind=nps&ref=r%261#top"),
        ("https://a.example", "https://a.example?kind=nps&ref=r%261"),
    ],
)
def test_parameters_are_added_and_encoded(address: str, whole: str) -> None:
    """The page's own query and fragment stay; what we add is read back as it was."""
    made = with_parameters(address, kind="nps", ref="r&1")
    assert made == whole
    assert parse_qs(urlsplit(made).query)["ref"] == ["r&1"]


def test_no_page_has_no_address() -> None:
    """Nothing configured, nothing to link to."""
    assert with_parameters(None, ref="1") is None


@pytest.mark.parametrize("bad", ["answers.example.com", "javascript:alert(1)", "https://", "/survey"])
def test_what_is_no_page_is_refused(bad: str) -> None:
    """A customer must be able to open it."""
    with pytest.raises(ValidationError, match="no address of a page"):
        Company(survey_url=bad)
