"""Say who works on several cases at once. Each case is on its own: what one is refused for does not stop the others."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries
from app.cases.actions.assign import Assign, assign, colleague_named
from app.cases.casework import Casework
from app.edge.problem_answers import from_database
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Problem, Unprocessable

MOST_CASES: Final = 100
Outcome = Literal["assigned", "unchanged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCase:
    """A case, and its sequence when it was last looked at."""

    reference: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignMany:
    """Assign these cases to one colleague: `me`, a user's number, or an e-mail address."""

    cases: tuple[SeenCase, ...]
    assigned_to: str | int
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What became of one case; `code` and `message` say why not, in the words that the single action has."""

    reference: str
    outcome: Outcome
    sequence: int | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedMany:
    """To whom, and what became of each case, in the order in which they were given."""

    assigned_to: int
    name: str
    results: tuple[CaseResult, ...]


async def assign_many(session: Session, actor: Actor, command: AssignMany, *, casework: Casework) -> AssignedMany:
    """Assign each case in a savepoint of its own, in one transaction: a repeat of the whole gives the same answer.

    Raises NotPermitted for who may assign nowhere, Unprocessable for somebody who cannot take cases.
    """
    require(actor, Permission.CASE_ASSIGN)
    if not 0 < len(command.cases) <= MOST_CASES:
        raise Unprocessable([FieldProblem("/cases", f"Choose 1 to {MOST_CASES} cases.")])
    colleague = await colleague_named(session, actor, command.assigned_to)
    given = {_written(case.reference): case for case in command.cases}
    results = {}
    # Everybody locks in one order, so two who assign at once wait for one another and never crosswise.
    for reference in sorted(given):
        one = Assign(
            reference=reference,
            assigned_to=colleague.id,
            note=command.note,
            expected_sequence=given[reference].sequence,
        )
        results[reference] = await _assigned(session, actor, one, casework)
    return AssignedMany(
        assigned_to=colleague.id, name=colleague.name, results=tuple(results[reference] for reference in given)
    )


def _written(reference: str) -> str:
    """As references are written; what is none stays as it is, and is not found."""
    try:
        return queries.canonical(reference)
    except NotFound:
        return reference


async def _assigned(session: Session, actor: Actor, command: Assign, casework: Casework) -> CaseResult:
    try:
        async with session.begin_nested():
            case = await queries.find(session, command.reference)
            if case.state.assigned_to == command.assigned_to:
                return CaseResult(reference=case.reference, outcome="unchanged", sequence=case.state.sequence)
            recorded = await assign(session, actor, command, casework=casework)
    except Problem as problem:
        return _refused(command, problem)
    except (SQLAlchemyError, psycopg.Error) as error:
        known = from_database(error)
        if known is None:
            raise
        return _refused(command, known)
    return CaseResult(reference=command.reference, outcome="assigned", sequence=recorded.event.sequence)


def _refused(command: Assign, problem: Problem) -> CaseResult:
    blockers: Any = problem.extensions.get("blockers")
    code = blockers[0]["code"] if blockers else problem.slug
    return CaseResult(reference=command.reference, outcome="refused", code=code, message=problem.detail)
