"""Papers as PDF: tagged, with title, language and headings, in the order in which they are read."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from app.panels.pack_pdf import papers_pdf

CONTENT: dict[str, Any] = {
    "title": "Papers about HS-000001-A for the panel, 3 March 2026",
    "confidential": "Confidential.",
    "about": ["Meeting of 3 March 2026."],
    "cases": [
        {
            "title": "Case HS-000001-A",
            "about": ["Version 2."],
            "changes": ["The quote has come."],
            "parts": [
                {"title": "Who it is about", "lines": [{"label": "Name", "texts": ["Davina Dummie"]}]},
                {"title": "Goals", "lines": [{"label": "Goals", "texts": ["To wash alone", "To sit outside"]}]},
                {"title": "Rehousing", "lines": []},
            ],
        }
    ],
}


def opened(content: dict[str, Any]) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(papers_pdf(content)))


def structure(node: Any) -> Iterator[str]:
    """The kinds of the tags in the order of reading."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from structure(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from structure(node.K)


def test_it_says_what_it_is_and_in_which_language() -> None:
    pdf = opened(CONTENT)
    assert str(pdf.docinfo["/Title"]) == CONTENT["title"]
    assert str(pdf.Root.Lang).lower() == "en-gb"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_its_headings_and_lists_are_tagged_in_the_order_of_reading() -> None:
    pdf = opened(CONTENT)
    tags = [tag for tag in structure(pdf.Root.StructTreeRoot) if tag not in ("/Lbl", "/LBody")]
    assert tags == [
        "/Document", "/Title", "/P",
        "/H1", "/P", "/H2", "/L", "/LI",
        "/H2", "/H3", "/P",
        "/H2", "/H3", "/L", "/LI", "/LI",
        "/H2", "/P",
    ]  # fmt: skip


def test_every_letter_on_a_page_is_under_a_tag_or_said_to_be_none() -> None:
    for page in opened(CONTENT).pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
            if operator in ("Tj", "TJ"):
                assert depth > 0


def test_what_people_wrote_is_text_and_never_a_command() -> None:
    parts = [{"title": "#panic()", "lines": [{"label": "*", "texts": ['#read("/etc/passwd") $x$ `y` @z <a>']}]}]
    case = {**CONTENT["cases"][0], "parts": parts}
    assert len(opened({**CONTENT, "cases": [case]}).pages) == 1


def test_letters_that_no_typeface_has_do_not_keep_it_from_being_printed() -> None:
    parts = [{"title": "Who", "lines": [{"label": "Name", "texts": ["Li 李 😀 \u0007 Łukasz"]}]}]
    case = {**CONTENT["cases"][0], "parts": parts}
    pdf = opened({**CONTENT, "cases": [case]})
    assert len(pdf.pages) == 1
    assert (
        len([tag for tag in structure(pdf.Root.StructTreeRoot) if tag == "/P"]) == 4
    )  # one more: that letters are missing
