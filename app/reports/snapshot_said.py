"""Read from the journals of sampled cases how it was for the person, corrections included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import text

from app.cases.events import event_from
from app.cases.rules import Event
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.provision.fold import provision_of
from app.provision.rules import Provision
from app.reports.snapshot_outcomes import SATISFACTION, Said

# What a fold of answers and goals' results reads; the rest of a journal says nothing of them.
_EVENTS: Final = text(
    """
    SELECT e.* FROM case_events e
     WHERE e.case_id = ANY (:ids) AND (e.action = 'record_outcome' OR e.kind IN ('survey_answered', 'corrected'))
     ORDER BY e.case_id, e.sequence
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPeople:
    """What people said, by case; and the words of each answer by question, the question's own under no answer."""

    by_case: Mapping[int, Said]
    words: Mapping[str, Mapping[str, str]]
    on: Mapping[int, date]
    """Per case the day of the newest answer."""


@dataclass(slots=True)
class _Reading:
    by_case: dict[int, Said] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    on: dict[int, date] = field(default_factory=dict)

    def take(self, case_id: int, known: Provision) -> None:
        """Keep a case's newest answer to each question: a survey's, or the outcome review's where that came later."""
        answers: dict[str, str] = {}
        outcome = known.outcome
        told = [(one.sequence, one.answered_on, one.answers) for one in known.surveys]
        if outcome is not None and outcome.satisfaction is not None:
            told.append((outcome.sequence, outcome.recorded_on, ()))
        for sequence, on, given in sorted(told, key=lambda one: one[0]):
            self.on[case_id] = on
            if outcome is not None and sequence == outcome.sequence and outcome.satisfaction is not None:
                answers[SATISFACTION] = outcome.satisfaction
            for answer in given:
                answers[answer.question] = answer.answer
                self.words[answer.question][""] = answer.asked
                if answer.said != answer.answer:  # else it is the person's own words, which no report prints
                    self.words[answer.question][answer.answer] = answer.said
        results = [goal.result for goal in known.goals if goal.result is not None]
        self.by_case[case_id] = Said(answers=answers, results=results)


async def read_said(session: Session, ids: Sequence[int], keeper: Timekeeper) -> OfPeople:
    """What the people of these cases said, as the journal has it now; row-level security leaves out other cases."""
    journals: dict[int, list[Event]] = defaultdict(list)
    for row in await session.execute(_EVENTS, {"ids": list(ids)}):
        journals[row.case_id].append(event_from(row))
    reading = _Reading()
    reading.words[SATISFACTION] = {
        key: choice.label
        for pathway in keeper.pathways.all()
        for key, choice in pathway.definition.choices.get(SATISFACTION, {}).items()
    }
    for case_id, events in journals.items():
        # Corrections of what is not read here have nothing to correct, and are passed over.
        reading.take(case_id, provision_of(events, adaptations=(), day_of=keeper.day))
    return OfPeople(by_case=reading.by_case, words=reading.words, on=reading.on)
