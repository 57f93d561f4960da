"""What pictures are made of: figures as people read them, and months in which nothing was counted."""

from decimal import Decimal

import pytest

from app.edge.templating import first_sentence
from app.reports.charts import intervals, svg
from app.reports.pictures import every_month, number, trend


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, "–"), (1234, "1,234"), (26.0, "26"), (29.5, "29.5"), (Decimal("60.00"), "60"), (Decimal("82.50"), "82.50"),
        (Decimal("1234.00"), "1,234"),
    ],
)  # fmt: skip
def test_a_figure_has_no_needless_decimals(value: object, read: str) -> None:
    assert number(value) == read


def test_a_month_in_which_nothing_was_counted_is_a_gap_and_not_a_line() -> None:
    rows = [
        {"group": "2025-11", "median_working_days": 4.0, "p90_working_days": 9.0},
        {"group": "2026-02", "median_working_days": 6.0, "p90_working_days": 7.0},
    ]
    assert [(row["group"], row["median_working_days"]) for row in every_month(rows)] == [
        ("2025-11", 4.0), ("2025-12", None), ("2026-01", None), ("2026-02", 6.0),
    ]  # fmt: skip
    assert every_month([]) == []
    chart = trend("How long", rows)
    assert "From Nov 25 to Feb 26 the median went from 4 to 6 working days." in chart.words


def test_the_first_sentence_says_what_is_counted() -> None:
    assert first_sentence("From first contact. Holds count, e.g. snow.") == "From first contact."
    assert first_sentence("All there is") == "All there is"


def test_an_interval_whose_end_is_not_known_goes_on_to_the_edge() -> None:
    rows = [
        {"g": "Owns", "v": 20, "l": 10, "h": None}, {"g": "Rents", "v": 30, "l": 25, "h": 40},
        {"g": "Few", "v": 12, "l": None, "h": None},
    ]  # fmt: skip
    chart = intervals("A", rows, label="g", value="v", low="l", high="h", unit="Days", words="A.")
    drawn = [(row["label"], row["low"], row["high"], row["to_the_edge"]) for row in chart.spec["data"]["values"]]
    assert drawn == [("Owns", 10, 50.0, True), ("Rents", 25, 40, False), ("Few", None, None, False)]
    assert "stroke-dasharray" in svg(chart)
