"""The lake: what was observed, as Parquet and text under one folder or fsspec URL, each file whole or not at all."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import pandas as pd

THREADS = 2
SMALLEST_GROUP, LARGEST_GROUP = 16_384, 131_072


@dataclass(frozen=True)
class Lake:
    """One lake.

    Attributes:
        url: a local folder or any fsspec URL; all writing goes here.
        under: a lake below it that is only read, where `url` has no such file (dry runs).
    """

    url: str
    under: str | None = None

    def write(self, path: str, table: "pa.Table | pd.DataFrame", footer: Mapping[str, str] | None = None) -> None:
        """Write a Parquet file at `path` (relative to the lake), replacing what was there; `footer` goes beside."""
        table = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
        sink = io.BytesIO()
        table = table.replace_schema_metadata(dict(footer or {}) or None)
        pq.write_table(table, sink, compression="zstd", row_group_size=_group(table.num_rows))
        self._put(path, sink.getvalue())

    def write_text(self, path: str, text: str) -> None:
        """Write a UTF-8 file at `path`, replacing what was there."""
        self._put(path, text.encode())

    def read(self, path: str) -> pa.Table:
        """The Parquet file at `path`; FileNotFoundError if there is none."""
        return pq.ParquetFile(io.BytesIO(self.read_bytes(path))).read()

    def footer(self, path: str) -> dict[str, str]:
        """What was written into the Parquet file's footer."""
        found = pq.ParquetFile(io.BytesIO(self.read_bytes(path))).schema_arrow.metadata or {}
        return {key.decode(): value.decode() for key, value in found.items()}

    def read_text(self, path: str) -> str:
        """The UTF-8 file at `path`; FileNotFoundError if there is none."""
        return self.read_bytes(path).decode()

    def read_bytes(self, path: str) -> bytes:
        """The file at `path` as it is, from here or from the lake below; FileNotFoundError if there is none."""
        if self._base and not self._here(path):
            return self._base.read_bytes(path)
        return bytes(self.fs.cat_file(self._full(path)))

    def exists(self, path: str) -> bool:
        """Whether there is a file at `path`, here or in the lake below."""
        return self._here(path) or bool(self._base and self._base.exists(path))

    def resolve(self, path: str) -> str:
        """Where the file at `path` lies, as DuckDB's read_parquet takes it (with a connection of `duckdb`)."""
        if self._base and not self._here(path):
            return self._base.resolve(path)
        full = self._full(path)
        return full if self.local else self.fs.unstrip_protocol(full)

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A fresh connection in memory that can read this lake: two threads, times in UTC."""
        con = duckdb.connect(config={"threads": THREADS})
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")  # it would print on stdout where Python runs by -c
        for lake in filter(None, (self, self._base)):
            if not lake.local:
                con.register_filesystem(lake.fs)
        return con

    @property
    def root(self) -> str:
        """The lake's own path in its file system."""
        return self._place[1]

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens if it is not there."""
        if self._here(path):
            self.fs.rm_file(self._full(path))

    @property
    def fs(self) -> fsspec.AbstractFileSystem:
        """The lake's file system."""
        return self._place[0]

    @cached_property
    def local(self) -> bool:
        """Whether the lake is a folder of this machine."""
        return "file" in _protocols(self.fs)

    @cached_property
    def _base(self) -> "Lake | None":
        """The lake below."""
        return Lake(self.under) if self.under else None

    @cached_property
    def _place(self) -> tuple[fsspec.AbstractFileSystem, str]:
        """File system, and the lake's root in it."""
        fs, root = fsspec.url_to_fs(self.url)
        return fs, root.rstrip("/")

    def _full(self, path: str) -> str:
        """The path in the file system."""
        return f"{self._place[1]}/{path}"

    def _here(self, path: str) -> bool:
        """Whether the file is in this lake itself."""
        return bool(self.fs.isfile(self._full(path)))

    def _put(self, path: str, data: bytes) -> None:
        """Write whole or not at all: rename on this machine; an object store's single put is atomic by itself."""
        full = self._full(path)
        if self.local:
            _put_local(Path(full), data)
        else:
            self.fs.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
            self.fs.pipe_file(full, data)


def _group(rows: int) -> int:
    """Rows of a row group: DuckDB's threads each take a group, so that a table should have some."""
    return min(max(rows // 8, SMALLEST_GROUP), LARGEST_GROUP)


def _protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    """The names a file system goes by."""
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _put_local(path: Path, data: bytes) -> None:
    """Write beside the place, flush to the disk, rename, flush the folder: a killed writer leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.aside")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
