"""The JSON API of indicators: targets, what is said of quarters, signing off."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk, WritingDesk, if_match
from app.edge.parameters import Id
from app.kernel.database import Session
from app.reports import periods
from app.reports.sight import whole_sight
from app.reports.target_actions import Quarter, say_of_quarter, sign_off
from app.reports.target_schemas import (
    IndicatorIn,
    IndicatorList,
    IndicatorOut,
    QuarterIn,
    SignOffIn,
    TargetIn,
    WithdrawIn,
    WithdrawnIndicator,
)
from app.reports.target_setting import set_indicator, set_target, withdraw
from app.reports.target_shown import show_list, show_one, show_withdrawn

router = APIRouter(tags=["targets"])
Year = Annotated[int, Path(ge=2000, le=2100, description="The year in which the financial year begins.")]
InQuery = Annotated[int | None, Query(ge=2000, le=2100, description="Else the financial year that it is.")]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The version you last saw, in quotes: `"2"`; `"0"` for none.', max_length=20),
]
Number = Annotated[int, Path(ge=1, le=4, description="Of the financial year: 1 begins in April.")]


@router.get("/indicators", response_model=IndicatorList, summary="Indicators of a year")
async def get_indicators(desk: ReadingDesk, year: InQuery = None) -> Response:
    """Every indicator with a target in the year, each quarter with its figure, judged by the stated rule.

    Beside them are those that have no target in the year, and those that were withdrawn.
    """
    keeper = casework_of(desk.request).timekeeper
    wanted = year or periods.year_of(keeper.day(desk.now()))

    async def work(session: Session, actor: Actor) -> IndicatorList:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        return await show_list(session, wanted, keeper=keeper, now=desk.now())

    return await desk.report(work)


@router.post("/indicators", status_code=201, response_model=IndicatorOut, summary="Set an indicator")
async def post_indicator(body: IndicatorIn, desk: WritingDesk) -> Response:
    """Follow a measure's figure against a target from now on."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> IndicatorOut:
        number = await set_indicator(session, actor, body, keeper=keeper, now=desk.now())
        return await show_one(session, number, body.year, keeper=keeper, now=desk.now())

    return await desk.write(work)


@router.get("/indicators/{indicator_id}/years/{year}", response_model=IndicatorOut, summary="One indicator in a year")
async def get_indicator(indicator_id: Id, year: Year, desk: ReadingDesk) -> Response:
    """Its quarters, with what was said of them."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> IndicatorOut:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        return await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())

    return await desk.report(work)


@router.post(
    "/indicators/{indicator_id}/years/{year}", status_code=201, response_model=IndicatorOut, summary="Set a target"
)
async def post_target(
    indicator_id: Id, year: Year, body: TargetIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """Set another year's target, or change it while no quarter of the year has been signed off."""
    keeper = casework_of(desk.request).timekeeper

    async def work(session: Session, actor: Actor) -> IndicatorOut:
        await set_target(session, actor, indicator_id, year, body, seen=if_match(match), now=desk.now())
        return await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())

    return await desk.write(work)


@router.post(
    "/indicators/{indicator_id}/years/{year}/quarters/{quarter}",
    status_code=201,
    response_model=IndicatorOut,
    summary="Say something of a quarter",
)
async def post_quarter(
    indicator_id: Id, year: Year, quarter: Number, body: QuarterIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """A commentary, and a judgement of one's own with its reason, until the quarter is signed off."""
    keeper = casework_of(desk.request).timekeeper
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def work(session: Session, actor: Actor) -> IndicatorOut:
        await say_of_quarter(session, actor, at, body, seen=if_match(match), now=desk.now())
        return await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())

    return await desk.write(work)


@router.post(
    "/indicators/{indicator_id}/years/{year}/quarters/{quarter}/sign-off",
    status_code=201,
    response_model=IndicatorOut,
    summary="Sign a quarter off",
)
async def post_sign_off(indicator_id: Id, year: Year, quarter: Number, body: SignOffIn, desk: WritingDesk) -> Response:
    """Make it final as it was shown; nothing changes it afterwards. What is not as it was shown any more is refused."""
    keeper = casework_of(desk.request).timekeeper
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def work(session: Session, actor: Actor) -> IndicatorOut:
        await sign_off(session, actor, at, body.shown, keeper=keeper, now=desk.now())
        return await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())

    return await desk.write(work)


@router.post(
    "/indicators/{indicator_id}/withdrawal",
    status_code=201,
    response_model=WithdrawnIndicator,
    summary="Withdraw an indicator",
)
async def post_withdrawal(indicator_id: Id, body: WithdrawIn, desk: WritingDesk) -> Response:
    """Follow it no more, as when it was entered in error. What was signed off stays; who withdrew it and why, too."""

    async def work(session: Session, actor: Actor) -> WithdrawnIndicator:
        await withdraw(session, actor, indicator_id, body.reason, seen=None, now=desk.now())
        return await show_withdrawn(session, indicator_id)

    return await desk.write(work)
