"""Load the facts that a decision reads. The case's own row answers most; the rest is read only when asked for."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.cases.casework import Casework
from app.cases.models import Case
from app.cases.rules import CaseState
from app.kernel.database import Session
from app.pathways.facts import Assignee, Facts

_ASSIGNEE = text(
    """
    SELECT coalesce((SELECT array_agg(DISTINCT h.role) FROM role_holdings h
                      WHERE h.user_id = :id AND h.held_from <= current_date
                        AND (h.held_to IS NULL OR h.held_to > current_date)), '{}') AS roles,
           coalesce((SELECT jsonb_object_agg(t.module, t.expires_on)
                       FROM (SELECT module, max(expires_on) AS expires_on FROM training_records
                              WHERE user_id = :id GROUP BY module) t), '{}') AS training
    """
)
_REPEATS = text(
    """
    SELECT other_reference FROM case_repeats
     WHERE case_id = :id AND blocks AND decision IS NULL ORDER BY other_reference
    """
)
_DIRECT = text("SELECT adaptation FROM direct_provision WHERE organisation_id = :id AND ended_on IS NULL")


async def load(
    session: Session,
    actor: Actor,
    case: Case,
    needs: frozenset[str],
    *,
    casework: Casework,
    today: date,
    details: Mapping[str, Any],
) -> Facts:
    """Put together what `needs` names and what the case's row knows."""
    state = case.state
    memory = state.memory
    attributes = memory.get("attributes", {})
    meeting = await casework.meetings.meeting(session, case, details) if "meeting" in needs else None
    return Facts(
        actor_id=actor.user_id,
        actor_roles=frozenset(actor.roles_on(state.acting_party_ids)),
        today=today,
        state=state.state,
        resume_stage=state.resume_stage,
        proposed_tier=state.proposed_tier,
        tenure=case.tenure,
        # What was recommended stands before what was asked for.
        adaptations=tuple(attributes.get("adaptations") or case.adaptations),
        flags=case.flags,
        priority=state.priority,
        fast_track=state.fast_track,
        consent_to_share=state.consent_to_share,
        unresolved_repeats=await _unresolved(session, case) if "repeats" in needs else (),
        assignee=await _assignee(session, state) if "assignee" in needs else None,
        options_discussed=frozenset(memory.get("options", ())),
        conversations=memory.get("conversations", 0),
        goals=tuple(attributes.get("goals") or ()),
        remembered={part: frozenset(ids) for part, ids in memory.get("remembered", {}).items()},
        refused_on=refused_on(case, casework),
        direct_provision_items=await _direct(session, case) if "direct_provision" in needs else frozenset(),
        meeting=meeting,
        solution=state.solution,
    )


async def load_all(session: Session, actor: Actor, case: Case, *, casework: Casework, today: date) -> Facts:
    """Put together every fact: for the list of what may be done now."""
    needs = frozenset({"assignee", "repeats", "direct_provision", "meeting"})
    return await load(session, actor, case, needs, casework=casework, today=today, details={})


def refused_on(case: Case, casework: Casework) -> date | None:
    """The day of the refusal that stands, if one does."""
    entered = case.state.memory.get("entered", {}).get("refused")
    return casework.timekeeper.day(datetime.fromisoformat(entered)) if entered else None


async def _unresolved(session: Session, case: Case) -> tuple[str, ...]:
    return tuple((await session.scalars(_REPEATS, {"id": case.id})).all())


async def _assignee(session: Session, state: CaseState) -> Assignee | None:
    if state.assigned_to is None:
        return None
    row = (await session.execute(_ASSIGNEE, {"id": state.assigned_to})).one()
    training = {int(module): date.fromisoformat(expires) for module, expires in row.training.items()}
    return Assignee(id=state.assigned_to, roles=frozenset(row.roles), training=training)


async def _direct(session: Session, case: Case) -> frozenset[str]:
    if case.landlord_organisation_id is None:
        return frozenset()
    return frozenset((await session.scalars(_DIRECT, {"id": case.landlord_organisation_id})).all())
