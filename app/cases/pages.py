"""The home page: what waits for whoever has come in."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.access.roles import label
from app.cases.casework import Casework
from app.cases.home import NoteSource, home, may_do
from app.cases.reads import note_read
from app.edge import drafts
from app.edge.pages import AtPageDesk, View
from app.kernel.database import Session
from app.people.schemas import MeOut
from app.people.shown import show_me

router = APIRouter(include_in_schema=False)
HOME: Final = "cases/templates/home.html"
NO_CASES: Final = "cases/templates/no_cases.html"


@router.get("/")
async def get_home(desk: AtPageDesk) -> Response:
    """The caller's own list and who of it has waited longest; or a kind word for who sees no case."""
    casework: Casework = desk.request.app.state.casework

    async def work(session: Session, actor: Actor) -> View:
        me = await show_me(session, actor)
        today = casework.timekeeper.day(desk.now())
        sources: Sequence[NoteSource] = desk.request.app.state.home_notes
        notes = [note for source in sources for note in await source(session, actor, today)]
        who = {"organisation": me.organisation, "roles": _roles_by_organisation(me), "notes": notes}
        if not permits(actor, Permission.CASE_VIEW):
            return View(NO_CASES, {**who, "may": may_do(actor)})
        seen = await home(session, actor, casework=casework, today=today)
        await note_read(session, actor, "GET /", seen.case_ids)
        return View(HOME, {**who, "home": seen, "drafts": await drafts.kept(session, actor.user_id)})

    return await desk.read(work)


def _roles_by_organisation(me: MeOut) -> dict[str, list[str]]:
    """Organisation -> the roles held there, in words."""
    held: dict[str, list[str]] = {}
    for holding in me.roles:
        held.setdefault(holding.organisation, []).append(label(holding.role))
    return dict(sorted(held.items()))
