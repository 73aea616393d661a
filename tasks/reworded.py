"""What an earlier night would have said of audiences whose words were edited since.

Nobody enters or leaves because somebody edits a file: tonight is held against the night before under the same words.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import pyarrow as pa

from config.conditions import Condition
from config.scoring import sheet_columns
from models.fact import GRAINS, Kind
from models.play import Play
from tasks.judge import truth
from tasks.night import Night

SCHEMA = pa.schema([("play", pa.string()), ("subject", pa.string()), ("holds", pa.bool_())])


def reworded(night: Night, plays: Iterable[Play], day: date | None) -> pa.Table:
    """(play, subject, holds) of these plays, judged over the sheets of that night.

    A play whose words read what those sheets did not have yet has no rows: of its subjects nothing can be said.
    """
    found, edited = [SCHEMA.empty_table()], list(plays)
    for grain in sorted(GRAINS) if day else ():
        path, mine = f"nights/{day}/sheet_{grain}.parquet", [play for play in edited if play.per == grain]
        if mine and night.lake.exists(path):
            found += _said(night.lake.read(path), mine, sheet_columns(night.rules)[grain])
    return pa.concat_tables(found)


def _said(sheet: pa.Table, plays: Iterable[Play], columns: Mapping[str, Kind]) -> Iterator[pa.Table]:
    """The rows of plays of one grain."""
    for play in plays:
        asked = Condition.parse(play.audience, columns)
        if set(asked.columns_read) <= set(sheet.column_names):
            told = truth(sheet, f"{play.per}_id", {"holds": asked})
            subjects = [f"{play.per}:{id_}" for id_ in told[f"{play.per}_id"].to_pylist()]
            columns_ = [[play.play] * len(subjects), subjects, told["holds"].to_pylist()]
            yield pa.Table.from_arrays(
                [pa.array(*pair) for pair in zip(columns_, SCHEMA.types, strict=True)], schema=SCHEMA
            )
