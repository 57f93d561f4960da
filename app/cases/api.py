"""The JSON API of cases: HTTP in, a command or a query, JSON out. The same actions serve the pages."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import events, queries, shown
from app.cases.actions.advance import Advance, advance
from app.cases.actions.log_referral import log_referral
from app.cases.answers import (
    ActionOut,
    CaseOut,
    EventOut,
    EventPage,
    LoggedOut,
    PossibleRepeatOut,
    ProposedTierOut,
)
from app.cases.available import available_actions
from app.cases.casework import Casework
from app.cases.reads import note_read
from app.cases.referral_form import referral_command
from app.cases.schemas import ReferralIn
from app.edge.desk import ReadingDesk, WritingDesk, if_match
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, MAX_LIMIT, decode_number, encode
from app.kernel.problems import FieldProblem, Unprocessable

router = APIRouter(tags=["cases"])
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str | None, Query(description="Where the last page ended: its `next_cursor`.")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description='The sequence you last saw, in quotes: `"7"`.', max_length=20)
]


def casework_of(request: Request) -> Casework:
    """The casework that `app.main` put together."""
    casework: Casework = request.app.state.casework
    return casework


@router.post("/referrals", status_code=201, response_model=LoggedOut, summary="Log a referral")
async def post_referral(body: ReferralIn, desk: WritingDesk) -> Response:
    """Log a referral as a new case, with the tier that triage proposes and the possible repeats found."""
    casework = casework_of(desk.request)
    command = referral_command(body, allow_test_numbers=casework.allow_test_numbers)

    async def work(session: Session, actor: Actor) -> LoggedOut:
        now = desk.now()
        logged = await log_referral(session, actor, command, casework=casework, now=now)
        case = await shown.show_case(session, logged.case.id, today=casework.timekeeper.day(now))
        proposal = logged.proposal
        return LoggedOut(
            **case.model_dump(),
            proposed_tier=ProposedTierOut(
                tier=proposal.tier, reasons=list(proposal.reasons), lower_ruled_out=list(proposal.lower_ruled_out)
            ),
            possible_repeats=[
                PossibleRepeatOut(
                    reference=repeat.reference,
                    organisation=repeat.organisation,
                    open=repeat.open,
                    reasons=list(repeat.reasons),
                    score=repeat.score,
                    blocks=repeat.blocks,
                    visible=repeat.visible,
                )
                for repeat in logged.repeats
            ],
        )

    return await desk.write(work)


@router.get("/cases/{reference}", response_model=CaseOut, summary="One case")
async def get_case(reference: str, desk: ReadingDesk) -> Response:
    """The case, with its sequence as ETag for If-Match."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> Response:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}", [case.id])
        out = await shown.show_case(session, case.id, today=casework.timekeeper.day(desk.now()))
        return Response(
            out.model_dump_json(), media_type="application/json", headers={"ETag": f'"{case.state.sequence}"'}
        )

    return await desk.read(work)


@router.get("/cases/{reference}/actions", response_model=list[ActionOut], summary="What may be done now")
async def get_actions(reference: str, desk: ReadingDesk) -> Response:
    """Every action that leaves the case's stage: allowed or why not, where it leads, and its form."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/actions", [case.id])
        return await available_actions(session, actor, case, casework=casework, now=desk.now())

    return await desk.read(work)


@router.post(
    "/cases/{reference}/actions/{action}",
    status_code=201,
    response_model=EventOut,
    summary="Take an action",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "description": "The action's form, as `GET /cases/{reference}/actions` gives it.",
                        "properties": {
                            "occurred_at": {
                                "type": "string",
                                "format": "date-time",
                                "description": "When it happened; now when not given.",
                            }
                        },
                        "additionalProperties": True,
                    },
                    "example": {"reason": "person_in_hospital", "waits_on": "person", "review_on": "2099-01-05"},
                }
            },
        }
    },
)
async def post_action(reference: str, action: str, desk: WritingDesk, match: IfMatch = None) -> Response:
    """Move the case. The answer is the event that was recorded."""
    casework = casework_of(desk.request)
    expected = if_match(match)
    details = await _details(desk.request)

    async def work(session: Session, actor: Actor) -> dict[str, Any]:
        command = Advance(reference=reference, action=action, details=details, expected_sequence=expected)
        recorded = await advance(session, actor, command, casework=casework, now=desk.now())
        return events.shown_recorded(recorded, actor)

    return await desk.write(work)


async def _details(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        details = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Unprocessable([FieldProblem("", "This is not JSON in UTF-8 that can be read.")]) from None
    if not isinstance(details, dict):
        raise Unprocessable([FieldProblem("", "Send the form's fields as a JSON object.")])
    return details


@router.get("/cases/{reference}/events", response_model=EventPage, summary="The case's journal")
async def get_events(
    reference: str, desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """What happened, oldest first. Nothing here can be changed; corrections are events of their own."""
    after = decode_number(cursor) or 0

    async def work(session: Session, actor: Actor) -> dict[str, Any]:
        case = await queries.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/events", [case.id])
        found = await events.shown_events(session, case.id, after=after, limit=limit + 1)
        more = encode(str(found[limit - 1]["sequence"])) if len(found) > limit else None
        return {"items": found[:limit], "next_cursor": more}

    return await desk.read(work)
