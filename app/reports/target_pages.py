"""The pages of targets: how indicators stand in a year, and one of them with its quarters."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.sheets import casework_at
from app.edge.pages import AtPageDesk, NavItem, View
from app.edge.parameters import Id
from app.kernel.database import Session
from app.reports import charts, periods, target_store
from app.reports.pictures import number
from app.reports.sight import whole_sight
from app.reports.target_rules import overall
from app.reports.target_schemas import FIGURES, IndicatorOut, QuarterOut
from app.reports.target_sheets import HOME, LAST_YEAR, ONE, RAG, SCOPES, Year
from app.reports.target_shown import show_list, show_one

router = APIRouter(include_in_schema=False)
NAV: Final = (NavItem("Targets", HOME, Permission.TARGET_VIEW),)
_COUNTED: Final = {"unknown": "not judged"}
_PARTS: Final = (
    ("partnership", "The whole partnership"),
    ("locality", "Localities"),
    ("organisation", "Organisations"),
)
"""Of whom indicators are, each a part of the list."""


@router.get(HOME)
async def get_targets(desk: AtPageDesk, year: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Every indicator of a year, with how each quarter stands."""
    keeper = casework_at(desk).timekeeper
    this = periods.year_of(keeper.day(desk.now()))
    chosen = int(year) if year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2100 else this

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        told = await show_list(session, chosen, keeper=keeper, now=desk.now())
        parts = [(name, [item for item in told.items if item.scope == scope]) for scope, name in _PARTS]
        context = {
            "told": told,
            "parts": [(name, items, _standing(items)) for name, items in parts if items],
            "year": periods.financial_year(chosen).key,
            "years": [(begins, periods.financial_year(begins).key) for begins in range(this + 1, this - 4, -1)],
            "chosen": chosen,
            "words": RAG,
            "scopes": SCOPES,
            "figures": FIGURES,
            "number": number,
            "may_set": permits(actor, Permission.TARGET_SET),
        }
        return View("reports/templates/targets.html", context)

    return await desk.report(work)


def _standing(items: list[IndicatorOut]) -> str:
    """How many are green, amber and red as their latest quarter stands, and of how many it is not over."""
    latest = [one for item in items if (one := _latest(item)) is not None]
    counts = overall([one.rag for one in latest])
    told = ", ".join(f"{count} {_COUNTED.get(rag, rag)}" for rag, count in counts.items() if count)
    if not told:
        return "None has begun."
    so_far = sum(one.so_far for one in latest)
    return f"As their latest quarter stands: {told}{f'; {so_far} of these so far' if so_far else ''}."


def _latest(item: IndicatorOut) -> QuarterOut | None:
    return next((one for one in reversed(item.quarters) if one.begun), None)


@router.get(ONE)
async def get_target(indicator_id: Id, year: Year, desk: AtPageDesk) -> Response:
    """One indicator: its quarters against the trajectory, what was said, and what can be done."""
    keeper = casework_at(desk).timekeeper

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.TARGET_VIEW)
        whole_sight(actor)
        item = await show_one(session, indicator_id, year, keeper=keeper, now=desk.now())
        chart = _picture(item)
        known = list(await target_store.aims(session, indicator_id))
        following = max(known) + 1
        context = {
            "item": item,
            "chart": chart,
            "drawn": await run_in_threadpool(charts.svg, chart),
            "years": [(one, periods.financial_year(one).key) for one in known],
            "year": periods.financial_year(year).key,
            "following": (following, periods.financial_year(following).key) if following <= LAST_YEAR else None,
            "words": RAG,
            "scopes": SCOPES,
            "figures": FIGURES,
            "number": number,
            "signed": any(one.signed_off_at for one in item.quarters),
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
        f" {RAG[one.rag].lower()}{' so far' if one.so_far else ''}"
        for one in item.quarters
        if one.begun
    )
    return charts.lines(
        item.title, rows, label="label", series={"value": "As it was", "trajectory": "Trajectory"},
        unit=FIGURES[item.figure], target=float(item.target),
        words=f"{words or 'The year has not begun'}.".capitalize(),
    )  # fmt: skip
