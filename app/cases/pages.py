"""Pages of cases. The home page: who is signed in, and the first of the cases to work on."""

from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.access.roles import label
from app.cases.casework import Casework
from app.cases.presenters import case_line
from app.cases.reads import note_read
from app.cases.worklist import Wanted, condition, worklist
from app.edge.pages import AtPageDesk, View
from app.edge.parameters import Cursor
from app.kernel.database import Session
from app.people.schemas import MeOut
from app.people.shown import show_me

router = APIRouter(include_in_schema=False)
ROWS: Final = 25
HOME: Final = "cases/templates/home.html"


@router.get("/")
async def get_home(desk: AtPageDesk, cursor: Cursor = None) -> Response:
    """Home: the caller's cases in worklist order, or a kind word for who sees none."""
    casework: Casework = desk.request.app.state.casework

    async def work(session: Session, actor: Actor) -> View:
        me = await show_me(session, actor)
        context = {"organisation": me.organisation, "roles": _roles_by_organisation(me), "later": cursor is not None}
        if not permits(actor, Permission.CASE_VIEW):
            return View(HOME, {**context, "sees_cases": False, "cases": [], "following": None})
        today = casework.timekeeper.day(desk.now())
        where = await condition(session, actor, Wanted(), casework=casework, today=today)
        page = await worklist(session, where, today=today, cursor=cursor, limit=ROWS)
        await note_read(session, actor, "GET /", page.ids)
        cases = [one.case for one in page.items]
        lines = [case_line(case, casework.pathways.get(case.pathway.key, case.pathway.version)) for case in cases]
        return View(HOME, {**context, "sees_cases": True, "cases": lines, "following": page.following})

    return await desk.read(work)


def _roles_by_organisation(me: MeOut) -> dict[str, list[str]]:
    """Organisation -> the roles held there, in words."""
    held: dict[str, list[str]] = {}
    for holding in me.roles:
        held.setdefault(holding.organisation, []).append(label(holding.role))
    return dict(sorted(held.items()))
