"""A case that somebody has opened on a page: found, permitted, the read recorded, and what every page of it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import Request

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries, shown
from app.cases.answers import CaseOut
from app.cases.casework import Casework
from app.cases.due_explained import Terms, why_due
from app.cases.models import Case
from app.cases.presenters import CaseLine, case_line
from app.cases.reads import note_read
from app.kernel.database import Session
from app.pathways.pathway import CompiledPathway


@dataclass(frozen=True, slots=True)
class CaseTab:
    """A page of a case: the part of its address after the reference, empty for the first; and of which cases."""

    label: str
    part: str = ""
    shown: Callable[[CaseOut], bool] = lambda _case: True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case with its pathway and what is shown of it."""

    case: Case
    shown: CaseOut
    pathway: CompiledPathway
    terms: Terms
    today: date

    @property
    def line(self) -> CaseLine:
        """The case as a worklist says it."""
        return case_line(self.shown, self.pathway)


async def open_case(
    session: Session, actor: Actor, reference: str, *, casework: Casework, now: datetime, route: str
) -> OpenedCase:
    """Open a case for a page; `route` is what the record of reads keeps. Raises NotFound, NotPermitted."""
    case = await queries.find(session, reference)
    require(actor, Permission.CASE_VIEW, case.state.party_ids)
    await note_read(session, actor, route, [case.id])
    keeper = casework.timekeeper
    today = keeper.day(now)
    pathway = casework.pathways.get(case.pathway_key, case.state.pathway_version)
    terms = Terms(
        pathway=pathway, calendar=keeper.calendar(case.pathway_key, case.state.pathway_version), zone=keeper.zone
    )
    out = await shown.show_case(session, case.id, today=today)
    return OpenedCase(case=case, shown=out, pathway=pathway, terms=terms, today=today)


def frame(request: Request, opened: OpenedCase, *, part: str = "") -> dict[str, Any]:
    """What `cases/templates/case_frame.html` is filled in with; `part` is the tab that one is on."""
    tabs: tuple[CaseTab, ...] = request.app.state.case_tabs
    base = f"/cases/{opened.shown.reference}"
    return {
        "case": opened.shown,
        "line": opened.line,
        "stage": opened.pathway.stage(opened.shown.stage),
        "tier": opened.pathway.definition.tiers[opened.shown.tier],
        "why_due": why_due(opened.case.state, opened.shown.due_on, opened.terms),
        "base": base,
        "tabs": [
            {"label": tab.label, "path": f"{base}/{tab.part}".rstrip("/"), "here": tab.part == part}
            for tab in tabs
            if tab.shown(opened.shown)
        ],
    }
