"""What the snapshot's report says of people: counted from cases, adding up, and never taking silence for an answer."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.pathways.survey import SurveyDefinition
from app.reports.snapshot_outcomes import PARTNERSHIP, Looked, Said, by_part, outcome_tables
from app.reports.snapshot_schemas import NOT_ASKED, TableOut

SURVEY = SurveyDefinition.model_validate(
    {
        "version": 2, "choice_of": "partnership", "title": "How was it?", "note": "Ask.",
        "questions": {
            "helped": {"label": "Has it helped?", "answers": {"a_lot": "A lot", "worse": "It made things harder"}},
            "satisfaction": {"label": "How satisfied?", "answers": {"satisfied": "Satisfied", "not_answered": "Silent"}},
            "own_words": {"label": "Anything else?"},
        },
    }
)  # fmt: skip
WORDS = {
    "helped": {"": "Did it help?", "a_little": "A little"},
    "kept_informed": {"": "Kept informed?", "mostly": "Mostly"},
}


def looked(part: str, asked: bool | None, *, because: str | None = None, results: Any = (), **answers: str) -> Looked:
    return Looked(part=part, asked=asked, because=because, said=Said(answers=answers, results=results))


def tables_of(cases: list[Looked]) -> dict[str, TableOut]:
    return {table.title: table for table in outcome_tables(cases, SURVEY, WORDS)}


def rows_of(table: TableOut) -> dict[str, dict[str, Any]]:
    return {row["group"]: row for row in table.rows}


CASES = [
    looked("Clydeview", True, satisfaction="satisfied", helped="a_lot", own_words="Thank you, Nan"),
    looked("Clydeview", True),
    looked("Clydeview", False, because="died"),
    looked("Clydeview", None, satisfaction="satisfied"),
    looked("Eastlaw", True, satisfaction="not_answered"),
    looked("Eastlaw", False, satisfaction="satisfied"),
    looked("Eastlaw", True, helped="a_little", kept_informed="mostly", results=("met", "not_met")),
]


def test_who_was_asked_goes_by_what_was_entered_and_not_by_what_the_case_says() -> None:
    rows = rows_of(tables_of(CASES)["Who was asked"])
    assert rows["Clydeview"] == {
        "group": "Clydeview", "sampled": 4, "not_entered": 1, "not_asked": 1, "asked": 2, "answered": 1,
        "asked_no_answer": 1, "not_asked_but_answered": 0,
    }  # fmt: skip
    # Who did not want to say has been asked and has not answered; an answer of who was not asked is told and not used.
    assert (rows["Eastlaw"]["asked"], rows["Eastlaw"]["answered"], rows["Eastlaw"]["not_asked_but_answered"]) == (
        2,
        1,
        1,
    )
    assert (rows[PARTNERSHIP]["sampled"], rows[PARTNERSHIP]["asked"], rows[PARTNERSHIP]["answered"]) == (7, 4, 2)


def test_why_people_were_not_asked_is_told_also_where_nobody_wrote_it_down() -> None:
    table = tables_of(CASES)["Why people were not asked"]
    rows = rows_of(table)
    assert rows["Clydeview"] == {"group": "Clydeview", "not_asked": 1, "died": 1, "why_not_recorded": 0}
    assert (rows["Eastlaw"]["why_not_recorded"], rows[PARTNERSHIP]["not_asked"]) == (1, 2)
    assert table.headings["died"] == NOT_ASKED["died"]
    assert "why_not_recorded" not in tables_of(CASES[:4])["Why people were not asked"].columns


def test_answers_are_numbers_of_people_who_were_asked_and_each_row_adds_up() -> None:
    tables = tables_of(CASES)
    satisfied = rows_of(tables["How satisfied?"])
    assert satisfied["Clydeview"] == {
        "group": "Clydeview", "asked": 2, "answered_satisfied": 1, "answered_not_answered": 0, "no_answer": 1,
    }  # fmt: skip
    # One that was not asked and one not entered yet have a satisfied answer on their case: neither is counted.
    assert satisfied[PARTNERSHIP]["answered_satisfied"] == 1
    helped = tables["Has it helped?"]
    assert rows_of(helped)["Eastlaw"]["answered_a_little"] == 1
    assert (helped.headings["answered_a_little"], helped.headings["answered_a_lot"]) == ("A little", "A lot")
    # A question that is no longer asked keeps its own words.
    assert rows_of(tables["Kept informed?"])[PARTNERSHIP]["answered_mostly"] == 1


def test_nobodys_own_words_are_in_a_table() -> None:
    tables = tables_of(CASES)
    assert rows_of(tables["Anything else?"])["Clydeview"] == {
        "group": "Clydeview", "asked": 2, "said_something": 1, "no_answer": 1,
    }  # fmt: skip
    assert "Nan" not in " ".join(table.model_dump_json() for table in tables.values())


def test_goals_are_those_of_all_sampled_people() -> None:
    rows = rows_of(tables_of(CASES)["What came of people's goals"])
    assert (rows["Eastlaw"]["met"], rows["Eastlaw"]["not_met"], rows[PARTNERSHIP]["goals"]) == (1, 1, 2)


def test_a_sample_of_nobody_has_its_tables() -> None:
    tables = tables_of([])
    assert rows_of(tables["Who was asked"])[PARTNERSHIP]["sampled"] == 0


@given(
    cases=st.lists(
        st.builds(
            Looked,
            part=st.sampled_from(["Clydeview", "Eastlaw", "Northburn"]),
            asked=st.sampled_from([True, False, None]),
            because=st.sampled_from([None, *NOT_ASKED]),
            said=st.builds(
                Said,
                answers=st.dictionaries(
                    st.sampled_from(["helped", "satisfaction", "own_words", "old"]),
                    st.sampled_from(["a_lot", "worse", "a_little", "satisfied", "not_answered", "gone"]),
                ),
                results=st.lists(st.sampled_from(["met", "partly_met", "not_met", "no_longer_wanted"]), max_size=3),
            ),
        ),
        max_size=25,
    )
)
def test_parts_add_up_to_the_partnership_and_rows_to_their_first_number(cases: list[Looked]) -> None:
    names = {name for name, _ in by_part(cases)}
    for table in outcome_tables(cases, SURVEY, WORDS):
        rows = rows_of(table)
        assert {PARTNERSHIP} <= set(rows) <= names
        assert list(rows[PARTNERSHIP]) == table.columns
        for name in table.columns[1:]:
            assert sum(row[name] for group, row in rows.items() if group != PARTNERSHIP) == rows[PARTNERSHIP][name]
        for row in rows.values():
            if table.title == "Who was asked":
                assert row["sampled"] == row["not_entered"] + row["not_asked"] + row["asked"]
                assert row["asked"] == row["answered"] + row["asked_no_answer"]
            else:
                first, *rest = table.columns[1:]
                assert row[first] == sum(row[name] for name in rest), (table.title, row)
