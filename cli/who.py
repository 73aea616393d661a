"""Who does what is done by hand: the login of this machine, unless somebody else is named."""

from getpass import getuser
from typing import Annotated

import typer

from models.errors import UsageError

By = Annotated[str | None, typer.Option(help="Who does it, by id (default: your login).")]


def who(said: str | None) -> str:
    """The name that goes into the log.

    Raises:
        UsageError: it is an address, and the log keeps no personal data.
    """
    if said is not None:
        if "@" in said or not said.strip():
            raise UsageError(f"'{said}' is no id of a person; the log keeps ids, no addresses")
        return said.strip()
    try:
        return getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "by hand"
