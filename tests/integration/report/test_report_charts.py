"""The report's charts: equal for equal input, legible without color, in the page's own colors."""

from datetime import date

from tasks.report.charts import renewals_chart, scores_chart
from tasks.report.views import Month


def test_charts_are_equal_for_equal_input() -> None:
    """No dates, no random ids, no colors of their own."""
    scores = [("green", 80.0), ("red", 100.0), ("yellow", 0.0)]
    first = scores_chart(scores)
    assert first == scores_chart(scores)
    assert "var(--band-green)" in first
    assert "dc:date" not in first
    assert "#01020" not in first
    assert "DejaVu" not in first


def test_a_chart_names_bands_and_numbers() -> None:
    """Color is never the only sign: the legend has words, bars their number of contracts."""
    chart = renewals_chart([Month(date(2025, 1, 1), {"red": 5_000}, {"red": 7})], "EUR")
    assert ">red<" in chart
    assert ">7<" in chart
    assert ">MRR to be renewed<" in chart
