import tracemalloc

import pytest

from app.imports.limits import Limits, SheetRefused
from app.imports.sheets import SheetKind, open_sheet


def write(folder, content, name="extract.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(sheet):
    return [(row.line, row.cells) for row in sheet.rows()]


def refusal(folder, content, **limits):
    with pytest.raises(SheetRefused) as refused:
        open_sheet(write(folder, content), limits=Limits(**limits))
    return refused.value.message


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings_and_byte_order_mark_make_no_difference(tmp_path, ending, mark, last):
    text = mark + ending.join(["Name,Age", "Jean Trial,71", "Ross Sample,80"]) + (ending if last else "")
    sheet = open_sheet(write(tmp_path, text))
    assert sheet.kind is SheetKind.CSV
    assert sheet.header == ("Name", "Age")
    assert lines(sheet) == [(2, ("Jean Trial", "71")), (3, ("Ross Sample", "80"))]


def test_the_kind_of_file_shows_in_its_content_not_in_its_name(tmp_path):
    assert open_sheet(write(tmp_path, "Name\nJean Trial\n", name="extract.xlsx")).kind is SheetKind.CSV


def test_blank_lines_keep_their_row_number_and_are_no_rows(tmp_path):
    sheet = open_sheet(write(tmp_path, "Name,Age\n\nJean Trial,71\n,\n  ,\t\nRoss Sample,\n\n"))
    assert lines(sheet) == [(3, ("Jean Trial", "71")), (6, ("Ross Sample",))]
    assert sheet.row_count == 2


def test_the_header_is_the_first_row_that_is_not_blank(tmp_path):
    sheet = open_sheet(write(tmp_path, "\n,\nName,Age\nJean Trial,71\n"))
    assert (sheet.header_line, sheet.header) == (3, ("Name", "Age"))
    assert lines(sheet) == [(4, ("Jean Trial", "71"))]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_cell_with_line_breaks_is_one_row_as_in_a_spreadsheet(tmp_path, ending):
    text = f'Name,Notes{ending}Jean Trial,"rings{ending}{ending}twice"{ending}Ross Sample,""{ending}'
    assert lines(open_sheet(write(tmp_path, text))) == [
        (2, ("Jean Trial", f"rings{ending}{ending}twice")),
        (3, ("Ross Sample",)),
    ]


def test_commas_and_quotation_marks_within_a_cell_belong_to_it(tmp_path):
    sheet = open_sheet(write(tmp_path, 'Name,Cost,Notes\nJean Trial,"£12,199.50","says ""yes"""\n'))
    assert lines(sheet) == [(2, ("Jean Trial", "£12,199.50", 'says "yes"'))]


def test_a_sheet_can_be_read_as_often_as_needed(tmp_path):
    sheet = open_sheet(write(tmp_path, "Name\nJean Trial\nRoss Sample\n"))
    assert lines(sheet) == lines(sheet)
    assert sheet.row_count == 2


def test_a_header_without_rows_is_a_sheet_with_no_rows(tmp_path):
    sheet = open_sheet(write(tmp_path, "Name,Age"))
    assert (sheet.row_count, lines(sheet)) == (0, [])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n", b" , ,\n"])
def test_a_sheet_with_nothing_in_it_is_refused(tmp_path, content):
    assert "empty" in refusal(tmp_path, content)


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")])
def test_another_separator_than_the_comma_is_named_and_refused(tmp_path, separator, name):
    assert f"separated by {name}" in refusal(tmp_path, separator.join(["Name", "Age"]) + "\n")


def test_a_letter_in_another_encoding_refuses_the_file_with_its_line(tmp_path):
    content = b"Name,Cost\n" + b"Jean Trial,5\n" * 200_000 + "Ross Sample,£5\n".encode("cp1252")
    message = refusal(tmp_path, content)
    assert "line 200002 " in message
    assert "CSV UTF-8" in message


def test_a_letter_cut_off_at_the_end_of_the_file_is_refused(tmp_path):
    assert "not in UTF-8: line 2 " in refusal(tmp_path, "Name\nJean £".encode()[:-1])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_another_unicode_form_is_refused(tmp_path, encoding):
    assert "UTF-8" in refusal(tmp_path, "Name,Age\nJean Trial,71\n".encode(encoding))


def test_null_characters_are_refused(tmp_path):
    assert "null characters" in refusal(tmp_path, b"Name\nJean\x00Trial\n")


@pytest.mark.parametrize(
    ("beginning", "word"), [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"), (b"%PDF-1.7\n", "PDF")]
)
def test_other_kinds_of_file_are_named_and_refused(tmp_path, beginning, word):
    assert word in refusal(tmp_path, beginning + b"\x01" * 100)


@pytest.mark.parametrize("text", ['Name,Age\n"Jean Trial,71\nRoss Sample,80\n', 'Name,Age\nJean Trial,"', '"Name\n'])
def test_a_quotation_mark_that_is_never_closed_refuses_the_file(tmp_path, text):
    assert "never closed" in refusal(tmp_path, text)


def test_a_million_columns_are_refused_without_reading_them_all(tmp_path):
    path = write(tmp_path, ",".join(f"c{number}" for number in range(1_000_000)))
    tracemalloc.start()
    with pytest.raises(SheetRefused, match="longer than"):
        open_sheet(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_more_columns_than_a_sheet_may_have_are_refused_in_the_header_and_in_a_row(tmp_path):
    assert "Row 1 has 201 columns" in refusal(tmp_path, ",".join(["x"] * 201))
    assert "Row 3 has 201 columns" in refusal(tmp_path, "Name\nJean Trial\n" + ",".join(["x"] * 201))


def test_blank_cells_at_the_end_of_a_row_are_not_counted(tmp_path):
    sheet = open_sheet(write(tmp_path, "Name" + "," * 500 + "\nJean Trial" + "," * 500 + "\n"))
    assert sheet.header == ("Name",)
    assert lines(sheet) == [(2, ("Jean Trial",))]


def test_a_cell_longer_than_a_spreadsheet_could_hold_is_refused_with_its_place(tmp_path):
    assert "Cell B3 is longer than 32,767" in refusal(tmp_path, f"Name,Notes\nJean,\nRoss,{'n' * 32_768}\n")


def test_a_cell_longer_than_the_reader_takes_is_refused(tmp_path):
    assert "Row 2 cannot be read" in refusal(tmp_path, f'Name\n"{"n" * 140_000}"\n')


def test_a_record_that_goes_on_over_many_lines_is_refused(tmp_path):
    assert "A row is longer than" in refusal(tmp_path, 'Name\n"a' + '\n","' * 300_000)


def test_a_column_name_that_is_a_whole_story_is_refused(tmp_path):
    assert "column B is longer than 200" in refusal(tmp_path, "Name," + "n" * 201)


def test_a_file_over_the_size_limit_is_refused(tmp_path):
    assert "bigger than 0 MB" in refusal(tmp_path, b"Name\n" + b"J\n" * 100, file_bytes=100)


def test_more_rows_than_one_import_takes_are_refused(tmp_path):
    assert "more than 3 rows" in refusal(tmp_path, "Name\n" + "J\n" * 4, rows=3)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(SheetRefused, match="cannot be read"):
            open_sheet(path)


def test_thirty_thousand_rows_are_streamed_in_little_memory(tmp_path):
    row = "GLEN-{},Care & Repair Glenmore,Davina Dummie,HA tenant,lever taps,03/02/2025," + "a note " * 20 + "\n"
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Source reference,Organisation,Person name,Tenure,Adaptations,First contact,Notes\n")
        file.writelines(row.format(number) for number in range(30_000))
    tracemalloc.start()
    sheet = open_sheet(path)
    counted = sum(1 for _ in sheet.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == sheet.row_count == 30_000
    # The file itself is larger.
    assert peak < 5 * 2**20 < path.stat().st_size
