"""What the API answers about a case's way through panels."""

from datetime import date

from pydantic import BaseModel

from app.panels.item_schemas import TaskOut
from app.panels.setting_schemas import CheckOut


class ItemBriefOut(BaseModel):
    """A case on an agenda; `papers` is the newest version that was circulated, `told_on` when the letter went out."""

    meeting_id: int
    panel: str
    kind: str
    held_on: date
    decision: str | None
    decided_on: date | None
    tell_by: date | None
    told_on: date | None
    papers: int | None
    unanswered: int


class HearingBriefOut(BaseModel):
    """A hearing of an appeal."""

    held_on: date
    ground: str
    attended: str | None
    outcome: str | None


class CaseAtPanelOut(BaseModel):
    """A case's way through panels, the newest of each first."""

    reference: str
    items: list[ItemBriefOut]
    checks: list[CheckOut]
    tasks: list[TaskOut]
    hearings: list[HearingBriefOut]
