"""SQL conditions: one expression, known columns, allowed functions; NULL is unknown."""

import duckdb
import pytest

from config.conditions import Condition, Expression
from models.errors import ConditionError
from models.fact import Kind

SHEET: dict[str, Kind] = {
    "touch": "text",
    "nps": "number",
    "mrr_minor": "number",
    "term_end": "date",
    "sponsor_left": "boolean",
}


CLOSED = duckdb.connect(config={"enable_external_access": False, "threads": 1})


def judged(text: str, **values: object) -> object:
    """The condition's value on a sheet of one row."""
    types = {"text": "VARCHAR", "number": "BIGINT", "date": "DATE", "boolean": "BOOLEAN"}
    columns = ", ".join(f"CAST(${name} AS {types[kind]}) AS {name}" for name, kind in SHEET.items())
    row = CLOSED.execute(
        f"SELECT {Condition.parse(text, SHEET).sql} FROM (SELECT {columns})",
        {name: values.get(name) for name in SHEET},
    ).fetchone()
    return row and row[0]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("nps < 7", {"nps": 6}, True),
        ("nps < 7", {"nps": 7}, False),
        ("nps < 7", {}, None),
        ("not nps < 7", {}, None),
        ("nps < 7 or touch = 'high'", {"touch": "high"}, True),
        ("nps < 7 and touch = 'high'", {"touch": "low"}, False),
        ("nps is null", {}, True),
        ("touch in ('high', 'low')", {}, None),
        ("least(nps, mrr_minor) < 5", {"mrr_minor": 1}, None),
        ("greatest(least(nps, 3), mrr_minor) = 3", {"nps": 9, "mrr_minor": 1}, True),
        ("term_end < '2024-12-31'", {"term_end": "2024-12-30"}, True),
        ("term_end - 30 <= date '2024-12-01'", {"term_end": "2024-12-31"}, True),
        ("sponsor_left", {"sponsor_left": True}, True),
        ("sponsor_left", {}, None),
        ("mrr_minor / nullif(nps, 0) > 2", {"nps": 0, "mrr_minor": 5}, None),
        ("mrr_minor / nps > 2", {"nps": 0, "mrr_minor": 5}, None),
        ("mrr_minor // nps > 2 or mrr_minor % nps > 2", {"nps": 0, "mrr_minor": 5}, None),
        ("12 / (6 / nps) = 4", {"nps": 2}, True),
        ("TOUCH = 'high' -- and nps > 3", {"touch": "high"}, True),
    ],
)
def test_unknown_is_neither_true_nor_false(text: str, values: dict[str, object], expected: object) -> None:
    """What a missing value could change stays unknown; DuckDB's own least and greatest would guess."""
    assert judged(text, **values) is expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("toch = 'high'", "there is no column 'toch'; did you mean 'touch'?"),
        ("a.touch = 'high'", "write 'touch' without 'a.'"),
        ("nps", "a condition is true or false, but this is a number"),
        ("touch", "but this is a text"),
        ("nps = 'high'", "compares number with text"),
        ("term_end < 'soon'", "compares date with text"),
        ("touch = 'high' and nps", "`nps` is a number, not true or false"),
        ("nps > 1; drop table accounts", "one expression is needed, without semicolon"),
        ("", "one expression is needed"),
        ("nps >", "this is no SQL expression"),
        ("nps > 1 limit 1", "this is no SQL expression"),
        ("nps in (select 1)", "has no SELECT of its own"),
        ("exists (select 1)", "has no SELECT of its own"),
        ("nps > (select max(nps) from contacts)", "has no SELECT of its own"),
        ("read_csv('/etc/passwd') = 'x'", "the function read_csv() is not allowed"),
        ("getenv('HOME') = 'x'", "the function getenv() is not allowed"),
        ("random() > 0.5", "is not allowed"),
        ("now() > term_end", "the function now() is not allowed"),
        ("current_date > term_end", "is not allowed"),
        ("sum(nps) over () > 1", "is not allowed"),
        ("count(nps) > 1", "the function count() is not allowed"),
        ("nps > $1", "`$1` is not allowed here"),
        ("touch::int = 1", "may fail at night; use TRY_CAST"),
        ("*", "`*` is not allowed here"),
        ("nps = " + "1 + " * 2000 + "1", "longer than 4000 characters"),
        ("(" * 1500 + "nps = 1" + ")" * 1500, "this is no SQL expression"),
    ],
)
def test_what_is_no_condition_over_the_sheet_is_refused(text: str, problem: str) -> None:
    """The message says what is wrong, with the nearest valid name, and where."""
    with pytest.raises(ConditionError) as caught:
        Condition.parse(text, SHEET, file="config/touch.yaml", key="touch[0].when")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("config/touch.yaml: touch[0].when: ")


def test_a_condition_says_what_it_reads() -> None:
    """Columns in lower case, each once, in order; so that `why` can show their values."""
    assert Condition.parse("NPS < 3 and touch = 'high' and nps > 1", SHEET).columns_read == ("nps", "touch")


def test_names_are_quoted_and_comments_dropped() -> None:
    """A column may be called like a word of SQL, and text in comments never runs."""
    assert Condition.parse('"order" = 1 /* ; drop */', {"order": "number"}).sql == '("order" = 1)'


@pytest.mark.parametrize(
    ("text", "kind"),
    [("term_end - 30", "date"), ("term_end - date '2024-01-01'", "number"), ("touch || '/1'", "text"), ("null", None)],
)
def test_an_expression_knows_its_kind(text: str, kind: str | None) -> None:
    """A date less days is a date, a date less a date a number."""
    assert Expression.parse(text, SHEET).kind == kind
