"""Great Expectations over the new rows: what was declared is evaluated, all of it, or the batch is held."""

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pandas as pd

from models.errors import SourceHeld
from models.nearest import did_you_mean
from models.suite import Expectation
from tasks.quality.batch import Batch
from tasks.quality.findings import Check, find_batch, find_rows
from tasks.quality.mapping import ROW

COLUMNS = ("column", "column_A", "column_B", "column_list", "column_set")
LIMITS = {"min_value", "max_value"}
SHORT = {"result_format": "BASIC", "partial_unexpected_count": 0}
ROWS = {"result_format": "COMPLETE", "return_unexpected_index_query": False, "partial_unexpected_count": 0}


def check_expectations(batch: Batch, expectations: Sequence[Expectation]) -> None:
    """Find the new rows that break an expectation: first only how many, then the rows of what failed.

    With `mostly` a broken row is still found; only a `hold` asks whether the expectation as a whole was met.

    Raises:
        SourceHeld: an expectation does not exist, raised, or was not evaluated.
    """
    if not expectations:
        return
    with _quiet():
        frame = _frame(batch, expectations)
        built = [_built(one, batch) for one in expectations]
        results = _evaluate(frame, built, SHORT)
        for one, result in zip(expectations, results, strict=True):
            _check_raised(one, result)
        failed = [place for place, result in enumerate(results) if _broken(expectations[place], result)]
        detailed = _evaluate(frame, [built[place] for place in failed], ROWS) if failed else []
    for place, result in zip(failed, detailed, strict=True):
        _report(batch, expectations[place], frame, result.result)


def _report(batch: Batch, one: Expectation, frame: pd.DataFrame, result: dict[str, Any]) -> None:
    """The rows of a failed expectation, or the batch where it speaks of no rows."""
    column = one.column or str(one.kwargs.get("column", ""))
    places = result.get("unexpected_index_list") or []
    if places:
        find_rows(batch.con, _check(one, column, one.severity), frame[ROW].take(places).tolist(), "incoming")
    else:  # a figure of the whole batch sets no row aside
        find_batch(batch.con, _check(one, column, "warn" if one.severity == "warn" else "hold"))


def _check(one: Expectation, column: str, severity: Any) -> Check:
    """An expectation as a check."""
    return Check(one.expect, column, severity, one.reason)


def _broken(one: Expectation, result: Any) -> bool:
    """Whether there is anything to report."""
    if one.severity == "hold":
        return not result.success
    return not result.success or bool(result.result.get("unexpected_count"))


def _check_raised(one: Expectation, result: Any) -> None:
    """An expectation that raised has not been met, whatever it says."""
    info = result.exception_info or {}
    if info.get("raised_exception") is False:
        return
    details = [info, *(value for value in info.values() if isinstance(value, dict))]
    message = next((str(found["exception_message"]) for found in details if found.get("exception_message")), "")
    raise SourceHeld(
        f"{one.expect} of '{one.column}' could not be evaluated: {message.splitlines()[0] if message else ''}"
    )


def _built(one: Expectation, batch: Batch) -> Any:
    """The expectation as Great Expectations knows it."""
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError  # noqa: PLC0415 (takes seconds)
    from great_expectations.expectations.registry import (  # noqa: PLC0415
        get_expectation_impl,
        list_registered_expectation_implementations,
    )

    try:
        kind: Any = get_expectation_impl(one.expect)
    except ExpectationNotFoundError as error:
        hint = did_you_mean(one.expect, list_registered_expectation_implementations())
        raise SourceHeld(f"there is no {one.expect}; {hint}") from error
    names = {column.name for column in batch.entity.columns}
    if one.column and one.column not in names:
        raise SourceHeld(
            f"{one.expect}: {batch.entity.name} has no column '{one.column}'; {did_you_mean(one.column, names)}"
        )
    try:
        return kind(**({"column": one.column} if one.column else {}), **_timed(one, batch))
    except (ValueError, TypeError) as error:
        raise SourceHeld(f"{one.expect} of '{one.column}' cannot be built: {str(error).splitlines()[0]}") from error


def _timed(one: Expectation, batch: Batch) -> dict[str, Any]:
    """The arguments, limits of a time column in its own type: Python compares no date with a time."""
    given = dict(one.kwargs)
    type_ = batch.entity.column(one.column).type if one.column else ""
    for name in LIMITS.intersection(given) if type_ in {"DATE", "TIMESTAMP"} else ():
        limit = datetime.fromisoformat(str(given[name]))
        given[name] = limit.date() if type_ == "DATE" else limit
    return given


def _evaluate(frame: pd.DataFrame, built: list[Any], result_format: dict[str, Any]) -> list[Any]:
    """A result for each expectation, in order.

    Raises:
        SourceHeld: some were not evaluated, or something broke beneath them.
    """
    import great_expectations as gx  # noqa: PLC0415 (takes seconds)

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("new rows")
    asset = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    suite: Any = gx.ExpectationSuite("suite")
    for place, expectation in enumerate(built):
        expectation.meta = {"place": place}
        suite.add_expectation(expectation)
    try:
        report = asset.get_batch({"dataframe": frame}).validate(suite, result_format=result_format)
    except Exception as error:  # Great Expectations raises what it likes
        raise SourceHeld(f"the expectations could not be evaluated: {type(error).__name__}") from error
    found = {result.expectation_config.meta["place"]: result for result in report.results}
    if sorted(found) != list(range(len(built))):
        raise SourceHeld(f"{len(found)} of {len(built)} expectations were evaluated")
    return [found[place] for place in range(len(built))]


def _frame(batch: Batch, expectations: Sequence[Expectation]) -> pd.DataFrame:
    """The new rows with those columns that an expectation reads, numbered from 0."""
    asked = {value for one in expectations for value in _columns(one)}
    names = [column.name for column in batch.entity.columns if column.name in asked]
    shown = [
        f"CAST({name} AS DOUBLE) AS {name}" if batch.entity.column(name).type.startswith("DECIMAL") else name
        for name in names
    ]
    table = batch.con.sql(f"SELECT {', '.join([ROW, *shown])} FROM fresh").to_arrow_table()  # noqa: S608
    frame: pd.DataFrame = table.to_pandas(date_as_object=True, timestamp_as_object=True)
    return frame


def _columns(one: Expectation) -> list[str]:
    """The columns an expectation reads."""
    given = [one.column, *(one.kwargs.get(name) for name in COLUMNS)]
    return [name for value in given if value for name in ([value] if isinstance(value, str) else value)]


@contextmanager
def _quiet() -> Iterator[None]:
    """No telemetry, no bars, no log lines with values in them, no warnings about its own dependencies."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    theirs = logging.getLogger("great_expectations")
    theirs.setLevel(logging.CRITICAL)
    theirs.propagate = False  # some of its loggers have a level of their own
    theirs.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
