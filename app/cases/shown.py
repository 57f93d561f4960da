"""Cases as they are shown: with the person, the home and names instead of numbers. Row-level security applies."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.cases.answers import (
    AssigneeOut,
    CaseOut,
    HomeOut,
    NeedOut,
    OrganisationsOut,
    PathwayOut,
    PersonOut,
    PossibleRepeatOut,
)
from app.cases.deadlines import due_status
from app.kernel.database import Session

SELECT_SHOWN = """
SELECT c.id, c.reference, c.tier, c.stage, c.stage_group, c.priority, c.fast_track, c.pathway_key, c.pathway_version,
       c.sequence, c.first_contact_on, c.received_at, c.ended_at, c.outcome, c.due_on, c.due_soon_on,
       c.end_to_end_due_on, c.tenure, c.landlord, c.need_description, c.adaptations, c.flags, c.source,
       c.source_reference, c.worklist_key,
       c.assigned_to, u.name AS assignee_name, u.email AS assignee_email,
       o.name AS custody,
       (SELECT array_agg(po.name ORDER BY po.name) FROM organisations po WHERE po.id = ANY (c.party_ids)) AS parties,
       p.name AS person_name, p.date_of_birth, p.chi_number, p.nhs_number, p.phone, p.email, p.preferred_contact,
       h.address, h.postcode, h.uprn
  FROM cases c
  JOIN people p ON p.id = c.person_id
  JOIN homes h ON h.id = c.home_id
  JOIN organisations o ON o.id = c.custody_id
  LEFT JOIN users u ON u.id = c.assigned_to
"""

_ONE = text(f"{SELECT_SHOWN} WHERE c.id = :id")
_SOME = text(f"{SELECT_SHOWN} WHERE c.id = ANY (:ids) ORDER BY c.worklist_key")
_REPEATS = text(
    """
    SELECT r.other_reference AS reference, s.organisation, r.reasons, r.score, r.blocks, r.decision, s.still_open,
           c.id IS NOT NULL AS visible
      FROM case_repeats r
      JOIN door.repeat_standing(:id) s ON s.other_case_id = r.other_case_id
      LEFT JOIN cases c ON c.id = r.other_case_id
     WHERE r.case_id = :id ORDER BY r.blocks DESC, r.score DESC, r.other_reference
    """
)


async def show_case(session: Session, case_id: int, *, today: date) -> CaseOut:
    """One visible case."""
    return case_out((await session.execute(_ONE, {"id": case_id})).one(), today)


async def show_cases(session: Session, case_ids: Sequence[int], *, today: date) -> list[CaseOut]:
    """Some visible cases, in worklist order."""
    return [case_out(row, today) for row in await session.execute(_SOME, {"ids": list(case_ids)})]


async def show_repeats(session: Session, case_id: int) -> list[PossibleRepeatOut]:
    """The possible repeats found for a case, with what was decided; of a hidden case its organisation at most."""
    return [
        PossibleRepeatOut(
            reference=row.reference,
            organisation=row.organisation,
            open=row.still_open,
            reasons=row.reasons,
            score=row.score,
            blocks=row.blocks,
            visible=row.visible,
            decision=row.decision,
        )
        for row in await session.execute(_REPEATS, {"id": case_id})
    ]


def case_out(row: Row[Any], today: date) -> CaseOut:
    """Put a row of SELECT_SHOWN into the contract's form."""
    return CaseOut(
        reference=row.reference,
        tier=row.tier,
        stage=row.stage,
        stage_group=row.stage_group,
        priority=row.priority,
        fast_track=row.fast_track,
        pathway=PathwayOut(key=row.pathway_key, version=row.pathway_version),
        sequence=row.sequence,
        first_contact_on=row.first_contact_on,
        received_at=row.received_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        assigned_to=_assignee(row),
        organisations=OrganisationsOut(custody=row.custody, parties=row.parties),
        due_on=row.due_on,
        due_status=due_status(row.stage_group, row.due_on, row.due_soon_on, today),
        end_to_end_due_on=row.end_to_end_due_on,
        person=PersonOut(
            name=row.person_name,
            date_of_birth=row.date_of_birth,
            chi_number=row.chi_number,
            nhs_number=row.nhs_number,
            phone=row.phone,
            email=row.email,
            preferred_contact=row.preferred_contact,
        ),
        home=HomeOut(
            address=row.address, postcode=row.postcode, uprn=row.uprn, tenure=row.tenure, landlord=row.landlord
        ),
        need=NeedOut(description=row.need_description, adaptations=row.adaptations, flags=row.flags),
        source=row.source,
        source_reference=row.source_reference,
    )


def _assignee(row: Row[Any]) -> AssigneeOut | None:
    if row.assigned_to is None:
        return None
    return AssigneeOut(id=row.assigned_to, name=row.assignee_name, email=row.assignee_email)
