"""The page of projections: demand to come with its ranges, its parts and cost, and a what-if of capacity."""

from typing import Any, Final

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.sheets import casework_at
from app.edge.pages import AtPageDesk, PageDesk, View
from app.kernel.database import Session
from app.kernel.problems import Conflict
from app.reports import charts, labels, projections
from app.reports.labels import Labels
from app.reports.pictures import number
from app.reports.projection_schemas import CapacityOut, DemandOut, capacity_out, demand_out

router = APIRouter(include_in_schema=False)
PAGE: Final = "/projection"
SHOWN_BACK: Final = 36
_LIMITS: Final = {"assessors": (1, 500, 5), "more": (0, 100, 1), "direct_percent": (0, 90, 0)}
_LABELS: Final = {
    "assessors": "Assessors today, in whole posts",
    "more": "How many more?",
    "direct_percent": "Per cent that landlords would provide directly",
}


@router.get(PAGE)
async def get_projection(desk: AtPageDesk) -> Response:
    """What is likely to come, and what more capacity would do."""
    keeper = casework_at(desk).timekeeper
    words = Labels(keeper.pathways)
    params = dict(desk.request.query_params)
    by = params.get("by", "tenure")
    by = by if by in projections.GROUPED else "tenure"
    asked, faults = _asked(params)

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REPORT_READ)
        context: dict[str, Any] = {
            "by": by, "groupings": {name: labels.BY[name] for name in projections.GROUPED}, "asked": asked,
            "written": params, "faults": faults, "fields": _LABELS, "words": words, "number": number,
            "too_short": None, "demand": None, "capacity": None,
        }  # fmt: skip
        try:
            found = demand_out(await projections.demand(session, actor, 24, by, keeper=keeper, now=desk.now()))
            chart = _demand(found)
            context |= {"demand": found, "chart": chart, "drawn": await run_in_threadpool(charts.svg, chart)}
            queue = await _capacity(session, actor, desk, asked)
            picture = _queue(queue)
            context |= {
                "capacity": queue,
                "picture": picture,
                "drawn_queue": await run_in_threadpool(charts.svg, picture),
            }
        except Conflict as problem:
            # Without a form to mend there is nothing to mend in it.
            context |= {"too_short": problem.detail, "faults": {}}
        return View("reports/templates/projection.html", context, status=422 if context["faults"] else 200)

    return await desk.report(work)


async def _capacity(session: Session, actor: Actor, desk: PageDesk, asked: dict[str, int]) -> CapacityOut:
    keeper = casework_at(desk).timekeeper
    return capacity_out(await projections.capacity(session, actor, keeper=keeper, now=desk.now(), **asked))


def _asked(params: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    asked, faults = {}, {}
    for name, (low, high, otherwise) in _LIMITS.items():
        typed = params.get(name, "").strip()
        whole = typed.isascii() and typed.isdecimal() and len(typed) < 6 and low <= int(typed) <= high
        asked[name] = int(typed) if whole else otherwise
        if typed and not whole:
            faults[name] = f"{_LABELS[name]}: give a whole number from {low} to {high}."
    return asked, faults


def _demand(found: DemandOut) -> charts.Chart:
    past = [{"label": labels.month(f"{one.month:%Y-%m}"), "was": one.requests} for one in found.history[-SHOWN_BACK:]]
    ahead = [
        {"label": labels.month(f"{one.month:%Y-%m}"), "expected": one.expected, "low": one.low80, "high": one.high80}
        for one in found.ahead
    ]
    rows = [{"was": None, "expected": None, "low": None, "high": None, **row} for row in [*past, *ahead]]
    year = sum(one.expected for one in found.ahead[:12])
    low, high = sum(one.low80 for one in found.ahead[:12]), sum(one.high80 for one in found.ahead[:12])
    words = (
        f"In the last twelve months there were {number(sum(one.requests for one in found.history[-12:]))} requests. In"
        f" the next twelve {number(round(year))} are expected; adding up each month's range, between"
        f" {number(round(low))} and {number(round(high))}."
    )
    words += " The shaded area is where eight in ten such futures lie."
    series = {"was": "As it was", "expected": "Expected"}
    return charts.lines(
        "Requests a month", rows, label="label", series=series, unit="Requests", words=words, band=("low", "high")
    )


def _queue(found: CapacityOut) -> charts.Chart:
    rows = [
        {"label": labels.month(f"{one.month:%Y-%m}"), "is": one.waiting, "would": one.waiting_what_if}
        for one in found.months
    ]
    last = found.months[-1]
    words = (
        f"Today {number(found.waiting)} wait for an assessment. In a year {number(round(last.waiting))} would wait if"
        f" nothing changed, and {number(round(last.waiting_what_if))} as asked here."
    )
    return charts.lines(
        "Waiting for an assessment", rows, label="label", series={"is": "As it is", "would": "As asked"},
        unit="People waiting", words=words,
    )  # fmt: skip
