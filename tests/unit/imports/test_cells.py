from datetime import date, datetime

import pytest

from app.imports.cells import EPOCH_1904, Number, column_letter, is_blank, text_of, tidy


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_are_named_as_spreadsheets_name_them(index, letter):
    assert column_letter(index) == letter


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (30866963147.0, "30866963147"),
        (7341.0, "7341"),
        (12199.5, "12199.5"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
    ],
)
def test_a_number_reads_as_a_person_would_write_it(value, text):
    assert text_of(Number(value)) == text


def test_a_number_in_a_date_column_is_the_day_excel_would_show():
    assert Number(45292.0).day() == date(2024, 1, 1)
    assert Number(45292.75).day() == date(2024, 1, 1)


def test_a_workbook_that_counts_from_1904_shows_the_same_number_four_years_later():
    assert Number(43830.0, EPOCH_1904).day() == date(2024, 1, 1)


@pytest.mark.parametrize("value", [2025.0, 0.0, -45292.0, 99999999.0, float("1e200")])
def test_a_year_typed_alone_is_no_day(value):
    assert Number(value).day() is None


def test_a_midnight_is_a_day_and_another_time_is_kept():
    assert text_of(datetime(2025, 2, 3)) == "2025-02-03"
    assert text_of(datetime(2025, 2, 3, 14, 30)) == "2025-02-03T14:30:00"
    assert text_of(date(2025, 2, 3)) == "2025-02-03"


@pytest.mark.parametrize("cell", ["", "   ", "\t", "\u00a0", "\u200b", "\ufeff", "\r\n"])
def test_a_cell_in_which_nobody_sees_anything_is_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", ["-", "0", Number(0.0), date(2025, 1, 1)])
def test_a_cell_that_shows_something_is_not_blank(cell):
    assert not is_blank(cell)


def test_a_tidy_text_is_on_one_line_and_shows_all_its_letters():
    assert tidy(" Davina\u00a0\u200bDummie\r\n the\x07 second ") == "Davina Dummie the second"


def test_the_apostrophe_that_keeps_a_text_from_being_a_formula_is_no_part_of_it():
    assert tidy("'=1+1") == "=1+1"
    assert tidy("'Isla's flat") == "'Isla's flat"
    assert tidy("O'-Brien") == "O'-Brien"
