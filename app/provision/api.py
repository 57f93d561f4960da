"""The JSON API of provision: what a case's journal says of orders, costs and goals; quotes and surveys."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import events
from app.cases import queries as cases
from app.cases.answers import EventOut
from app.cases.api import IfMatch, casework_of
from app.cases.reads import note_read
from app.edge.desk import ReadingDesk, WritingDesk, if_match
from app.kernel.database import Session
from app.provision import shown
from app.provision.actions.answer_survey import AnswerSurvey, answer_survey
from app.provision.actions.receive_quote import ReceiveQuote, receive_quote
from app.provision.answers import ProvisionOut
from app.provision.schemas import QuoteIn, SurveyIn

router = APIRouter(tags=["provision"])


@router.get(
    "/cases/{reference}/provision", response_model=ProvisionOut, summary="Quotes, orders, snags, costs and goals"
)
async def get_provision(reference: str, desk: ReadingDesk) -> Response:
    """What the journal says of provision: nothing here is kept twice, so nothing can differ from it."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> ProvisionOut:
        case = await cases.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/provision", [case.id])
        return await shown.show_provision(session, case, casework=casework, today=casework.timekeeper.day(desk.now()))

    return await desk.read(work)


@router.post("/cases/{reference}/quotes", status_code=201, response_model=EventOut, summary="Record a quote")
async def post_quote(reference: str, body: QuoteIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record what a contractor offers. The order that names the same contractor takes its newest quote."""
    casework = casework_of(desk.request)
    command = ReceiveQuote(
        reference=reference,
        expected_sequence=if_match(match),
        **{**body.model_dump(), "items": tuple(body.items)},
    )

    async def work(session: Session, actor: Actor) -> dict[str, object]:
        recorded = await receive_quote(session, actor, command, casework=casework, now=desk.now())
        return events.shown_recorded(recorded, actor)

    return await desk.write(work)


@router.post("/cases/{reference}/surveys", status_code=201, response_model=EventOut, summary="Record a survey")
async def post_survey(reference: str, body: SurveyIn, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Record what somebody says when asked how it went; also after the case has been completed."""
    casework = casework_of(desk.request)
    command = AnswerSurvey(reference=reference, expected_sequence=if_match(match), **body.model_dump())

    async def work(session: Session, actor: Actor) -> dict[str, object]:
        recorded = await answer_survey(session, actor, command, casework=casework, now=desk.now())
        return events.shown_recorded(recorded, actor)

    return await desk.write(work)
