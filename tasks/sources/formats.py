"""CSV, Parquet and JSON lines as tables. Text stays text: what a value means is the mapping's to say."""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from models.errors import SourceFailed
from models.source import SourceSpec

BLOCK = 64 * 1024 * 1024


def read_csv(data: bytes, spec: SourceSpec) -> pa.Table:
    """All columns as text, empty as null; a line with too few or too many fields fails the file."""
    text = _utf8(data, spec.encoding)
    header = _header(text, spec.delimiter)
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()), null_values=[""], strings_can_be_null=True
    )
    parse = pa_csv.ParseOptions(delimiter=spec.delimiter, newlines_in_values=True)
    try:
        return _parsed(text, parse, convert, threads=True)
    except pa.ArrowInvalid:
        pass
    try:
        return _parsed(text, parse, convert, threads=False)  # slower, but it knows the row's number
    except pa.ArrowInvalid as error:
        raise SourceFailed(f"this is no CSV with '{spec.delimiter}': {_without_values(str(error))}") from error


def _parsed(text: bytes, parse: pa_csv.ParseOptions, convert: pa_csv.ConvertOptions, *, threads: bool) -> pa.Table:
    """The rows as the parser reads them."""
    reading = pa_csv.ReadOptions(block_size=max(1024, min(len(text) + 1, BLOCK)), use_threads=threads)
    return pa_csv.read_csv(io.BytesIO(text), read_options=reading, parse_options=parse, convert_options=convert)


def read_parquet(data: bytes, spec: SourceSpec) -> pa.Table:
    """The columns with their types; text is not decoded, so `spec` has nothing to say."""
    del spec
    try:
        return pq.ParquetFile(io.BytesIO(data)).read().replace_schema_metadata(None)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceFailed(f"this is no Parquet file: {_without_values(str(error))}") from error


def read_jsonl(data: bytes, spec: SourceSpec) -> pa.Table:
    """One object a line, every value as text (numbers as they are written, nested ones as JSON)."""
    columns: dict[str, list[str | None]] = {}
    count = 0
    for number, line in enumerate(_utf8(data, spec.encoding).split(b"\n"), start=1):
        if line.strip():
            _add(columns, _object(line, number), count)
            count += 1
    for values in columns.values():
        values.extend([None] * (count - len(values)))
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


READERS: dict[str, Callable[[bytes, SourceSpec], pa.Table]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "jsonl": read_jsonl,
}


def _utf8(data: bytes, encoding: str) -> bytes:
    """The bytes as UTF-8 without a byte order mark; anything that does not decode fails the file."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceFailed(f"encoding '{encoding}' is not known; try utf-8, cp1252 or latin-1") from error
    try:
        if name in {"utf-8", "utf-8-sig"}:
            data.decode("utf-8")
            return data.removeprefix(codecs.BOM_UTF8)
        return data.decode(name).encode("utf-8")
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        raise SourceFailed(
            f"byte {at} (line {data[:at].count(10) + 1}) is no {encoding}; declare encoding: in config/sources.yaml"
        ) from error


def _header(text: bytes, delimiter: str) -> list[str]:
    """The names of the first line; an empty file or a name twice fails the file."""
    if not text.strip():
        raise SourceFailed("the file is empty; that is never read as 'no rows'")
    names = next(csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceFailed(f"the column '{twice[0]}' is there twice")
    return names


def _object(line: bytes, number: int) -> dict[str, Any]:
    """One line's object, numbers unread."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError as error:
        raise SourceFailed(f"line {number} is no JSON") from error
    if not isinstance(found, dict):
        raise SourceFailed(f"line {number} is no JSON object")
    return found


def _add(columns: dict[str, list[str | None]], found: dict[str, Any], count: int) -> None:
    """Append an object's values; a column that begins late is null before."""
    for name, value in found.items():
        values = columns.setdefault(name, [])
        values.extend([None] * (count - len(values)))
        values.append(_text(value))


def _text(value: Any) -> str | None:
    """A value as text; half a surrogate pair, which is no character, becomes the replacement character."""
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not text.isascii() else text


def _without_values(message: str) -> str:
    """A parser's message without the row it quotes: rows may hold personal data."""
    return re.split(r"(?<=got \d): |(?<=got \d\d): |\n", message)[0].strip()
