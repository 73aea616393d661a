"""What every adapter gives: raw rows as they came, and nothing decided about them."""

from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from models.source import SourceSpec


@dataclass(frozen=True)
class Part:
    """The rows of one file or one query; `name` is for messages."""

    name: str
    rows: pa.Table


class Adapter(Protocol):
    """A way to read a source. It only reads, and never gives an empty result for a failure."""

    def read(self, spec: SourceSpec, since: str) -> list[Part]:
        """All rows of a snapshot, or at least those whose cursor is not before `since` (ISO).

        Raises:
            SourceFailed: the source cannot be reached or read; the message names it without secrets.
        """
        ...
