"""The pages of targets: how indicators stand, setting one, saying something of a quarter, signing it off."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, show_form, take_form
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, filled_with
from app.kernel.database import Session
from app.reports import charts, periods, target_store
from app.reports.pictures import number
from app.reports.sight import whole_sight
from app.reports.target_actions import Quarter, say_of_quarter, set_indicator, sign_off
from app.reports.target_rules import RULE, overall
from app.reports.target_schemas import FIGURES, IndicatorIn, IndicatorOut, QuarterIn
from app.reports.target_shown import show_all, show_one

router = APIRouter(include_in_schema=False)
HOME: Final = "/targets"
ONE: Final = "/targets/{indicator_id}/{year}"
QUARTER: Final = f"{ONE}/quarters/{{quarter}}"
NAV: Final = (NavItem("Targets", HOME, Permission.TARGET_VIEW),)
Year = Annotated[int, Path(ge=2000, le=2100)]
Number = Annotated[int, Path(ge=1, le=4)]
RAG: Final = {"green": "Green", "amber": "Amber", "red": "Red", "unknown": "Nothing counted"}
_SCOPES: Final = {
    "partnership": "The whole partnership",
    "locality": "One locality",
    "organisation": "One organisation",
}
_JUDGED: Final = tuple(Option(value=key, label=RAG[key]) for key in ("green", "amber", "red"))


@router.get(HOME)
async def get_targets(desk: AtPageDesk, year: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Every indicator of a year, with how each quarter stands."""
    keeper = casework_at(desk).timekeeper
    this = periods.year_of(keeper.day(desk.now()))
    chosen = int(year) if year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2100 else this

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        items = await show_all(session, chosen, keeper=keeper, now=desk.now())
        context = {
            "items": items,
            "year": periods.financial_year(chosen).key,
            "years": [(begins, periods.financial_year(begins).key) for begins in range(this + 1, this - 4, -1)],
            "chosen": chosen,
            "rule": RULE,
            "words": RAG,
            "scopes": _SCOPES,
            "figures": FIGURES,
            "number": number,
            "counts": overall([_latest(item).rag for item in items if _latest(item).begun]),
            "may_set": permits(actor, Permission.TARGET_SET),
        }
        return View("reports/templates/targets.html", context)

    return await desk.report(work)


def _latest(item: IndicatorOut) -> Any:
    begun = [quarter for quarter in item.quarters if quarter.begun]
    return begun[-1] if begun else item.quarters[0]


@router.get(ONE)
async def get_target(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """One indicator: its quarters against the trajectory, what was said, and what can be done."""
    keeper = casework_at(desk).timekeeper

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        item = await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())
        chart = _picture(item)
        today = keeper.day(desk.now())
        over = {q: (last := periods.financial_year(year, q).last) is not None and last < today for q in range(1, 5)}
        context = {
            "item": item,
            "chart": chart,
            "drawn": await run_in_threadpool(charts.svg, chart),
            "years": [
                (one, periods.financial_year(one).key) for one in await target_store.years(session, indicator_id)
            ],
            "year": periods.financial_year(year).key,
            "words": RAG,
            "scopes": _SCOPES,
            "figures": FIGURES,
            "number": number,
            "over": over,
            "may_set": permits(actor, Permission.TARGET_SET),
            "may_sign": permits(actor, Permission.TARGET_SIGN_OFF),
        }
        return View("reports/templates/target.html", context)

    return await desk.report(work)


def _picture(item: IndicatorOut) -> charts.Chart:
    rows = [
        {
            "label": f"Q{one.quarter}",
            "value": float(one.value) if one.value is not None and one.begun else None,
            "trajectory": float(one.trajectory),
        }
        for one in item.quarters
    ]
    words = "; ".join(
        f"quarter {one.quarter}: {number(one.value) if one.value is not None else 'nothing counted'} against"
        f" {number(one.trajectory)},"
        f" {RAG[one.rag].lower()}"
        for one in item.quarters
        if one.begun
    )
    return charts.lines(
        item.title, rows, label="label", series={"value": "As it was", "trajectory": "Trajectory"},
        unit=FIGURES[item.figure], target=float(item.target),
        words=f"{words or 'The year has not begun'}.".capitalize(),
    )  # fmt: skip


def _new(measures: list[Option], year: int) -> FormSheet:
    def select(name: str, label: str, words: dict[str, str]) -> Question:
        options = tuple(Option(value=key, label=text) for key, text in words.items())
        return Question(name=name, kind="select", label=label, options=options)

    questions = (
        Question(name="title", kind="text", label="What is aimed at?", hint="In plain words: people wait less."),
        Question(name="measure", kind="select", label="By which measure?", options=tuple(measures)),
        select("figure", "By which of its figures?", FIGURES),
        select("better", "What is better?", {"lower": "Lower", "higher": "Higher"}),
        select("scope", "Of whom?", _SCOPES),
        Question(
            name="scope_value", kind="text", label="Which locality or organisation?", required=False,
            hint="The beginning of a postcode, such as FK1, or the organisation’s name. Empty for all.",
        ),
        Question(name="officer", kind="email", label="Who answers for it?", hint="Their e-mail address here."),
        Question(name="baseline", kind="text", label="What is it today?", hint="The baseline, a number."),
        Question(name="baseline_told", kind="text", label="Of when and of whom is that?"),
        Question(name="year", kind="integer", label="Which year does the financial year begin in?"),
        Question(
            name="target", kind="text", label="What is aimed at for that year?",
            hint="The quarters lead there from the baseline in four even steps.",
        ),
    )  # fmt: skip
    return FormSheet(
        title="Set a target", caption="Targets", button="Set the target", back=HOME, back_label="Targets",
        help="From then on its quarters are judged by one stated rule, until each is signed off.",
        questions=questions, filled=filled_with(questions, {"year": year}),
    )  # fmt: skip


async def _ask_new(desk: PageDesk, actor: Actor) -> FormSheet:
    require(actor, Permission.TARGET_SET)
    keeper = casework_at(desk).timekeeper
    measures = [
        Option(value=one.key, label=one.definition.title)
        for one in keeper.pathways.measures.newest()
        if one.usable and one.definition.kind in ("interval", "stays", "count")
    ]
    return _new(measures, periods.year_of(keeper.day(desk.now())))


@router.get(f"{HOME}/new")
async def get_new(desk: AtPageDesk) -> Response:
    """The form of a new indicator."""

    async def ask(_session: Session, actor: Actor) -> FormSheet:
        return await _ask_new(desk, actor)

    return await show_form(desk, ask)


@router.post(f"{HOME}/new")
async def post_new(desk: AtPageDesk) -> Response:
    """Set an indicator."""
    keeper = casework_at(desk).timekeeper

    async def ask(_session: Session, actor: Actor) -> FormSheet:
        return await _ask_new(desk, actor)

    async def take(session: Session, actor: Actor, _form: FormSheet, answers: dict[str, Any]) -> str:
        wanted = validated(IndicatorIn, answers)
        number = await set_indicator(session, actor, wanted, keeper=keeper)
        return f"{HOME}/{number}/{wanted.year}"

    return await take_form(desk, ask, take)


async def _ask_quarter(session: Session, actor: Actor, at: Quarter) -> FormSheet:
    row = await target_store.one(session, at.indicator_id, at.year)
    require(actor, Permission.TARGET_SET)
    said = (await target_store.quarters(session, [at.indicator_id], at.year)).get((at.indicator_id, at.quarter))
    questions = (
        Question(name="commentary", kind="long_text", label="What is behind the figure, and what is being done?"),
        Question(
            name="judged", kind="choice", label="Do you judge it otherwise than the rule?", required=False,
            hint="Leave it empty to let the rule’s judgement stand.", options=_JUDGED,
        ),
        Question(name="judged_because", kind="long_text", label="If so, why?", required=False),
    )  # fmt: skip
    known = {} if said is None else {
        "commentary": said.commentary, "judged": said.judged, "judged_because": said.judged_because,
    }  # fmt: skip
    return FormSheet(
        title=f"Quarter {at.quarter} of {periods.financial_year(at.year).key}", caption=row.title,
        help="It stands beside the figure, and can be changed until the quarter is signed off.",
        button="Save", back=f"{HOME}/{at.indicator_id}/{at.year}", back_label=row.title, questions=questions,
        filled=filled_with(questions, {name: value for name, value in known.items() if value is not None}),
    )  # fmt: skip


@router.get(QUARTER)
async def get_quarter(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """The form of what is said of a quarter."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_quarter(session, actor, at)

    return await show_form(desk, ask)


@router.post(QUARTER)
async def post_quarter(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Keep what is said of a quarter."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_quarter(session, actor, at)

    async def take(session: Session, actor: Actor, _form: FormSheet, answers: dict[str, Any]) -> str:
        await say_of_quarter(session, actor, at, validated(QuarterIn, answers))
        return f"{HOME}/{indicator_id}/{year}"

    return await take_form(desk, ask, take)


async def _ask_sign(session: Session, actor: Actor, at: Quarter) -> FormSheet:
    row = await target_store.one(session, at.indicator_id, at.year)
    require(actor, Permission.TARGET_SIGN_OFF)
    return FormSheet(
        title=f"Sign off quarter {at.quarter} of {periods.financial_year(at.year).key}", caption=row.title,
        help="Its figure, judgement and commentary are kept as they are now. Nothing changes them afterwards, whatever"
        " is recorded later.",
        button="Sign it off", back=f"{HOME}/{at.indicator_id}/{at.year}", back_label=row.title, questions=(),
    )  # fmt: skip


@router.get(f"{QUARTER}/sign-off")
async def get_sign_off(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Ask whether a quarter is to be made final."""
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_sign(session, actor, at)

    return await show_form(desk, ask)


@router.post(f"{QUARTER}/sign-off")
async def post_sign_off(indicator_id: Id, year: Year, quarter: Number, desk: AtPageDesk) -> Response:
    """Make a quarter final."""
    keeper = casework_at(desk).timekeeper
    at = Quarter(indicator_id=indicator_id, year=year, quarter=quarter)

    async def ask(session: Session, actor: Actor) -> FormSheet:
        return await _ask_sign(session, actor, at)

    async def take(session: Session, actor: Actor, _form: FormSheet, _answers: dict[str, Any]) -> str:
        await sign_off(session, actor, at, keeper=keeper, now=desk.now())
        return f"{HOME}/{indicator_id}/{year}"

    return await take_form(desk, ask, take)
