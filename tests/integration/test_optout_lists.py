"""Lists of addresses to be suppressed, as people export them."""

from pathlib import Path

import pytest

from models.errors import UsageError
from tasks.optout import from_csv, one


@pytest.mark.parametrize(
    ("text", "addresses", "invalid"),
    [
        ("email\na@x.example\nB@X.example\n", ("a@x.example", "b@x.example"), ()),
        ("id,Address\n1,a@x.example\n2,\n3,none\n", ("a@x.example",), ((4, "none"),)),
        ("id;E-Mail\n1;Jane <jane@x.example>\n", ("jane@x.example",), ()),
        ('email,note\n"a@x.example","two\nlines"\nb@@x,\n', ("a@x.example",), ((4, "b@@x"),)),
        ("a@x.example\nb@x.example\n", ("a@x.example", "b@x.example"), ()),
        ("email\na@x.example\nA@x.example\n", ("a@x.example",), ()),
    ],
)
def test_addresses_are_found_and_the_rest_is_told_by_line(
    tmp_path: Path, text: str, addresses: tuple[str, ...], invalid: tuple[tuple[int, str], ...]
) -> None:
    """Normalized, each once; blank ones are passed over."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8-sig")
    found = from_csv(path)
    assert (found.addresses, found.invalid) == (addresses, invalid)


@pytest.mark.parametrize(
    ("text", "says"),
    [("id,emial\n1,a@x.example\n", "did you mean 'emial'?"), ("", "empty"), ("name\nJane\n", "'email'")],
)
def test_a_file_without_an_address_column_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Suppressing nobody must not look like success."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        from_csv(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(UsageError, match=r"gone\.csv cannot be read"):
        from_csv(tmp_path / "gone.csv")


@pytest.mark.parametrize("said", ["", "jane", "a@b@c", "a b@c.example", "@x"])
def test_what_is_no_address_is_refused(said: str) -> None:
    """One address must be one."""
    with pytest.raises(UsageError, match="no e-mail address"):
        one(said)
