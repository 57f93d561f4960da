"""Substitutes and apologies: who may sit for a member, and that a member cannot come to a meeting."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, NotFound, NotPermitted, Unprocessable
from app.panels import queries
from app.people import queries as people


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSubstitute:
    """Let somebody, by e-mail address, sit for a member whenever the member cannot come."""

    panel: str
    member_id: int
    substitute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSubstitute:
    """Let somebody sit for a member no longer."""

    panel: str
    member_id: int
    substitute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendApologies:
    """A member cannot come, and who sits for it; one's own seat unless a member is named by e-mail address."""

    meeting_id: int
    substitute: str | None = None
    member: str | None = None


_MEMBER = text(
    """
    SELECT pm.id, pm.user_id, pm.organisation_id FROM panel_members pm
     WHERE pm.id = :id AND pm.panel_id = :panel_id AND pm.member_to IS NULL FOR UPDATE
    """
)
_NAME = text(
    """
    INSERT INTO panel_substitutes (member_id, user_id, named_by) VALUES (:member_id, :user_id, :by)
    ON CONFLICT (member_id, user_id) WHERE ended_at IS NULL DO NOTHING
    """
)
_END = text(
    """
    UPDATE panel_substitutes SET ended_at = now()
     WHERE member_id = :member_id AND user_id = :user_id AND ended_at IS NULL RETURNING id
    """
)
_NAMED = text(
    """
    SELECT EXISTS (SELECT FROM panel_substitutes
                    WHERE member_id = :member_id AND user_id = :user_id AND ended_at IS NULL)
    """
)
_HOLDS = text(
    """
    SELECT bool_or(role = 'panel_member') AS sits, bool_or(organisation_id = :organisation_id) AS ours
      FROM role_holdings WHERE user_id = :user_id AND held_from <= current_date
       AND (held_to IS NULL OR held_to > current_date)
    """
)
_APOLOGISE = text(
    """
    INSERT INTO panel_attendance (meeting_id, member_id, present, apologies, substitute_id, recorded_by)
    VALUES (:meeting_id, :member_id, false, true, :substitute_id, :by)
    ON CONFLICT (meeting_id, member_id) DO UPDATE
      SET present = false, apologies = true, substitute_id = excluded.substitute_id,
          recorded_by = excluded.recorded_by, recorded_at = now()
    """
)


async def name_substitute(session: Session, actor: Actor, command: NameSubstitute) -> None:
    """Write down who may sit for a member. The coordinator may, and the member itself.

    Raises NotFound, NotPermitted, Unprocessable for somebody who is not a panel member by role or sits there already.
    """
    panel, member = await _member(session, actor, command)
    user = await people.user_by_email(session, command.substitute, pointer="/substitute")
    await _may_sit(session, user.id, member.organisation_id)
    if user.id == member.user_id:
        raise Unprocessable([FieldProblem("/substitute", "This is the member itself. Name somebody else.")])
    if panel.substitution == "nobody":
        raise Conflict("By its terms nobody sits for a member of this panel.", code="no_substitutes")
    await session.execute(_NAME, {"member_id": member.id, "user_id": user.id, "by": actor.user_id})


async def end_substitute(session: Session, actor: Actor, command: EndSubstitute) -> None:
    """Write down that somebody sits for a member no longer. Raises NotFound, NotPermitted, Unprocessable."""
    _, member = await _member(session, actor, command)
    user = await people.user_by_email(session, command.substitute, pointer="/substitute")
    if await session.scalar(_END, {"member_id": member.id, "user_id": user.id}) is None:
        raise Unprocessable([FieldProblem("/substitute", "Nobody with this e-mail address sits for this member.")])


async def send_apologies(session: Session, actor: Actor, command: SendApologies) -> None:
    """Write down that a member cannot come, and who sits for it by the terms of that day.

    Raises NotFound, NotPermitted, Conflict for a meeting that was cancelled or held, Unprocessable for a substitute
    whom the terms do not allow.
    """
    meeting = await queries.lock_meeting(session, command.meeting_id)
    require(actor, Permission.PANEL_ASSENT)
    seat = await _seat(session, actor, command)
    if meeting.cancelled_at is not None or meeting.kind == "correspondence":
        raise Conflict("Nobody attends this meeting, so no apologies are needed.", code="not_attended")
    if seat.present:
        raise Conflict("This member came, as is on record. The coordinator can correct it.", code="attended")
    substitute_id = None
    if command.substitute is not None:
        substitute_id = await _substitute(session, meeting, seat, command.substitute)
    values = {"meeting_id": meeting.id, "member_id": seat.id, "substitute_id": substitute_id, "by": actor.user_id}
    await session.execute(_APOLOGISE, values)


async def _member(session: Session, actor: Actor, command: NameSubstitute | EndSubstitute) -> tuple[Row[Any], Row[Any]]:
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_ASSENT)
    row = (await session.execute(_MEMBER, {"id": command.member_id, "panel_id": panel.id})).one_or_none()
    if row is None:
        raise NotFound("No current member of this panel has this number. GET /api/v1/panels lists them.")
    if row.user_id != actor.user_id and not permits(actor, Permission.PANEL_MANAGE):
        raise NotPermitted("A member names who sits for it; for others the coordinator does.")
    return panel, row


async def _seat(session: Session, actor: Actor, command: SendApologies) -> Row[Any]:
    seats = await queries.sitting(session, command.meeting_id)
    if command.member is None:
        own = next((seat for seat in seats if seat.member_user_id == actor.user_id), None)
        if own is None and permits(actor, Permission.PANEL_MANAGE):
            raise Unprocessable([FieldProblem("/member", "Say who cannot come: a member's e-mail address.")])
        if own is None:
            raise NotPermitted("Apologies come from the members of this panel, or from its coordinator for them.")
        return own
    named = next((seat for seat in seats if command.member.strip().lower() == seat.email.lower()), None)
    if named is None:
        raise Unprocessable([FieldProblem("/member", "Nobody with this e-mail address sits on the panel that day.")])
    if named.member_user_id != actor.user_id and not permits(actor, Permission.PANEL_MANAGE):
        raise NotPermitted("A member sends its own apologies; those of others the coordinator records.")
    return named


async def _substitute(session: Session, meeting: Row[Any], seat: Row[Any], email: str) -> int:
    user = await people.user_by_email(session, email, pointer="/substitute")
    in_the_organisation = await _may_sit(session, user.id, seat.organisation_id)
    named = await session.scalar(_NAMED, {"member_id": seat.id, "user_id": user.id})
    allowed = {"nobody": False, "named": named, "organisation": named or in_the_organisation}[meeting.substitution]
    if not allowed or user.id == seat.member_user_id:
        message = "By the panel's terms this colleague cannot sit for the member. Name a substitute first, or nobody."
        raise Unprocessable([FieldProblem("/substitute", message)])
    seats = await queries.sitting(session, meeting.id)
    if any(user.id in (one.user_id, one.member_user_id) for one in seats if one.id != seat.id):
        raise Unprocessable([FieldProblem("/substitute", "This colleague has a seat at this meeting already.")])
    substitute_id: int = user.id
    return substitute_id


async def _may_sit(session: Session, user_id: int, organisation_id: int) -> bool:
    """Whether a colleague acts for an organisation. Raises Unprocessable for one who is no panel member by role."""
    row = (await session.execute(_HOLDS, {"user_id": user_id, "organisation_id": organisation_id})).one()
    if not row.sits:
        message = "This colleague does not have the role of a panel member. The administrator gives it."
        raise Unprocessable([FieldProblem("/substitute", message)])
    return bool(row.ours)
