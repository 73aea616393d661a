"""The seam through which stages are called: plainly here, as tasks of Prefect in the flows."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Through(Protocol):
    """How a stage is called; Prefect makes a task of it."""

    def __call__(self, name: str, function: Callable[..., T], *args: Any, retries: int = 0) -> T:
        """Call the stage."""
        ...


def plainly(name: str, function: Callable[..., T], *args: Any, retries: int = 0) -> T:  # noqa: ARG001 - the seam's shape
    """Call it, that is all."""
    return function(*args)
