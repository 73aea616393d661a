"""The rules that ship are whole; all conditions of a grain are judged together, and one that cannot run is named."""

from typing import Any

import pyarrow as pa
import pytest

from config.conditions import Condition
from config.files import read_files
from config.load import load_rules
from config.scoring import check_anchor, check_scoring, lineage_of, sheet_columns
from models.errors import ConditionError
from models.play import PlayCondition
from models.signals import table_faults
from tasks.judge import parse, truth


def test_the_rules_that_ship_are_whole() -> None:
    """Every expression reads what is there, no cell of the decision table is empty, every anchor is a date."""
    rules = load_rules(read_files())
    columns = sheet_columns(rules)
    assert check_scoring(rules).columns == columns["account"]
    assert table_faults(rules.signals, rules.segments.size_names) == []
    for name, anchor in rules.anchors.anchors.items():
        occurrence = check_anchor(anchor, columns[anchor.grain], name)
        assert (occurrence.kind if occurrence else None) == (None if anchor.built_in else "text"), name
    assert lineage_of(rules, "account").stale("stage", frozenset({"contracts"})) == {"contracts"}


def test_an_anchor_is_a_date_of_its_sheet() -> None:
    """A column of another kind, or one that is not there, is said at load."""
    rules = load_rules(read_files())
    anchor, columns = rules.anchors.anchors["term_end"], sheet_columns(rules)["contract"]
    with pytest.raises(ConditionError, match=r"'mrr_minor' is a number, no date"):
        check_anchor(anchor.model_copy(update={"date": "mrr_minor"}), columns, "term_end")
    with pytest.raises(ConditionError, match=r"did you mean 'term_end'\?"):
        check_anchor(anchor.model_copy(update={"date": "term_ends"}), columns, "term_end")


def test_all_conditions_of_a_grain_are_judged_in_one_scan() -> None:
    """True, false and unknown side by side, ordered by id; a division by zero is unknown as well."""
    sheet = pa.table({"account_id": ["A-2", "A-1"], "uses": [5, 0], "nps": [None, 3]})
    columns = {"uses": "number", "nps": "number"}
    texts = {"p.audience": "uses > 1", "p.when": "nps < 7", "p.ratio": "nps / uses > 1"}
    parsed = {id_: Condition.parse(text, columns) for id_, text in texts.items()}  # type: ignore[arg-type]
    assert truth(sheet, "account_id", parsed).to_pylist() == [
        {"account_id": "A-1", "p.audience": False, "p.ratio": None, "p.when": True},
        {"account_id": "A-2", "p.audience": True, "p.ratio": None, "p.when": None},
    ]


def test_a_goal_is_a_number_beside_the_conditions() -> None:
    """Unknown where something is missing or not finite."""
    sheet = pa.table({"account_id": ["A-1", "A-2", "A-3"], "uses": [8, None, 8], "seats": [4, 4, 0]})
    columns: Any = {"uses": "number", "seats": "number"}
    goal = parse(PlayCondition("p.goal", "account", "uses / seats", "number"), columns)
    when = parse(PlayCondition("p.when", "account", "uses > 1"), columns)
    assert truth(sheet, "account_id", {"p.goal": goal, "p.when": when}).to_pylist() == [
        {"account_id": "A-1", "p.goal": 2.0, "p.when": True},
        {"account_id": "A-2", "p.goal": None, "p.when": None},
        {"account_id": "A-3", "p.goal": None, "p.when": True},
    ]


def test_a_goal_that_is_no_number_is_refused() -> None:
    """At load and at night."""
    with pytest.raises(ConditionError, match="a goal is a number, `plan` gives a text"):
        parse(PlayCondition("p.goal", "account", "plan", "number"), {"plan": "text"})


def test_a_condition_that_cannot_run_is_named() -> None:
    """One of many fails: the message says which."""
    sheet = pa.table({"account_id": ["A-1"], "plan": ["x"]})
    parsed = {
        "p.good": Condition.parse("plan = 'x'", {"plan": "text"}),
        "p.bad": Condition.parse("plan > 1", {"plan": "number"}),
    }
    with pytest.raises(ConditionError, match=r"DuckDB cannot run `plan > 1` \(p\.bad\)"):
        truth(sheet, "account_id", parsed)
