"""`${NAME}` in addresses."""

import pytest

from models.errors import SourceFailed
from tasks.sources.environment import expand


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("${DIR}/a.csv", "/data/a.csv"),
        ("${NONE:-here}/a.csv", "here/a.csv"),
        ("${EMPTY:-here}/a.csv", "here/a.csv"),
        ("${DIR:-here}/${FILE:-b}.csv", "/data/b.csv"),
        ("plain.csv", "plain.csv"),
    ],
)
def test_names_are_filled_in(text: str, full: str) -> None:
    """From the environment, or by the default when unset or empty."""
    assert expand(text, {"DIR": "/data", "EMPTY": ""}).full == full


def test_a_name_that_is_not_set_is_told() -> None:
    """The message names it, and where to set it."""
    with pytest.raises(SourceFailed, match="set CRM_DIR in the environment"):
        expand("${CRM_DIR}/a.csv", {})


def test_a_secret_is_not_shown() -> None:
    """An address is shown as it was written, and a driver's message is masked."""
    address = expand("postgresql://crm:${CRM_PASSWORD}@host/db", {"CRM_PASSWORD": "hunter22"})
    assert "hunter22" in address.full
    assert "hunter22" not in f"{address} {address!s}"
    assert address.mask("no such user hunter22") == "no such user ${CRM_PASSWORD}"
