"""Writing tables one after the other, each while the next one is computed."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from tasks.lake.lake import Lake


def write_all(lake: Lake, tables: Iterable[tuple[str, pa.Table]]) -> None:
    """Write (path, table) in order. At most one waits while another is made, so that memory holds two."""
    with ThreadPoolExecutor(max_workers=1) as writer:
        last: Future[None] | None = None
        for path, table in tables:
            if last:
                last.result()
            last = writer.submit(lake.write, path, table)
        if last:
            last.result()
