import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.cells import text_of, tidy
from app.imports.columns import Column
from app.imports.readings import RowError
from app.imports.rejected import guarded, rejected_csv
from app.imports.rows import Rejected
from app.imports.sheets import open_sheet
from tests.unit.imports.building import a_row, csv_text, judge_text, rejected_columns

ERRORS = [RowError("Tenure", "Not known."), RowError("Closed", "Not a date.")]


def read_back(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def written(header, rows):
    return read_back("".join(rejected_csv(header, rows)))


def test_the_rejected_rows_come_back_with_all_that_is_wrong():
    assert written(["Tenure", "Closed"], [(["n/k", "soon"], ERRORS)]) == [
        ["Tenure", "Closed", "Error"],
        ["n/k", "soon", "Tenure: Not known. | Closed: Not a date."],
    ]


def test_short_rows_are_filled_up_and_cells_beyond_the_header_stay():
    assert written(["Tenure", "Closed"], [(["n/k"], ERRORS[:1]), (["a", "b", "c"], ERRORS[:1])]) == [
        ["Tenure", "Closed", "Error"],
        ["n/k", "", "Tenure: Not known."],
        ["a", "b", "Tenure: Not known.", "c"],
    ]


def test_a_file_that_comes_back_keeps_one_error_column():
    assert written(["error ", "Tenure"], [(["old", "n/k"], ERRORS[:1])]) == [
        ["error ", "Tenure"],
        ["Tenure: Not known.", "n/k"],
    ]


def test_excel_is_told_that_the_file_is_utf8_and_every_line_ends_as_a_csv_should():
    lines = list(rejected_csv(["Cost £"], [(["£5"], ERRORS)]))
    assert lines[0] == "\ufeffCost £,Error\r\n"
    assert all(line.endswith("\r\n") for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+SUM(A1)",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "-A1",
        "+44 131 x",
        "＝1+1",
        "--1",
        "\n",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-12.50", "+3", "-", "- 5", "-£1,200.00", "+44 131 496 0000", "-5%", "n/k", "", "O'-Brien", "3-4", "a=b"]
)
def test_numbers_with_a_sign_and_ordinary_words_stay_as_they_are(text):
    assert guarded(text) == text


@given(st.text())
def test_no_cell_begins_as_a_formula_and_the_import_reads_it_as_it_was(text):
    cell = guarded(text)
    assert cell in {text, f"'{text}"}
    assert tidy(cell).removeprefix("'").strip() in {tidy(text), tidy(text).removeprefix("'").strip()}


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), max_size=5), max_size=5
    )
)
def test_any_cells_are_written_so_that_each_row_comes_back(rows):
    table = written(["A", "B"], [(row, ERRORS) for row in rows])
    assert [row[:2] for row in table[1:]] == [[guarded(cell) for cell in [*row, "", ""][:2]] for row in rows]


def test_a_mended_file_can_be_imported(tmp_path):
    rows = [a_row(tenure="n/k", notes="=HYPERLINK(1)"), a_row(source_reference="GLEN-2", closed="soon")]
    rejected = [v for v in judge_text(tmp_path, csv_text(rows)) if isinstance(v, Rejected)]
    header = open_sheet(tmp_path / "extract.csv").header
    text = "".join(rejected_csv(header, [([text_of(cell) for cell in v.cells], v.errors) for v in rejected]))
    assert rejected_columns(judge_text(tmp_path, text)) == {2: ["Tenure"], 3: ["Closed"]}
    mended = judge_text(tmp_path, text.replace("n/k", "Council").replace("soon", "01/03/2025"))
    assert rejected_columns(mended) == {}
    assert [verdict.case.notes for verdict in mended if not isinstance(verdict, Rejected)] == ["=HYPERLINK(1)", None]
    assert Column.NOTES in header
