"""The expectations of Great Expectations that a suite may use, and their arguments.

Importing the library takes seconds, and a check must not: a test compares the list with it.
"""

BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")
PAIR = ("column_A", "column_B", "ignore_row_if")

ROWS: dict[str, tuple[str, ...]] = {
    "expect_column_pair_values_a_to_be_greater_than_b": (*PAIR, "or_equal"),
    "expect_column_pair_values_to_be_equal": PAIR,
    "expect_column_value_lengths_to_be_between": BOUNDS,
    "expect_column_value_lengths_to_equal": ("value",),
    "expect_column_values_to_be_between": BOUNDS,
    "expect_column_values_to_be_in_set": ("value_set",),
    "expect_column_values_to_be_null": (),
    "expect_column_values_to_be_unique": (),
    "expect_column_values_to_match_regex": ("regex",),
    "expect_column_values_to_match_regex_list": ("regex_list", "match_on"),
    "expect_column_values_to_match_strftime_format": ("strftime_format",),
    "expect_column_values_to_not_be_in_set": ("value_set",),
    "expect_column_values_to_not_be_null": (),
    "expect_column_values_to_not_match_regex": ("regex",),
    "expect_column_values_to_not_match_regex_list": ("regex_list",),
    "expect_compound_columns_to_be_unique": ("column_list", "ignore_row_if"),
    "expect_select_column_values_to_be_unique_within_record": ("column_list", "ignore_row_if"),
}
"""Expectations that say which rows break them."""

FIGURES: dict[str, tuple[str, ...]] = {
    "expect_column_distinct_values_to_be_in_set": ("value_set",),
    "expect_column_distinct_values_to_contain_set": ("value_set",),
    "expect_column_distinct_values_to_equal_set": ("value_set",),
    "expect_column_max_to_be_between": BOUNDS,
    "expect_column_mean_to_be_between": BOUNDS,
    "expect_column_median_to_be_between": BOUNDS,
    "expect_column_min_to_be_between": BOUNDS,
    "expect_column_most_common_value_to_be_in_set": ("value_set", "ties_okay"),
    "expect_column_proportion_of_non_null_values_to_be_between": BOUNDS,
    "expect_column_proportion_of_unique_values_to_be_between": BOUNDS,
    "expect_column_quantile_values_to_be_between": ("quantile_ranges", "allow_relative_error"),
    "expect_column_stdev_to_be_between": BOUNDS,
    "expect_column_sum_to_be_between": BOUNDS,
    "expect_column_unique_value_count_to_be_between": BOUNDS,
}
"""Expectations about the batch as a whole: they warn or hold, no single row can be set aside for them."""

EXPECTATIONS = {**ROWS, **FIGURES}
OPTIONAL = (*BOUNDS, "mostly", "match_on", "ties_okay", "or_equal", "ignore_row_if", "allow_relative_error")
"""Arguments that may be left out; of bounds at least one is needed."""


def takes(expectation: str) -> tuple[str, ...]:
    """The arguments that it takes beside `column`."""
    own = EXPECTATIONS[expectation]
    return (*own, "mostly") if expectation in ROWS else own


def lacks(expectation: str, given: set[str]) -> list[str]:
    """The arguments that it cannot do without and was not given."""
    own = EXPECTATIONS[expectation]
    missing = [name for name in own if name not in OPTIONAL and name not in given]
    if set(BOUNDS) <= set(own) and not {"min_value", "max_value"} & given:
        missing.append("min_value or max_value")
    return missing


def about_columns(expectation: str) -> bool:
    """Whether it names its columns among its arguments, instead of under `column`."""
    return bool({"column_A", "column_list"} & set(EXPECTATIONS[expectation]))
