"""A page for everything that can be recorded on a case beside the moves, and for deciding on a possible repeat."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from app.access.actor import Actor
from app.access.permissions import GRANTS
from app.access.policy import permits, refusal
from app.cases.choices import choices_for
from app.cases.offers import Reason
from app.cases.opened import OpenedCase
from app.cases.record_questions import RECORD_FORMS, SHOULD_BE
from app.cases.recording import RECORDINGS, About
from app.cases.sheets import SEEN, Sheet, casework_at, faults_in, open_at, seen, sheet_page, since_then
from app.edge import drafts
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.problem_answers import from_validation
from app.edge.questions import Question, filled_with, read_answers
from app.edge.sent_before import SentBefore, refuse_repeat
from app.kernel.database import Session
from app.kernel.problems import NotFound, Problem

router = APIRouter(include_in_schema=False)
Entry = Annotated[int | None, Query(ge=1, le=10**6)]
_ENTRY: Final = Question(name="sequence", kind="integer", label="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be recorded. `event`: the entry that a correction is about; `other`: the repeat decided on."""

    what: str
    event: int | None = None
    other: str | None = None


@router.get("/cases/{reference}/record/{what}")
async def get_record(reference: str, what: str, desk: AtPageDesk, event: Entry = None) -> Response:
    """The form of something to record."""
    return await _show(desk, reference, Wanted(what=what, event=event))


@router.post("/cases/{reference}/record/{what}")
async def post_record(reference: str, what: str, desk: AtPageDesk, event: Entry = None) -> Response:
    """Record it, or show the form again."""
    return await _take(desk, reference, Wanted(what=what, event=event))


@router.get("/cases/{reference}/repeats/{other}")
async def get_repeat(reference: str, other: str, desk: AtPageDesk) -> Response:
    """The form that decides on a possible repeat."""
    return await _show(desk, reference, Wanted(what="repeats", other=other))


@router.post("/cases/{reference}/repeats/{other}")
async def post_repeat(reference: str, other: str, desk: AtPageDesk) -> Response:
    """Decide on a possible repeat, or show the form again."""
    return await _take(desk, reference, Wanted(what="repeats", other=other))


async def _show(desk: PageDesk, reference: str, wanted: Wanted) -> Response:
    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        draft = await desk.draft(session, actor)
        known = filled_with((_ENTRY,), {"sequence": wanted.event}) if wanted.event else NOTHING
        sheet = await _sheet(session, actor, opened, wanted, form=draft.form if draft else known)
        return sheet_page(desk, opened, replace(sheet, kept=await desk.kept(session, actor)))

    return await desk.read(work)


async def _take(desk: PageDesk, reference: str, wanted: Wanted) -> Response:
    async def take(session: Session, actor: Actor, form: Filled) -> str:
        opened = await open_at(session, actor, desk, reference)
        sheet = await _sheet(session, actor, opened, wanted, form=form)
        answers = RECORD_FORMS[wanted.what].shape(read_answers(sheet.questions, form, now=desk.now()))
        recording = RECORDINGS[wanted.what]
        about = About(
            reference=reference,
            casework=casework_at(desk),
            now=desk.now(),
            expected_sequence=seen(form),
            other=wanted.other,
        )
        try:
            body = recording.body.model_validate(answers)
        except ValidationError as error:
            raise from_validation(list(error.errors())) from None
        await refuse_repeat(session, actor, desk.path, form, but_not=frozenset({SEEN}))
        recorded = await recording.take(session, actor, about, body)
        await drafts.drop(session, actor.user_id, desk.path)
        if answers.get("answer") == "decline":
            # Who declines sees the case no more.
            return "/"
        return f"/cases/{opened.shown.reference}?recorded={recorded.event.sequence}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        opened = await open_at(session, actor, desk, reference)
        return sheet_page(desk, opened, await _sheet(session, actor, opened, wanted, form=form, problem=problem))

    return await desk.submit(take, again)


async def _sheet(
    session: Session,
    actor: Actor,
    opened: OpenedCase,
    wanted: Wanted,
    *,
    form: Filled,
    problem: Problem | None = None,
) -> Sheet:
    what = wanted.what
    if what not in RECORD_FORMS or (what == "repeats") != (wanted.other is not None):
        raise NotFound("There is nothing of this kind to record on a case.")
    about = RECORD_FORMS[what]
    choices = await choices_for(session, actor, opened.case, what, pathway=opened.pathway, event=wanted.event)
    questions = about.questions(choices)
    should_be = SHOULD_BE.get(form.get("field"))
    return Sheet(
        title=about.title,
        help=about.help,
        button=about.button,
        questions=questions,
        form=form,
        reasons=_not_theirs(actor, opened, what),
        faults=faults_in(questions, problem, {"now": should_be} if should_be else {}),
        since=since_then(problem, opened.pathway),
        once_more=isinstance(problem, SentBefore),
    )


def _not_theirs(actor: Actor, opened: OpenedCase, what: str) -> list[Reason]:
    permission, state = RECORDINGS[what].permission, opened.case.state
    parties = state.party_ids if what == "handover-answer" else state.acting_party_ids
    return [] if permits(actor, permission, parties) else [Reason(refusal(GRANTS[permission]), None)]
