"""Whether every open case is somebody's: an organisation that holds it, a role that looks after it, a person."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.access.roles import SIGHT, Role, label
from app.checks.findings import Finding, Rule, Severity, Surroundings
from app.checks.spans import spans
from app.kernel.database import Session
from app.pathways.loader import UnknownPathway
from app.pathways.pathway import CompiledPathway

_OPEN = text(
    """
    SELECT c.reference, c.pathway_key, c.pathway_version, c.tier, c.stage, c.resume_stage, c.party_ids, c.memory,
           o.name AS holder, o.active AS holder_active, c.assigned_to, coalesce(u.active, false) AS assignee_active,
           (SELECT array_agg(p.name ORDER BY p.name) FROM organisations p WHERE p.id = ANY (c.party_ids)) AS parties
      FROM cases c JOIN organisations o ON o.id = c.custody_id LEFT JOIN users u ON u.id = c.assigned_to
     WHERE c.id > :after AND c.id <= :up_to AND c.stage_group <> 'ended' ORDER BY c.id
    """
)
_STAFF = text(
    """
    SELECT h.role, array_agg(DISTINCT h.organisation_id) AS organisations
      FROM role_holdings h JOIN users u ON u.id = h.user_id AND u.active
      JOIN organisations o ON o.id = h.organisation_id AND o.active
     WHERE h.held_from <= :today AND (h.held_to IS NULL OR h.held_to > :today) GROUP BY h.role
    """
)
_TRAINING = text("SELECT user_id, module, max(expires_on) AS expires_on FROM training_records GROUP BY user_id, module")

Staff = Mapping[str, frozenset[int]]
"""Role -> organisations in which somebody active holds it."""
Training = Mapping[tuple[int, int], date]
"""(User, module) -> the last day on which the training is valid."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case and the pathway that it runs on."""

    row: Row[Any]
    pathway: CompiledPathway

    @property
    def stage(self) -> str:
        """The stage that its work is in: of a case on hold, the one it will come back to."""
        stage: str = self.row.resume_stage or self.row.stage
        return stage

    @property
    def is_with_an_assessor(self) -> bool:
        """Whether somebody has begun to assess it: from then on it is a person's work.

        A tier that nobody needs to assess never is, nor a case that waits in the stage where its tier begins.
        """
        tier = self.pathway.definition.tiers[self.row.tier]
        if not tier.assessor_roles or self.stage == tier.entry or self.pathway.stage_group(self.stage) == "intake":
            return False
        stages = self.pathway.definition.stages
        been = {*self.row.memory.get("entered", {}), self.stage}
        return any(name in stages and stages[name].group == "assessing" and name != tier.entry for name in been)


async def open_cases(session: Session, surroundings: Surroundings) -> AsyncIterator[OpenCase]:
    """Yield every open case whose pathway is known; the others have a rule of their own."""
    async for span in spans(session):
        for row in (await session.execute(_OPEN, span.values)).all():
            try:
                yield OpenCase(row, surroundings.casework.pathways.get(row.pathway_key, row.pathway_version))
            except UnknownPathway:
                continue


async def _owners(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    rows = await session.execute(_STAFF, {"today": surroundings.today})
    staff = {row.role: frozenset(row.organisations) for row in rows}
    async for case in open_cases(session, surroundings):
        for message in owner_faults(case, staff):
            yield Finding(case.row.reference, message)


def owner_faults(case: OpenCase, staff: Staff) -> Iterator[str]:
    """Say what a case lacks of a holder and of somebody who looks after its stage."""
    row, stage = case.row, case.pathway.stage(case.row.stage)
    if not row.holder_active:
        others = ", ".join(name for name in row.parties if name != row.holder) or "another organisation"
        yield (
            f"{row.holder} holds the case and is no longer active. Ask an administrator to make it active again, so"
            f" that it can hand the case over to {others}."
        )
    if stage.owner is not None and not _reaches(stage.owner, frozenset(row.party_ids), staff):
        yield (
            f"Nobody who may see the case is {label(stage.owner)}, who looks after cases at “{stage.label}”. Ask an"
            f" administrator to give somebody in {' or '.join(row.parties)} the role, or hand the case over."
        )


def _reaches(role: str, parties: frozenset[int], staff: Staff) -> bool:
    held = staff.get(role, frozenset())
    return bool(held) if SIGHT[Role(role)] == "partnership" else bool(held & parties)


async def _assignees(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    async for case in open_cases(session, surroundings):
        row = case.row
        if case.is_with_an_assessor and not row.assignee_active:
            which = "Nobody is assigned" if row.assigned_to is None else "Who is assigned is no longer active"
            message = f"{which}. Ask a team manager or an assessor of {row.holder} to assign somebody."
            yield Finding(row.reference, message)


async def _training(session: Session, surroundings: Surroundings) -> AsyncIterator[Finding]:
    rows = await session.execute(_TRAINING)
    training = {(row.user_id, row.module): row.expires_on for row in rows}
    async for case in open_cases(session, surroundings):
        message = training_fault(case, training, surroundings.today)
        if message is not None:
            yield Finding(case.row.reference, message)


def training_fault(case: OpenCase, training: Training, today: date) -> str | None:
    """Say that the training of who assesses a case no longer covers its tier."""
    row, tier = case.row, case.pathway.definition.tiers[case.row.tier]
    assessing = case.is_with_an_assessor and case.pathway.stage_group(case.stage) == "assessing"
    if not assessing or tier.training_module is None or row.assigned_to is None:
        return None
    expires_on = training.get((row.assigned_to, tier.training_module))
    if expires_on is not None and expires_on >= today:
        return None
    since = f"expired on {expires_on.isoformat()}" if expires_on else "is not recorded"
    return (
        f"The assessor's training module {tier.training_module} {since}. Ask a team manager of {row.holder} to record"
        " the renewed training, or to assign somebody whose training is valid."
    )


OPEN_CASE_HAS_OWNER = Rule(
    key="open_case_has_owner",
    title="Every open case is held and looked after",
    severity=Severity.ERROR,
    means="The organisation that holds an open case is no longer active, or nobody who may see the case holds the role"
    " that looks after its stage: it will lie there unseen.",
    mend="An administrator gives somebody in an organisation party to the case the role, or the case is handed over.",
    find=_owners,
)
OPEN_CASE_HAS_ASSIGNEE = Rule(
    key="open_case_has_assignee",
    title="Every case that is being worked on is somebody's",
    severity=Severity.WARNING,
    means="The assessment has begun and nobody active is assigned.",
    mend="A team manager or an assessor of the organisation that holds the case assigns somebody.",
    find=_assignees,
)
TRAINING_EXPIRED = Rule(
    key="training_expired",
    title="Assessors' training is valid",
    severity=Severity.WARNING,
    means="A case is being assessed by somebody whose training for its tier has expired or is not recorded.",
    mend="A team manager or an administrator records the renewed training, or the case is assigned to somebody else.",
    find=_training,
)
