"""The forms by which something is said of a quarter, and by which it is signed off as it is shown."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet
from app.edge.pages import AtPageDesk, PageDesk
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import filled_with
from app.edge.templating import moment
from app.kernel.database import Session
from app.reports import periods, target_store
from app.reports.pictures import number
from app.reports.target_actions import Quarter, say_of_quarter, sign_off
from app.reports.target_questions import BY_RULE, SAID, judgement
from app.reports.target_schemas import FIGURES, IndicatorOut, QuarterIn, QuarterOut
from app.reports.target_sheets import HOME, ONE, RAG, SCOPES, TargetSheet, Year, number_seen, show_sheet, take_sheet
from app.reports.target_shown import show_one

router = APIRouter(include_in_schema=False)
QUARTER: Final = f"{ONE}/quarters/{{quarter}}"
SIGN_OFF: Final = f"{QUARTER}/sign-off"
Number = Annotated[int, Path(ge=1, le=4)]


def _named(at: Quarter) -> str:
    return f"quarter {at.quarter} of {periods.financial_year(at.year).key}"


async def _ask_quarter(session: Session, actor: Actor, at: Quarter, desk: PageDesk) -> TargetSheet:
    require(actor, Permission.TARGET_SET)
    item = await show_one(session, at.indicator_id, at.year, keeper=casework_at(desk).timekeeper, now=desk.now())
    row = await target_store.one(session, at.indicator_id, at.year)
    said = (await target_store.quarters(session, [at.indicator_id], at.year)).get((at.indicator_id, at.quarter))
    known = {} if said is None else {name: getattr(said, name) for name in (question.name for question in SAID)}
    known["judged"] = known.get("judged") or BY_RULE
    form = FormSheet(
        title=_named(at).capitalize(), caption=row.title, button="Save", back=f"{HOME}/{at.indicator_id}/{at.year}",
        back_label=row.title, questions=SAID, filled=filled_with(SAID, known),
        help="It stands beside the figure, and can be changed until the quarter is signed off.",
    )  # fmt: skip
    others = []
    if said is not None:
        others.append(f"{said.writer} wrote on {moment(said.written_at)}: {said.commentary or 'nothing'}")
        if said.judged is not None:
            others.append(f"They judge it {RAG[said.judged].lower()}: {said.judged_because}")
    reasons = []
    if row.ended_at is not None:
        reasons.append("This indicator was withdrawn, so nothing more is written about it.")
    elif said is not None and said.signed_off_at is not None:
        reasons.append("This quarter has been signed off, so what is said of it stays.")
    one = item.quarters[at.quarter - 1]
    facts = [
        (FIGURES[item.figure], f"{number(one.value)}{', so far' if one.so_far else ''}"),
        ("Where it should be", number(one.trajectory)),
        ("By the rule", f"{RAG[one.ruled]}. {one.ruled_because}"),
    ]
    seen = str(said.version if said is not None else 0)
    return TargetSheet(form=form, seen=seen, others=others, reasons=reasons, facts=facts)


@router.get(QUARTER)
async def get_quarter(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """The form of what is said of a quarter."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_quarter(session, actor, at, desk)

    return await show_sheet(desk, ask)


@router.post(QUARTER)
async def post_quarter(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Keep what is said of a quarter."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_quarter(session, actor, at, desk)

    async def take(session: Session, actor: Actor, answers: dict[str, Any], seen: str) -> str:
        await say_of_quarter(
            session, actor, at, validated(QuarterIn, judgement(answers)), seen=number_seen(seen), now=desk.now()
        )
        return f"{HOME}/{indicator_id}/{year}"

    return await take_sheet(desk, SAID, ask, take)


async def _ask_sign(session: Session, actor: Actor, at: Quarter, desk: PageDesk) -> TargetSheet:
    require(actor, Permission.TARGET_SIGN_OFF)
    keeper = casework_at(desk).timekeeper
    item = await show_one(session, at.indicator_id, at.year, keeper=keeper, now=desk.now())
    one = item.quarters[at.quarter - 1]
    form = FormSheet(
        title=f"Sign off {_named(at)}", caption=item.title, button="Sign it off", questions=(),
        back=f"{HOME}/{at.indicator_id}/{at.year}", back_label=item.title,
        help="This is what is kept. Nothing changes it afterwards, whatever is recorded later.",
    )  # fmt: skip
    about = {"item": item, "one": one, "words": RAG, "figures": FIGURES, "scopes": SCOPES, "number": number}
    return TargetSheet(
        form=form, seen=one.shown, reasons=_not_yet(item, one), others=["Look at it as it is now, below."],
        template="reports/templates/target_sign.html", about=about,
    )  # fmt: skip


def _not_yet(item: IndicatorOut, one: QuarterOut) -> list[str]:
    """Why the quarter cannot be signed off."""
    if one.signed_off_at is not None:
        return ["This quarter has been signed off, so what is said of it stays."]
    if item.withdrawn_at is not None:
        return ["This indicator was withdrawn, so nothing more is written about it."]
    if one.so_far or not one.begun:
        return ["This quarter is not over. Sign it off on the day after its last, or later."]
    return []


@router.get(SIGN_OFF)
async def get_sign_off(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Show what is to be made final."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_sign(session, actor, at, desk)

    return await show_sheet(desk, ask)


@router.post(SIGN_OFF)
async def post_sign_off(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Make a quarter final as it was shown."""
    keeper = casework_at(desk).timekeeper
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> TargetSheet:
        return await _ask_sign(session, actor, at, desk)

    async def take(session: Session, actor: Actor, _answers: dict[str, Any], seen: str) -> str:
        await sign_off(session, actor, at, seen, keeper=keeper, now=desk.now())
        return f"{HOME}/{indicator_id}/{year}"

    return await take_sheet(desk, (), ask, take)
