"""The form for logging a referral, put together for whoever asks: what it asks, what it knows, what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import text

from app.access.actor import Actor
from app.cases.actions.log_referral import LogReferral
from app.cases.actions.settle_referral import SCREEN, SettleReferral
from app.cases.asked_for import everything_known
from app.cases.casework import Casework
from app.cases.findings import Findings, look
from app.cases.identify import home_from, person_from
from app.cases.known import KNOWN, Known, known_answers, look_up
from app.cases.reads import note_read
from app.cases.referral_questions import (
    Offered,
    identity_questions,
    more_questions,
    need_questions,
    screening_questions,
    shaped,
)
from app.cases.schemas import ReferralIn
from app.edge.forms import Filled
from app.edge.problem_answers import from_validation
from app.edge.questions import Question, read_answers
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable
from app.pathways.pathway import CompiledPathway

ANYWAY: Final = "anyway"
"""The name of the button that leaves the screening to somebody else."""
LOOK_UP: Final = Question(
    name="look_up",
    kind="text",
    label="Do we know them already?",
    hint="Type a postcode, a name, a CHI number or a case reference.",
    required=False,
)
SEPARATE: Final = Question(
    name="separate",
    kind="long_text",
    label="Why is this another need?",
    hint="Only if none of these cases is about the same need. It is written down on the case.",
    required=False,
)
_GONE: Final = "This person cannot be found any more. Look them up again, or type who they are."
_LANDLORDS: Final = text(
    "SELECT name FROM organisations WHERE active AND kind = 'housing_association' ORDER BY lower(name) LIMIT 200"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralForm:
    """The questions for this actor: `screening` are none for who may not screen."""

    pathway: CompiledPathway
    identity: tuple[Question, ...]
    need: tuple[Question, ...]
    screening: tuple[Question, ...]
    more: tuple[Question, ...]

    @property
    def all(self) -> tuple[Question, ...]:
        """Every question that becomes a part of the referral."""
        return (*self.identity, *self.need, *self.screening, *self.more)


async def referral_form(session: Session, actor: Actor, casework: Casework) -> ReferralForm:
    """Put the form together."""
    pathway = casework.pathways.latest(casework.default_pathway)
    landlords: Sequence[str] = (await session.scalars(_LANDLORDS)).all()
    offered = Offered(pathway=pathway, words=everything_known(pathway.catalogue), landlords=landlords)
    screens = may_screen(actor, pathway)
    screening = screening_questions(offered, SCREEN) if screens else ()
    return ReferralForm(
        pathway=pathway,
        identity=identity_questions(offered),
        need=need_questions(offered),
        screening=tuple(question for question in screening if question.required),
        more=(*(question for question in screening if not question.required), *more_questions()),
    )


def may_log(actor: Actor, pathway: CompiledPathway) -> bool:
    """Whether the pathway lets the actor log referrals."""
    return not actor.all_roles.isdisjoint(pathway.roles_for(pathway.initial_action))


def may_screen(actor: Actor, pathway: CompiledPathway) -> bool:
    """Whether the actor's role may screen, so that a case can be settled in one go."""
    return SCREEN in pathway.actions and not actor.all_roles.isdisjoint(pathway.roles_for(SCREEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A form as far as it has been filled in: the API's body, the screening's answers, what was found."""

    body: dict[str, Any]
    screening: dict[str, Any]
    found: Sequence[Known]
    findings: Findings
    separate: str | None
    gone: bool
    """Whether somebody was chosen who cannot be found any more."""


async def answered(
    session: Session, actor: Actor, asks: ReferralForm, form: Filled, *, casework: Casework, now: datetime
) -> Answered:
    """Read a form and look up what it says so far; whom the actor is told of, also as a repeat, is on record."""
    answers = read_answers(asks.all, form, now=now)
    known = await known_answers(session, actor, form.get(KNOWN), casework=casework, now=now)
    body = shaped(answers, known or {})
    typed = form.get(LOOK_UP.name)[:200]
    findings = await look(session, body, asks.pathway)
    await note_read(session, actor, "POST /referrals/findings", [repeat.case_id for repeat in findings.repeats])
    return Answered(
        body=body,
        screening=answers.get("screening", {}),
        found=await look_up(session, actor, typed, casework=casework, now=now),
        findings=findings,
        separate=form.get(SEPARATE.name).strip() or None,
        gone=known is None,
    )


def command_from(answers: Answered, *, screens: bool, allow_test_numbers: bool) -> SettleReferral:
    """The command that the answers make. Raises Unprocessable with every fault, at the API's pointers."""
    if answers.gone:
        raise Unprocessable([FieldProblem(f"/{KNOWN}", _GONE)])
    asked = answers.findings.asked
    if asked.not_understood:
        raise Unprocessable([FieldProblem("/need/adaptations", _not_understood(answers.findings))])
    need = {**answers.body.get("need", {}), "adaptations": list(asked.keys)}
    try:
        body = ReferralIn.model_validate({**answers.body, "need": need if asked.keys else answers.body.get("need", {})})
    except ValidationError as error:
        raise from_validation(list(error.errors())) from None
    return SettleReferral(
        referral=referral_command(body, allow_test_numbers=allow_test_numbers),
        screening=answers.screening if screens else None,
        separate=answers.separate,
    )


def _not_understood(findings: Findings) -> str:
    return " ".join(
        f"We do not know “{one.words}”."
        + (f" Do you mean {' or '.join(label.lower() for label in one.perhaps)}?" if one.perhaps else "")
        for one in findings.asked.not_understood
    )


def referral_command(body: ReferralIn, *, allow_test_numbers: bool) -> LogReferral:
    """The command that a referral's body makes. Raises Unprocessable naming each field."""
    errors: list[FieldProblem] = []
    person = person_from(body.person, allow_test_numbers=allow_test_numbers, errors=errors)
    home = home_from(body.home, errors=errors)
    if errors:
        raise Unprocessable(errors)
    return LogReferral(
        person=person,
        home=home,
        referrer=body.referrer.model_dump(exclude_none=True),
        description=body.need.description,
        adaptations=tuple(dict.fromkeys(body.need.adaptations)),
        flags=tuple(dict.fromkeys(body.need.flags)),
        first_contact_on=body.first_contact_on,
        consent=body.consent.model_dump(mode="json"),
        pathway_key=body.pathway,
    )
