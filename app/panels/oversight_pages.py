"""The page of a panel's work, and its figures as a file."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.cases.presenters import TENURE_WORDS
from app.cases.sheets import casework_at
from app.edge.bodies import WrittenDay
from app.edge.pages import AtPageDesk, View
from app.edge.parameters import KeyInPath
from app.kernel.database import Session
from app.panels import queries, wording
from app.panels.exceptions import KINDS
from app.panels.oversight import half_of
from app.panels.oversight_shown import a_year_before, as_csv, show_oversight

router = APIRouter(include_in_schema=False)
OVERSIGHT: Final = "/panels/{key}/oversight"
Named = Annotated[str, Query(max_length=10)]
_CSV: Final = {"Content-Disposition": 'attachment; filename="panel.csv"', "Cache-Control": "no-store"}


@router.get(OVERSIGHT)
async def get_oversight(key: KeyInPath, desk: AtPageDesk, since: Named = "", until: Named = "") -> Response:
    """Waits, decisions, deferrals, attendance, what is overdue and where the terms were not kept."""
    casework = casework_at(desk)
    today = casework.timekeeper.day(desk.now())
    first, last = _day(since), _day(until)
    wrong = [label for label, given, read in (("From", since, first), ("To", until, last)) if given and read is None]
    if first and last and first > last:
        wrong, first, last = ["From"], None, None

    async def work(session: Session, actor: Actor) -> View:
        route = f"GET {OVERSIGHT}"
        days = (first, last)
        shown = await show_oversight(session, actor, key, days, casework=casework, today=today, route=route)
        context = {
            "panel": await queries.find_panel(session, key),
            "work": shown,
            "wrong": wrong,
            "periods": periods(today),
            "say": wording,
            "kinds": KINDS,
            "tenures": TENURE_WORDS,
            "most": max((one.count for one in shown.decisions), default=0),
        }
        return View("panels/templates/oversight.html", context)

    return await desk.read(work)


@router.get(f"{OVERSIGHT}.csv")
async def get_csv(
    key: KeyInPath, desk: AtPageDesk, since: WrittenDay | None = None, until: WrittenDay | None = None
) -> Response:
    """The same figures as a file."""
    casework = casework_at(desk)
    today = casework.timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> Response:
        route = f"GET {OVERSIGHT}.csv"
        days = (since, until)
        shown = await show_oversight(session, actor, key, days, casework=casework, today=today, route=route)
        return Response(as_csv(shown), media_type="text/csv; charset=utf-8", headers=_CSV)

    return await desk.read(work)


def periods(today: date) -> list[tuple[str, date, date]]:
    """What can be looked at with one press: the last twelve months, and the half-years of attendance audits."""
    this = date(today.year, 1 if today.month <= _JUNE else _JUNE + 1, 1)
    last = date(this.year - (this.month == 1), 1 if this.month > _JUNE else _JUNE + 1, 1)
    return [
        ("The last twelve months", a_year_before(today), today),
        (half_of(this), this, today),
        (half_of(last), last, this - timedelta(days=1)),
    ]


_JUNE: Final = 6


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
