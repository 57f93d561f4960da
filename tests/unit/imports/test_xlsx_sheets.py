"""Workbooks as two libraries write them for spreadsheets."""

from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from app.imports.cells import Number, text_of
from app.imports.sheets import SheetKind, open_sheet
from tests.unit.imports.workbooks import rows_of


def test_a_workbook_gives_texts_numbers_and_days_with_the_row_numbers_that_it_shows(ordinary):
    sheet = open_sheet(ordinary)
    assert sheet.kind is SheetKind.XLSX
    assert sheet.header == ("Person name", "First contact", "UPRN", "Cost GBP", "Notes", "Urgent")
    assert sheet.row_count == 2
    assert [(row.line, row.cells) for row in sheet.rows()] == [
        (2, ("Davina Dummie", date(2025, 2, 3), Number(30866963147.0), Number(12199.5), "rings twice", "TRUE")),
        (4, ("Ross Sample", datetime(2025, 2, 3, 9, 30), "", Number(7341.0), "", "FALSE")),
    ]


@pytest.mark.parametrize("constant_memory", [True, False])
def test_texts_may_be_shared_or_stand_in_their_cells(tmp_path, constant_memory):
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Notes"])
        sheet.write_row(1, 0, ["Ross & <Sample>", "two\nlines, £ and 蘇"])
        sheet.write_row(2, 0, ["Ross & <Sample>", " spaces "])
    assert rows_of(path) == [
        (2, ("Ross & <Sample>", "two\nlines, £ and 蘇")),
        (3, ("Ross & <Sample>", " spaces ")),
    ]


@pytest.mark.parametrize(
    "shown_as", ["dd/mm/yyyy", "d mmm yy", "[$-809]dd mmmm yyyy;@", "yyyy-mm-dd hh:mm", 14, 22, "mmm-yy", "[Red]d/m/yy"]
)
def test_a_number_shown_as_a_date_is_a_date(tmp_path, shown_as):
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "First contact")
        sheet.write_number(1, 0, 45691, book.add_format({"num_format": shown_as}))
    assert rows_of(path) == [(2, (date(2025, 2, 3),))]


@pytest.mark.parametrize(
    "shown_as",
    ["General", "0.00", "#,##0", '0" days"', "h:mm", "[h]:mm:ss", "0.00E+00", "£#,##0.00", "\\d0", 1, 20, 46],
)
def test_a_number_shown_as_anything_else_stays_a_number(tmp_path, shown_as):
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Cost")
        sheet.write_number(1, 0, 45691, book.add_format({"num_format": shown_as}))
    assert rows_of(path) == [(2, (Number(45691.0),))]


def test_a_bare_time_of_day_is_no_day(tmp_path):
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "First contact")
        sheet.write_datetime(1, 0, time(9, 30), book.add_format({"num_format": "dd/mm/yy hh:mm"}))
    [(_, (cell,))] = rows_of(path)
    assert isinstance(cell, Number)


def test_a_workbook_from_an_old_mac_gives_the_days_that_it_shows(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["First contact", "Unformatted"])
    book.active.append([date(2025, 2, 3), 44229])
    book.save(tmp_path / "mac.xlsx")
    [(_, (day, number))] = rows_of(tmp_path / "mac.xlsx")
    assert day == date(2025, 2, 3)
    assert number.day() == date(2025, 2, 3)


def test_a_formula_gives_its_last_answer(tmp_path):
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Cost", "Bad"])
        sheet.write_formula(1, 0, '="Ross"&" Sample"', None, "Ross Sample")
        sheet.write_formula(1, 1, "=7000+341", None, 7341)
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    assert rows_of(path) == [(2, ("Ross Sample", Number(7341.0), "#DIV/0!"))]


def test_the_first_sheet_that_is_shown_is_the_one_that_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Lists"
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    for title in ("Cases", "Old cases"):
        book.create_sheet(title).append([title])
    book.active = 1
    book.save(tmp_path / "cases.xlsx")
    assert open_sheet(tmp_path / "cases.xlsx").header == ("Cases",)


def test_a_second_reader_finds_the_same_texts(ordinary):
    ours = [[text_of(cell) for cell in row.cells] for row in open_sheet(ordinary).rows()]
    with CalamineWorkbook.from_path(ordinary) as book:
        theirs = [row for row in book.get_sheet_by_index(0).to_python()[1:] if any(row)]
    assert [row[0] for row in ours] == [row[0] for row in theirs]
    assert ours[0][1:4] == [theirs[0][1].isoformat(), str(int(theirs[0][2])), str(theirs[0][3])]
