"""Workbooks made by hand, part by part, as no spreadsheet would write them."""

import zipfile

import pytest

from app.imports.limits import Limits, SheetRefused
from app.imports.sheets import open_sheet

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook_parts(sheet_data, *, shared=None, prologue=""):
    """Give the parts of the smallest workbook, with this inside `sheetData`."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Cases" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{prologue}<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
    }
    return parts if shared is None else {**parts, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>'}


def write_parts(folder, parts, name="raw.xlsx"):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return path


def rows_of(path, **limits):
    return [(row.line, row.cells) for row in open_sheet(path, limits=Limits(**limits)).rows()]


def refusal(path, **limits):
    with pytest.raises(SheetRefused) as refused:
        open_sheet(path, limits=Limits(**limits))
    return refused.value.message


def a_text(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
