"""Record what somebody says when asked how it went. Nothing is asked before something is in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.cases.models import Case, Recorded
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.pathways.survey import SurveyDefinition
from app.provision.queries import load_provision
from app.provision.rules import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSurvey:
    """The answers by question; who gave them and how."""

    reference: str
    answers: Mapping[str, str]
    given_by: str
    how: str
    answered_on: date
    occurred_at: datetime | None = None
    expected_sequence: int | None = None


async def answer_survey(
    session: Session, actor: Actor, command: AnswerSurvey, *, casework: Casework, now: datetime
) -> Recorded:
    """Write the answers into the journal, with the questions as they were asked.

    Raises NotFound, NotPermitted, CaseMovedOn, Unprocessable, Conflict when nothing is in place yet, when the
    partnership has no survey, or when the same answers are recorded already.
    """
    case = await cases.lock(session, command.reference)
    require(actor, Permission.SURVEY_RECORD, case.state.acting_party_ids)
    await cases.check_sequence(session, case, command.expected_sequence)
    hindered, survey = cannot_be_asked(case, casework), casework.pathways.survey
    if survey is not None:
        _check(command, survey, today=casework.timekeeper.day(now))
    if hindered is not None:
        raise hindered
    assert survey is not None
    details = {
        "survey": survey.version,
        "given_by": command.given_by,
        "how": command.how,
        "answered_on": command.answered_on.isoformat(),
        "answers": survey.kept(command.answers),
    }
    known = await load_provision(session, case, casework=casework)
    if any(_same(one, command) for one in known.surveys):
        raise Conflict("These answers are recorded already.", code="known_survey")
    kept = Record(reference=command.reference, kind="survey_answered", details=details, occurred_at=command.occurred_at)
    return await record(session, actor, kept, casework=casework)


def cannot_be_asked(case: Case, casework: Casework) -> Conflict | None:
    """Why nobody can be asked now, or None when they can."""
    if casework.pathways.survey is None:
        return Conflict("This partnership asks no survey: its pathways have no survey.yaml.", code="no_survey")
    if case.state.solution is None:
        message = "Nothing is in place yet that the person could speak of. Ask once it is."
        return Conflict(message, code="nothing_in_place")
    return None


def _check(command: AnswerSurvey, survey: SurveyDefinition, *, today: date) -> None:
    faults = survey.faults(command.answers)
    errors = [FieldProblem(f"/answers/{question}", message) for question, message in faults.items()]
    if not errors and not survey.kept(command.answers):
        first = next(iter(survey.questions))
        errors.append(FieldProblem(f"/answers/{first}", "Write down at least one answer."))
    if command.answered_on > today:
        errors.append(FieldProblem("/answered_on", "This cannot have been said in the future."))
    if errors:
        raise Unprocessable(errors)


def _same(known: Survey, command: AnswerSurvey) -> bool:
    answers = {key: said for key, text in command.answers.items() if (said := text.strip())}
    return (known.given_by, known.how, known.answered_on) == (
        command.given_by,
        command.how,
        command.answered_on,
    ) and {answer.question: answer.answer for answer in known.answers} == answers
