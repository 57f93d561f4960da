"""Set up a panel, and say who sits on it for which organisation and sector."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.kernel.database import Session
from app.kernel.problems import Conflict, NotFound
from app.panels import queries
from app.people import queries as people

Sector = Literal["health", "social_care", "housing", "third_sector", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpPanel:
    """A panel with the rules of its quorum, and the working days that papers must come in before a meeting."""

    key: str
    name: str
    quorum: int
    quorum_sectors: tuple[Sector, ...]
    papers_working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember:
    """Let a user, by e-mail address, sit on a panel for an organisation: the user's own when none is named."""

    panel: str
    email: str
    sector: Sector
    organisation: str | None = None
    member_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMembership:
    """Let a member sit no longer, from today. Where the member attended stays on record."""

    panel: str
    member_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceMember:
    """Seat a user, by e-mail address, in place of a member, for the same organisation and sector."""

    panel: str
    member_id: int
    email: str


_SET_UP = text("INSERT INTO panels (key, name) VALUES (:key, :name) ON CONFLICT (key) DO NOTHING RETURNING id")
_FIRST_TERMS = text(
    """
    INSERT INTO panel_terms (panel_id, version, in_force_from, quorum, quorum_sectors, papers_working_days, set_by)
    VALUES (:panel_id, 1, current_date, :quorum, :quorum_sectors, :papers_working_days, :set_by)
    """
)
_ADD = text(
    """
    INSERT INTO panel_members (panel_id, user_id, organisation_id, sector, member_from)
    VALUES (:panel_id, :user_id, :organisation_id, :sector, coalesce(:member_from, current_date))
    ON CONFLICT (panel_id, user_id) WHERE member_to IS NULL DO NOTHING RETURNING id
    """
)
_END = text(
    """
    UPDATE panel_members SET member_to = greatest(current_date, member_from)
     WHERE id = :id AND panel_id = :panel_id AND member_to IS NULL RETURNING id
    """
)


async def set_up_panel(session: Session, actor: Actor, command: SetUpPanel) -> int:
    """Write down the panel and give its number. Raises NotPermitted, Conflict when the key is taken."""
    require(actor, Permission.PANEL_MANAGE)
    panel_id: int | None = await session.scalar(_SET_UP, {"key": command.key, "name": command.name})
    if panel_id is None:
        raise Conflict("There is a panel with this key already. Choose another key.", code="key_taken")
    terms = {
        "panel_id": panel_id,
        "quorum": command.quorum,
        "quorum_sectors": sorted(set(command.quorum_sectors)),
        "papers_working_days": command.papers_working_days,
        "set_by": actor.user_id,
    }
    await session.execute(_FIRST_TERMS, terms)
    return panel_id


async def add_member(session: Session, actor: Actor, command: AddMember) -> int:
    """Seat the member and give the membership's number.

    Raises NotFound, NotPermitted, Unprocessable for an unknown user or organisation, Conflict for a member already.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    user = await people.user_by_email(session, command.email, pointer="/email")
    organisation_id = user.home_organisation_id
    if command.organisation is not None:
        organisation_id = (await people.organisation_named(session, command.organisation)).id
    values = {
        "panel_id": panel.id,
        "user_id": user.id,
        "organisation_id": organisation_id,
        "sector": command.sector,
        "member_from": command.member_from,
    }
    member_id: int | None = await session.scalar(_ADD, values)
    if member_id is None:
        raise Conflict("This user sits on the panel already.", code="member_already")
    return member_id


async def replace_member(session: Session, actor: Actor, command: ReplaceMember) -> int:
    """End one membership and begin another in its place today; the new one's number.

    What the organisation has said about open cases stands until its new member says otherwise. Raises NotFound,
    NotPermitted, Unprocessable for an unknown user, Conflict for one who sits on the panel already.
    """
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    row = (await session.execute(_SEAT, {"id": command.member_id, "panel_id": panel.id})).one_or_none()
    if row is None:
        raise _no_member()
    await session.execute(_END, {"id": command.member_id, "panel_id": panel.id})
    new = AddMember(panel=command.panel, email=command.email, sector=row.sector, organisation=row.organisation)
    return await add_member(session, actor, new)


_SEAT = text(
    """
    SELECT pm.sector, o.key AS organisation FROM panel_members pm JOIN organisations o ON o.id = pm.organisation_id
     WHERE pm.id = :id AND pm.panel_id = :panel_id AND pm.member_to IS NULL FOR UPDATE OF pm
    """
)


async def end_membership(session: Session, actor: Actor, command: EndMembership) -> None:
    """End the membership today. Raises NotFound, NotPermitted."""
    panel = await queries.find_panel(session, command.panel)
    require(actor, Permission.PANEL_MANAGE)
    if await session.scalar(_END, {"id": command.member_id, "panel_id": panel.id}) is None:
        raise _no_member()


def _no_member() -> NotFound:
    return NotFound("No current member of this panel has this number. GET /api/v1/panels lists them.")
