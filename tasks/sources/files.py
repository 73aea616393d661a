"""Files as a source: CSV, Parquet, JSON lines; globs, compression, any fsspec URL."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import fsspec
from fsspec.core import has_magic

from config.files import ROOT
from models.errors import SourceAway, SourceFailed
from models.source import SourceSpec
from tasks.sources.environment import Address, expand
from tasks.sources.formats import READERS
from tasks.sources.protocol import Part

LIMIT = 8 * 1024**3
"""Bytes a file may have when unpacked: a bomb must not take the machine with it."""
BLOCK = 16 * 1024 * 1024


@dataclass(frozen=True)
class FilesAdapter:
    """Reads `path` of a source; `names` is what `${NAME}` may say. A relative path starts where Perennial runs."""

    names: dict[str, str]

    def read(self, spec: SourceSpec, since: str) -> list[Part]:
        """Every file that matches, in the order of their names; `since` is left to the landing, which knows what came.

        Raises:
            SourceFailed: no file matches, or one of them cannot be read.
        """
        del since
        address = expand(spec.path or "", self.names)
        try:
            fs, path = fsspec.url_to_fs(_placed(address.full))
            paths = sorted(fs.glob(path)) if has_magic(path) else [path]
        except (OSError, ValueError, ImportError) as error:
            raise SourceAway(f"{address} cannot be reached: {address.mask(_words(error))}") from error
        if not paths:
            raise SourceFailed(f"no file matches {address}")
        return [self._part(fs, path, spec, address) for path in paths]

    def _part(self, fs: fsspec.AbstractFileSystem, path: str, spec: SourceSpec, address: Address) -> Part:
        """One file's rows."""
        name = path.rsplit("/", 1)[-1]
        try:
            with fs.open(path, "rb", compression="infer") as file:
                return Part(name, READERS[spec.format](_all(file), spec))
        except SourceFailed as error:
            raise SourceFailed(f"{name} of {address}: {error}") from error
        except (OSError, EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
            away = isinstance(error, ConnectionError | TimeoutError)
            said = f"{name} of {address} cannot be read: {address.mask(_words(error))}"
            raise (SourceAway if away else SourceFailed)(said) from error


def _all(file: IO[bytes]) -> bytes:
    """Everything in the file, unpacked."""
    data = bytearray()
    while block := file.read(BLOCK):
        data += block
        if len(data) > LIMIT:
            raise SourceFailed(f"it unpacks to more than {LIMIT // 1024**3} GB")
    return bytes(data)


def _placed(path: str) -> str:
    """A relative path where Perennial runs, or beside the installation where there is nothing of that name."""
    if "://" in path or Path(path).is_absolute() or Path(_fixed(path)).exists():
        return path
    beside = ROOT / path
    return str(beside) if Path(_fixed(str(beside))).exists() else path


def _fixed(path: str) -> str:
    """The part of a path before its first pattern."""
    parts = Path(path).parts
    keep = next((place for place, part in enumerate(parts) if has_magic(part)), len(parts))
    return str(Path(*parts[:keep]))


def _words(error: BaseException) -> str:
    """What went wrong, in one line."""
    said = str(error).splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
