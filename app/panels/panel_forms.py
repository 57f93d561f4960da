"""What the coordinator's forms about a panel, or about one of its meetings, have in common."""

from typing import Any

from sqlalchemy import Row

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.edge.form_sheets import FormSheet
from app.edge.templating import day
from app.kernel.database import Session
from app.panels import queries


async def form_of_panel(session: Session, actor: Actor, key: str) -> FormSheet:
    """What the coordinator's forms about a panel have in common. Raises NotFound, NotPermitted."""
    panel = await queries.find_panel(session, key)
    require(actor, Permission.PANEL_MANAGE)
    return _blank(panel.name, "/panels", "Panels")


async def form_of_meeting(session: Session, actor: Actor, meeting_id: int) -> tuple[FormSheet, Row[Any]]:
    """What the coordinator's forms about a meeting have in common, and the meeting. Raises NotFound, NotPermitted."""
    meeting = await queries.find_meeting(session, meeting_id)
    require(actor, Permission.PANEL_MANAGE)
    caption = f"{meeting.panel_name}, {day(meeting.held_on)}"
    return _blank(caption, f"/meetings/{meeting_id}", "Back to the meeting"), meeting


def _blank(caption: str, back: str, back_label: str) -> FormSheet:
    return FormSheet(title="", caption=caption, help="", button="", back=back, back_label=back_label, questions=())
