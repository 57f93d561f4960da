"""The survey's file: what it may say, and which answers it lets through."""

from pathlib import Path

import pytest

from app.kernel.calendars import Calendar
from app.pathways.loader import PathwayCatalogue, load_pathways
from app.pathways.survey import SurveyDefinition
from tests.unit.pathways.test_start_up_checks import found_in

SURVEY = SurveyDefinition.model_validate(
    {
        "version": 4, "choice_of": "partnership", "title": "How was it?", "note": "Ask.",
        "questions": {
            "helped": {"label": "Has it helped?", "answers": {"a_lot": "A lot", "not_much": "Not much"}},
            "satisfaction": {"label": "Satisfied?", "required": True, "answers": {"yes": "Yes", "no": "No"}},
            "own_words": {"label": "Anything else?"},
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        # All that must be answered is.
        ({"satisfaction": "yes"}, set()),
        ({"satisfaction": "yes", "helped": "a_lot", "own_words": "It was fine."}, set()),
        # Nothing at all.
        ({}, {"satisfaction"}),
        # Only spaces are no answer.
        ({"satisfaction": "  "}, {"satisfaction"}),
        # Not on offer.
        ({"satisfaction": "yes", "helped": "enormously"}, {"helped"}),
        # Nobody asked that.
        ({"satisfaction": "yes", "weather": "fine"}, {"weather"}),
        # Longer than anybody reads.
        ({"satisfaction": "yes", "own_words": "x" * 2_001}, {"own_words"}),
    ],
)
def test_answers_are_judged_question_by_question(answers: dict[str, str], wrong: set[str]) -> None:
    assert set(SURVEY.faults(answers)) == wrong


def test_an_answer_is_kept_with_the_question_as_it_was_asked() -> None:
    kept = SURVEY.kept({"own_words": " It was fine. ", "satisfaction": "yes", "helped": ""})
    assert kept == [
        {"question": "satisfaction", "asked": "Satisfied?", "answer": "yes", "said": "Yes"},
        {"question": "own_words", "asked": "Anything else?", "answer": "It was fine.", "said": "It was fine."},
    ]


def test_the_survey_that_ships_asks_what_a_partnership_wants_to_know(pathways: PathwayCatalogue) -> None:
    assert pathways.survey is not None
    assert list(pathways.survey.questions) == ["ease", "told", "kept_informed", "helped", "satisfaction", "own_words"]


def test_a_folder_without_a_survey_asks_nothing(copy_of_pathways: Path, calendars: dict[str, Calendar]) -> None:
    (copy_of_pathways / "survey.yaml").unlink()
    assert load_pathways(copy_of_pathways, calendars).survey is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: 1\n", "version: none\n", "“version” is wrong"),
        ("title: How was it for you?\n", "", "“title” is missing"),
        ("    label: How easy was it to get help?\n", "    lable: How easy?\n", "“lable” is not known"),
        ("      easy: Easy\n", "      easy: very easy\n", "in the same words"),
    ],
)
def test_a_fault_in_the_survey_is_told_with_its_line(
    copy_of_pathways: Path, calendars: dict[str, Calendar], old: str, new: str, said: str
) -> None:
    path = copy_of_pathways / "survey.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    faults = found_in(copy_of_pathways, calendars)
    assert {fault.file for fault in faults} == {"survey.yaml"}
    assert any(said in fault.message for fault in faults), faults
