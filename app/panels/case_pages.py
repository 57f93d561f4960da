"""The page of a case's way through panels."""

from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.cases.opened import CaseTab, frame
from app.cases.sheets import open_at
from app.edge.pages import AtPageDesk, View
from app.kernel.database import Session
from app.panels import wording
from app.panels.case_shown import show_case_at_panel
from app.panels.paper_parts import CHECKLIST

router = APIRouter(include_in_schema=False)
# Only the complex tier comes before a panel.
CASE_TABS: Final = (CaseTab("Panel", "panel", lambda case: case.tier == "complex"),)


@router.get("/cases/{reference}/panel")
async def get_panel(reference: str, desk: AtPageDesk) -> Response:
    """Referral, agendas, papers, decisions, tasks and hearings of a case."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        manages = permits(actor, Permission.PANEL_MANAGE)
        context = {
            **frame(desk.request, opened, part="panel"),
            "panel": await show_case_at_panel(session, actor, opened.case, today=opened.today),
            "say": wording,
            "checklist": CHECKLIST,
            "prepares": manages or permits(actor, Permission.CASE_CONVERSE),
        }
        return View("panels/templates/case.html", context)

    return await desk.read(work)
