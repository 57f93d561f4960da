"""The survey that people answer once something is in place: its questions are data, and so are the answers on offer."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from app.pathways.faults import Fault
from app.pathways.form_definition import Definition, Name, Words
from app.pathways.source import Source

SURVEY = "survey.yaml"
LONGEST_WORDS = 2_000


class QuestionDefinition(Definition):
    """One question: with the answers to choose from, or for the person's own words when it offers none."""

    label: Words
    hint: Words | None = None
    required: bool = False
    answers: dict[Name, Words] | None = Field(None, min_length=2, description="Key and words of each answer on offer.")


class SurveyDefinition(Definition):
    """The questions, in the order in which they are asked."""

    version: Annotated[int, Field(ge=1, description="One more whenever a question changes.")]
    choice_of: Literal["partnership"]
    title: Words
    note: Words
    questions: dict[Name, QuestionDefinition] = Field(min_length=1)

    def faults(self, answers: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with somebody's answers, by question; nothing when they can be kept."""
        found = {key: self._unknown() for key in answers if key not in self.questions}
        for key, question in self.questions.items():
            said = answers.get(key, "").strip()
            if not said and question.required:
                found[key] = "Choose an answer; the person need not want to say."
            elif said and question.answers is not None and said not in question.answers:
                found[key] = f"Choose one of the answers: {', '.join(question.answers)}."
            elif question.answers is None and len(said) > LONGEST_WORDS:
                found[key] = f"Use at most {LONGEST_WORDS:,} characters."
        return found

    def _unknown(self) -> str:
        return f"The survey has no such question. It has: {', '.join(self.questions)}."

    def kept(self, answers: Mapping[str, str]) -> list[dict[str, str]]:
        """The answers as the journal keeps them: with the question and the answer in the words of this version."""
        given = {key: said for key, text in answers.items() if (said := text.strip())}
        return [
            {"question": key, "asked": question.label, "answer": given[key], "said": _said(question, given[key])}
            for key, question in self.questions.items()
            if key in given
        ]


def _said(question: QuestionDefinition, answer: str) -> str:
    return question.answers.get(answer, answer) if question.answers else answer


def check_survey(source: Source, survey: SurveyDefinition) -> Iterator[Fault]:
    """Check that no question offers two answers in the same words."""
    for key, question in survey.questions.items():
        said = [words.casefold().strip() for words in (question.answers or {}).values()]
        if len(set(said)) < len(said):
            at = ("questions", key, "answers")
            yield source.fault(at, "Two answers are in the same words.", "Reword one of the two, or take it out.")
