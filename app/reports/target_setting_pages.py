"""The form by which an indicator is followed, with the first year's target."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet
from app.edge.pages import AtPageDesk, PageDesk
from app.edge.problem_answers import validated
from app.edge.questions import Question, filled_with, with_changes
from app.kernel.database import Session
from app.kernel.problems import Unprocessable
from app.reports import periods, target_store
from app.reports.target_questions import NEW, on_page, options, with_quarters
from app.reports.target_schemas import IndicatorIn
from app.reports.target_setting import figures_given, set_indicator
from app.reports.target_sheets import HOME, TargetSheet, show_sheet, take_sheet

router = APIRouter(include_in_schema=False)
_YEARS_BACK: Final = 3
_YEARS_ON: Final = 5


async def _ask_new(session: Session, actor: Actor, desk: PageDesk) -> TargetSheet:
    require(actor, Permission.TARGET_SET)
    keeper = casework_at(desk).timekeeper
    this = periods.year_of(keeper.day(desk.now()))
    offered: dict[str, Mapping[str, str]] = {
        "measure": {
            one.key: one.definition.title
            for one in keeper.pathways.measures.newest()
            if one.usable and figures_given(one)
        },
        "locality": {name: name for name in await target_store.localities(session)},
        "organisation": {name: name for name in await target_store.organisations(session)},
        "year": {
            str(begins): periods.financial_year(begins).key
            for begins in range(this - _YEARS_BACK, this + _YEARS_ON + 1)
        },
    }
    questions: Sequence[Question] = NEW
    for name, words in offered.items():
        questions = with_changes(questions, name, options=options(words))
    form = FormSheet(
        title="Set a target", caption="Targets", button="Set the target", back=HOME, back_label="Targets",
        help="From then on its quarters are judged by one stated rule, until each is signed off.",
        questions=tuple(questions), filled=filled_with(questions, {"year": this}),
    )  # fmt: skip
    return TargetSheet(form=form)


@router.get(f"{HOME}/new")
async def get_new(desk: AtPageDesk) -> Response:
    """The form of a new indicator."""

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_new(session, actor, desk)

    return await show_sheet(desk, ask)


@router.post(f"{HOME}/new")
async def post_new(desk: AtPageDesk) -> Response:
    """Set an indicator."""
    keeper = casework_at(desk).timekeeper

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_new(session, actor, desk)

    async def take(session: Session, actor: Actor, answers: dict[str, Any], _seen: str) -> str:
        named = answers.get("scope", "")
        # Of whom it is must be said here, where the API takes the whole partnership.
        body = with_quarters({"scope": "", **answers})
        for scope in ("locality", "organisation"):
            if scope in body:
                body["scope_value"] = body.pop(scope)
        try:
            wanted = validated(IndicatorIn, body)
            number = await set_indicator(session, actor, wanted, keeper=keeper, now=desk.now())
        except Unprocessable as wrong:
            raise on_page(wrong, {"/scope_value": f"/{named}"}) from None
        return f"{HOME}/{number}/{wanted.year}"

    return await take_sheet(desk, NEW, ask, take)
