import pytest

from app.imports.columns import REQUIRED, Column, match_columns
from app.imports.limits import SheetRefused


@pytest.mark.parametrize(
    "name",
    [
        "Person name",
        "PERSON NAME",
        "person_name",
        " Person  Name ",
        "PersonName",
        "person-name",
        "Person name:",
        "Person\u00a0name",
    ],
)
def test_a_column_is_known_whatever_its_case_spaces_and_underscores(name):
    header = tuple(name if column is Column.PERSON_NAME else column for column in Column)
    columns = match_columns(header)
    assert columns.places[Column.PERSON_NAME] == header.index(name)
    assert columns.name(Column.PERSON_NAME) == name
    assert columns.unknown == ()


def test_columns_may_come_in_any_order():
    header = tuple(reversed([*Column]))
    assert match_columns(header).places[Column.NOTES] == 0


def test_only_the_columns_that_a_row_needs_must_be_there():
    assert set(match_columns(tuple(REQUIRED)).places) == set(REQUIRED)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_column_that_rows_need_refuses_the_file_and_is_named(missing):
    with pytest.raises(SheetRefused, match=f'no column "{missing}"'):
        match_columns(tuple(column for column in Column if column is not missing))


def test_every_missing_column_is_named_at_once():
    with pytest.raises(SheetRefused) as refused:
        match_columns(("Name", "Street"))
    assert all(f'"{column}"' in refused.value.message for column in REQUIRED)


def test_a_column_that_is_there_twice_refuses_the_file_and_says_where():
    with pytest.raises(SheetRefused, match='Columns A and G are both "Source reference"'):
        match_columns((*REQUIRED, "SOURCE_REFERENCE"))


def test_unknown_columns_are_named_and_each_keeps_a_name_of_its_own():
    columns = match_columns((*REQUIRED, "Ward", "", "Ward", " Key worker ", "Ward"))
    assert columns.unknown_names() == ("Ward", "Column H", "Ward (column I)", "Key worker", "Ward (column K)")


def test_a_column_whose_name_is_only_punctuation_is_unknown():
    assert match_columns((*REQUIRED, "###")).unknown_names() == ("###",)
