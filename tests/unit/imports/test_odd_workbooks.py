"""Workbooks as no spreadsheet should write them: made by hand, damaged, locked, or made to do harm."""

import tracemalloc

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imports.limits import SheetRefused
from app.imports.sheets import open_sheet
from tests.unit.imports.workbooks import MAIN, a_text, refusal, rows_of, workbook_parts, write_parts


def test_a_prefix_before_every_element_makes_no_difference(tmp_path):
    parts = workbook_parts("")
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="str"><x:v>Name</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>Ross</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert rows_of(write_parts(tmp_path, parts)) == [(2, ("Ross",))]


def test_how_a_text_is_pronounced_and_what_its_runs_look_like_is_left_out(tmp_path):
    shared = "<si><r><t>Na</t></r><r><t>me</t></r><rPh><t>naam</t></rPh></si><si><t>Ross_x000D_ _x0000__xD800_Sample</t></si>"
    data = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    path = write_parts(tmp_path, workbook_parts(data, shared=shared))
    assert open_sheet(path).header == ("Name",)
    assert rows_of(path) == [(2, ("Ross\r Sample",))]


def test_two_cells_far_apart_cost_no_more_than_two_cells(tmp_path):
    data = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="GR1048576"><v>2</v></c></row>'
    path = write_parts(tmp_path, workbook_parts(data))
    tracemalloc.start()
    [(line, cells)] = rows_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (line, len(cells)) == (1_048_576, 200)
    assert peak < 5 * 2**20


def test_a_cell_beyond_the_columns_that_a_sheet_may_have_is_refused_with_its_place(tmp_path):
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Name")
        sheet.write(1_048_575, 16_383, "far away")
    assert "Cell XFD1048576 is beyond the 200 columns" in refusal(path)


def test_a_formatted_but_empty_cell_far_away_does_not_matter(tmp_path):
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Name")
        sheet.write_blank(5, 16_383, None, book.add_format({"bold": True}))
    assert rows_of(path) == []


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_parts(tmp_path, workbook_parts(a_text("0" * 30_000_000)))
    assert path.stat().st_size < 100_000
    assert "too big when unpacked" in refusal(path, unpacked_bytes=20_000_000)


def test_more_shared_text_than_can_be_held_is_refused(tmp_path):
    path = write_parts(tmp_path, workbook_parts("<row><c><v>1</v></c></row>", shared="<si><t>x</t></si>" * 100))
    assert "too much text" in refusal(path, shared_strings_bytes=1_000)


def test_an_entity_bomb_is_refused(tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    path = write_parts(tmp_path, workbook_parts(a_text("&e9;"), prologue=f"<!DOCTYPE x [{entities}]>"))
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    "data",
    [
        "<row r='2'/><row r='1'/>", "<row r='-1'/>", "<row r='one'/>", "<row r='99999999999'/>", "<row", "</row>",
        "<row><c r='1A'><v>1</v></c></row>", "<row><c t='s'><v>0</v></c></row>", "<row><c t='s'><v>-1</v></c></row>",
        "<row><c t='s'><v>x</v></c></row>", "<row>&unknown;</row>", "<row><c><v>1</v></row>",
    ],
)  # fmt: skip
def test_a_damaged_sheet_is_refused(tmp_path, data):
    assert "damaged" in refusal(write_parts(tmp_path, workbook_parts(data)))


def test_a_workbook_damaged_in_its_last_row_is_refused_before_the_first_is_handed_out(tmp_path):
    data = f"<row>{a_text('Name')}</row>" + f"<row>{a_text('Ross')}</row>" * 10_000 + "<row><c t='s'><v>7</v></c></row>"
    assert "damaged" in refusal(write_parts(tmp_path, workbook_parts(data)))


def test_what_a_number_cell_says_is_kept_when_it_is_no_number(tmp_path):
    data = f"<row>{a_text('Cost')}</row><row><c><v>1,5</v></c></row><row><c><v>NaN</v></c></row><row><c t='d'><v>2025-02-03</v></c></row>"
    assert [cells for _, cells in rows_of(write_parts(tmp_path, workbook_parts(data)))] == [
        ("1,5",),
        ("NaN",),
        ("2025-02-03",),
    ]


@pytest.mark.parametrize("missing", ["_rels/.rels", "xl/workbook.xml"])
def test_a_zip_that_is_no_workbook_is_refused(tmp_path, missing):
    parts = {part: content for part, content in workbook_parts("").items() if part != missing}
    assert "not an Excel workbook" in refusal(write_parts(tmp_path, parts))


def test_an_empty_zip_is_refused(tmp_path):
    assert "not an Excel workbook" in refusal(write_parts(tmp_path, {}))


def test_a_binary_workbook_is_refused(tmp_path):
    parts = workbook_parts("")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("workbook.xml", "workbook.bin")
    assert "not an Excel workbook" in refusal(write_parts(tmp_path, {**parts, "xl/workbook.bin": b"\x83\x01"}))


@pytest.mark.parametrize("missing", ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_a_workbook_without_its_sheet_is_refused(tmp_path, missing):
    parts = {part: content for part, content in workbook_parts("").items() if part != missing}
    assert refusal(write_parts(tmp_path, parts))


def test_a_sheet_with_nothing_in_it_is_refused(tmp_path):
    assert "empty" in refusal(write_parts(tmp_path, workbook_parts("<row r='1'><c r='A1'/></row>")))


def test_a_locked_part_is_refused(tmp_path, ordinary):
    path = tmp_path / "locked.xlsx"
    content = bytearray(ordinary.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 1)
    path.write_bytes(content)
    assert "password" in refusal(path)


def test_a_long_cell_is_refused_with_its_place(tmp_path):
    data = f"<row>{a_text('Notes')}</row><row><c/>{a_text('n' * 32_768)}</row>"
    assert "Cell B2 is longer" in refusal(write_parts(tmp_path, workbook_parts(data)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(cut=st.integers(0, 10_000), place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_workbook_with_a_wrong_byte_or_cut_short_is_read_or_refused(tmp_path, ordinary, cut, place, byte):
    content = bytearray(ordinary.read_bytes())
    content[place % len(content)] = byte
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content[: max(4, len(content) - (cut if cut < len(content) else 0))])
    try:
        outcome = len(list(open_sheet(path).rows()))
    except SheetRefused as refused:
        outcome = refused.message
    assert outcome == 2 or isinstance(outcome, str)


def test_thousands_of_rows_are_streamed_in_the_memory_of_a_few(tmp_path):
    row = "<row>" + a_text("GLEN-{}") + a_text("Davina Dummie" * 15) + "<c><v>45691</v></c></row>"
    path = write_parts(tmp_path, workbook_parts("".join(row.format(number) for number in range(20_001))))
    tracemalloc.start()
    counted = sum(1 for _ in open_sheet(path).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == 20_000
    assert peak < 2 * 2**20 < 20_000 * len(row)
