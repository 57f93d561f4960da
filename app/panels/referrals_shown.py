"""Cases that wait for a place on an agenda, with what their referrals hold and what became of them."""

from datetime import date
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.casework import Casework
from app.cases.reads import note_read
from app.kernel.database import Session
from app.panels import packs
from app.panels.paper_parts import missing
from app.panels.setting_schemas import CheckOut, ReferralOut

_WAITING = text(
    """
    SELECT c.id, c.reference, c.stage_since, c.fast_track, c.due_on FROM cases c
     WHERE c.stage = 'panel_referred' ORDER BY c.fast_track IS NULL, c.stage_since, c.id LIMIT :most
    """
)
_CHECKS = text(
    """
    SELECT k.case_id, k.outcome, k.note, k.missing, k.checked_at, u.name AS checked_by FROM panel_referral_checks k
      JOIN users u ON u.id = k.checked_by WHERE k.case_id = ANY (:ids)
       AND k.sequence >= (SELECT max(e.sequence) FROM case_events e
                           WHERE e.case_id = k.case_id AND e.action = 'refer_to_panel')
     ORDER BY k.id DESC
    """
)
MOST = 50


async def waiting_referrals(
    session: Session, actor: Actor, panel: Any, *, casework: Casework, today: date, route: str
) -> list[ReferralOut]:
    """The cases that wait, fast tracks first and then who has waited longest; the first fifty.

    `panel` has the checklist of its terms. Raises NotPermitted.
    """
    require(actor, Permission.PANEL_MANAGE)
    rows = (await session.execute(_WAITING, {"most": MOST})).all()
    ids = [row.id for row in rows]
    await note_read(session, actor, route, ids)
    checks: dict[int, CheckOut] = {}
    for check in (await session.execute(_CHECKS, {"ids": ids})).all():
        checks.setdefault(check.case_id, CheckOut.model_validate(check, from_attributes=True))
    found = []
    for row in rows:
        case = await cases.find(session, row.reference)
        pack = await packs.of_case(session, case, casework=casework, today=today)
        found.append(
            ReferralOut(
                reference=row.reference,
                referred_on=casework.timekeeper.day(row.stage_since),
                due_on=row.due_on,
                fast_track=row.fast_track,
                missing=missing(pack, panel.checklist, consent=case.state.consent_to_share is True),
                check=checks.get(row.id),
            )
        )
    return found
