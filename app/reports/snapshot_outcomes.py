"""What came of it for the people of a sample, as tables: whom somebody asked, why not, and what they answered.

Pure. Every row is counted from cases: those of an organisation's part, and all of them for the partnership. No row is
made of another. Numbers are whole ones, as everything that is told to those who may read reports; what leaves the
partnership is another matter (decision 0028).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.pathways.survey import SurveyDefinition
from app.reports.snapshot_schemas import NOT_ASKED, TableOut

PARTNERSHIP: Final = "The partnership"
SATISFACTION: Final = "satisfaction"
SILENT: Final = "not_answered"
"""The answer of who was asked and did not want to say."""
_NO_ANSWER: Final = "no_answer"
_SAID_SOMETHING: Final = "said_something"
_UNKNOWN: Final = "why_not_recorded"
_ANOTHER: Final = "another_answer"
_PREFIX: Final = "answered_"
"""Before an answer's key, so that no survey can name a column that is here already."""
GOAL_RESULTS: Final = ("met", "partly_met", "not_met", "no_longer_wanted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a case's journal says of how it was for the person: answers by question, the newest of each, and goals."""

    answers: Mapping[str, str]
    results: Sequence[str] = ()

    @property
    def answered(self) -> bool:
        """Whether the person said anything: that they did not want to is no answer."""
        return any(answer != SILENT for answer in self.answers.values())


NOTHING_SAID: Final = Said(answers={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A sampled case: in whose part, whether the person was asked (None: not entered yet), why not, what they said."""

    part: str
    asked: bool | None
    because: str | None
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the survey as the report tells it; without answers on offer it was for the person's own words."""

    key: str
    label: str
    answers: Mapping[str, str]


Parts = Sequence[tuple[str, Sequence[Looked]]]


def outcome_tables(
    cases: Sequence[Looked], survey: SurveyDefinition | None, said: Mapping[str, Mapping[str, str]]
) -> Iterator[TableOut]:
    """Whom somebody asked, why not the others, what they answered to each question, and what came of their goals.

    `said` has, by question, the words of answers that the survey of today no longer offers.
    """
    parts = by_part(cases)
    yield _whom(parts)
    yield _why_not(parts)
    for question in questions_of(cases, survey, said):
        yield _answers(parts, question)
    yield _goals(parts)


def by_part(cases: Sequence[Looked]) -> Parts:
    """The cases of each part by its organisation's name, and last of all the partnership's: every case once more."""
    names = sorted({one.part for one in cases})
    return [*((name, [one for one in cases if one.part == name]) for name in names), (PARTNERSHIP, cases)]


def questions_of(
    cases: Sequence[Looked], survey: SurveyDefinition | None, said: Mapping[str, Mapping[str, str]]
) -> list[Asked]:
    """The survey's questions in its order, then those that only older answers have."""
    asked = {key: (one.label, dict(one.answers or {})) for key, one in (survey.questions if survey else {}).items()}
    asked.setdefault(SATISFACTION, ("How satisfied people are", {}))
    for case in cases:
        for key, answer in case.said.answers.items():
            words = said.get(key, {})
            _, offered = asked.setdefault(key, (words.get("", key.replace("_", " ").capitalize()), {}))
            if answer in words:
                offered.setdefault(answer, words[answer])
    return [Asked(key=key, label=label, answers=answers) for key, (label, answers) in asked.items()]


def _whom(parts: Parts) -> TableOut:
    rows = []
    for name, cases in parts:
        asked = [one for one in cases if one.asked]
        not_asked = [one for one in cases if one.asked is False]
        answered = sum(one.said.answered for one in asked)
        rows.append(
            {
                "group": name,
                "sampled": len(cases),
                "not_entered": sum(one.asked is None for one in cases),
                "not_asked": len(not_asked),
                "asked": len(asked),
                "answered": answered,
                "asked_no_answer": len(asked) - answered,
                "not_asked_but_answered": sum(one.said.answered for one in not_asked),
            }
        )
    definition = (
        "Sampled cases by what their organisation entered: whether the person was asked how it was for them. Answered"
        " are those who were asked and whose answer to the survey, or at the outcome review, is on their case. Where it"
        " was entered that nobody asked and an answer is on the case all the same, the case counts as not asked, and"
        " its answer is in no table here: somebody should look at it."
    )
    if not rows[-1]["not_asked_but_answered"]:
        rows = _without(rows, {"not_asked_but_answered"})
    return TableOut(
        title="Who was asked", definition=definition, by="organisation", columns=list(rows[0]), rows=rows,
        headings={"not_entered": "Not entered yet", "asked_no_answer": "Asked, no answer on the case",
                  "not_asked_but_answered": "Not asked, yet an answer is on the case"},
    )  # fmt: skip


def _why_not(parts: Parts) -> TableOut:
    rows = []
    for name, cases in parts:
        counted = Counter(one.because or _UNKNOWN for one in cases if one.asked is False)
        reasons = {key: counted[key] for key in (*NOT_ASKED, _UNKNOWN)}
        if counted or name == PARTNERSHIP:
            rows.append({"group": name, "not_asked": sum(reasons.values()), **reasons})
    rows = _without(rows, {key for key, number in rows[-1].items() if not number and key != "not_asked"})
    return TableOut(
        title="Why people were not asked", by="organisation", columns=list(rows[0]), rows=rows,
        definition="People who, as was entered, were not asked, by the reason that was entered. Reasons that nobody"
        " gave, and parts in which everybody was asked, are left out.",
        headings={**NOT_ASKED, _UNKNOWN: "Why is not recorded"},
    )  # fmt: skip


def _answers(parts: Parts, question: Asked) -> TableOut:
    rows = []
    for name, cases in parts:
        asked = [one.said.answers.get(question.key) for one in cases if one.asked]
        if not asked and name != PARTNERSHIP:
            continue
        silent = sum(answer is None for answer in asked)
        if question.answers:
            counted = {f"{_PREFIX}{key}": sum(answer == key for answer in asked) for key in question.answers}
            counted[_ANOTHER] = len(asked) - silent - sum(counted.values())
        else:
            counted = {_SAID_SOMETHING: len(asked) - silent}
        rows.append({"group": name, "asked": len(asked), **counted, _NO_ANSWER: silent})
    if not rows[-1].get(_ANOTHER):
        rows = _without(rows, {_ANOTHER})
    definition = (
        f"What people answered who, as was entered, were asked: “{question.label}”. Of each case the newest answer"
        " counts. Who was asked and has no answer to this on their case is counted beside, so that each row adds up."
        " Parts in which nobody was asked are left out."
    )
    if not question.answers:
        definition += " The words themselves are on the cases."
    answers = {f"{_PREFIX}{key}": words for key, words in question.answers.items()}
    return TableOut(
        title=question.label, definition=definition, by="organisation", columns=list(rows[0]), rows=rows,
        headings={**answers, _ANOTHER: "An answer that is no longer offered", _SAID_SOMETHING: "Said something",
                  _NO_ANSWER: "No answer on the case"},
    )  # fmt: skip


def _without(rows: list[dict[str, Any]], columns: Collection[str]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in columns} for row in rows]


def _goals(parts: Parts) -> TableOut:
    rows = []
    for name, cases in parts:
        results = Counter(result for one in cases for result in one.said.results)
        counted = {key: results[key] for key in GOAL_RESULTS}
        rows.append({"group": name, "goals": sum(counted.values()), **counted})
    definition = (
        "Whether it met the need: goals that were agreed with the people of all sampled cases, by what had come of them"
        " when the outcome was looked at."
    )
    return TableOut(
        title="What came of people's goals", definition=definition, by="organisation", columns=list(rows[0]), rows=rows
    )
