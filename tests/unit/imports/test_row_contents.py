"""What is kept of a row, and when two rows say the same, whatever the form of the file."""

import json
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter

from app.imports.columns import Column
from tests.unit.imports.building import (
    ORDINARY,
    a_row,
    accept,
    accepted,
    csv_text,
    judge_file,
    judge_text,
    rejected_columns,
)


def test_unknown_columns_are_kept_as_they_are(tmp_path):
    text = csv_text([{**a_row(), "Ward": " 7  North ", "Key worker": ""}], header=[*ORDINARY, "Ward", "Key worker"])
    [verdict] = accepted(judge_text(tmp_path, text))
    assert verdict.case.extra == {"Ward": " 7  North "}
    assert verdict.case.raw == {**ORDINARY, "Ward": " 7  North "}
    assert json.loads(json.dumps(dict(verdict.case.raw))) == verdict.case.raw


def test_cells_beyond_the_header_are_a_doubt(tmp_path):
    text = csv_text([a_row()], header=[*ORDINARY]).rstrip("\n") + ",, stray,\n"
    [verdict] = accepted(judge_text(tmp_path, text))
    assert verdict.case.doubts == (
        "The row has 1 more cells than the header. Look for a comma that should be in quotation marks.",
    )


def hash_of(**changes):
    return accept(**changes).content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"first_contact": "2025-02-03"}, {"first_contact": "3 Feb 2025"}, {"received": "03/02/2025"}, {"person_name": " Davina  Dummie "},
        {"postcode": ""}, {"notes": "  "},
    ],
)  # fmt: skip
def test_two_rows_that_say_the_same_have_the_same_hash(change):
    assert hash_of(**change) == hash_of()


@pytest.mark.parametrize(
    "change",
    [
        {"first_contact": "04/02/2025"}, {"received": "04/02/2025"}, {"person_name": "Davina Dummy"}, {"tenure": "Council"},
        {"notes": "call first"}, {"cost": "1"}, {"outcome": "who knows"}, {"panel_decision": "deferred"},
    ],
)  # fmt: skip
def test_two_rows_that_say_different_things_have_different_hashes(change):
    assert hash_of(**change) != hash_of()


def test_ways_of_writing_a_number_a_postcode_or_an_amount_do_not_change_the_hash():
    one = hash_of(nhs_or_chi="960 913 9094", postcode="ky52 4jr", uprn="0123", cost="£1,234.50")
    assert one == hash_of(nhs_or_chi="9609139094", postcode="KY524JR", uprn="123", cost="1234.5")


def test_the_form_of_the_file_does_not_change_the_hash(tmp_path):
    row = {**a_row(uprn="30866963147", cost="7341", ordered="04/03/2025"), "Ward": "7"}
    plain = judge_text(tmp_path, csv_text([row], header=[*Column, "Ward"]))
    names = ["WARD", *(column.upper().replace(" ", "_") for column in reversed(Column)), "Error"]
    with xlsxwriter.Workbook(tmp_path / "same.xlsx", {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        values = {**row, "Ward": 7, Column.UPRN: 30866963147, Column.COST: 7341.0}
        values |= {Column.FIRST_CONTACT: date(2025, 2, 3), Column.ORDERED: date(2025, 3, 4)}
        sheet.write_row(
            1, 0, [values["Ward"], *(values.get(column, "") for column in reversed(Column)), "Tenure: mend"]
        )
    [one], [other] = accepted(plain), accepted(judge_file(tmp_path / "same.xlsx"))
    assert other.case.content_hash == one.case.content_hash
    assert replace(other.case, raw={}, extra={}) == replace(one.case, raw={}, extra={})


def test_a_chi_number_that_a_spreadsheet_took_for_an_amount_gets_its_nought_back(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "amounts.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*ORDINARY, "NHS or CHI"])
        sheet.write_row(1, 0, [*ORDINARY.values(), 101370008])
        sheet.write_row(2, 0, ["GLEN-2", *[*ORDINARY.values()][1:], 101370005])
        sheet.write_row(3, 0, ["GLEN-3", *[*ORDINARY.values()][1:], "101370008"])
    verdicts = judge_file(tmp_path / "amounts.xlsx")
    assert [verdict.case.person.chi_number for verdict in accepted(verdicts)] == ["0101370008"]
    assert rejected_columns(verdicts) == {3: ["NHS or CHI"], 4: ["NHS or CHI"]}


def test_days_typed_as_plain_numbers_in_a_workbook_are_days(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "serials.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*ORDINARY, "Ordered", "Closed"])
        sheet.write_row(1, 0, [*[*ORDINARY.values()][:-1], 45691, "45720", 2025])
    assert rejected_columns(judge_file(tmp_path / "serials.xlsx")) == {2: ["Closed"]}
