"""Organisations, staff and tokens as they are shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.access.roles import SIGHT, Role
from app.kernel.database import Session
from app.kernel.paging import Page, encode
from app.people.schemas import (
    DirectProvisionOut,
    MeOut,
    OrganisationOut,
    RoleHeld,
    StaffOut,
    TokenOut,
    TrainingOut,
    Workload,
)

_ORGANISATIONS = text(
    """
    SELECT id, key, name, kind, active FROM organisations
     WHERE (lower(name), id) > (coalesce((SELECT lower(name) FROM organisations WHERE id = :after), ''), :after)
     ORDER BY lower(name), id LIMIT :limit
    """
)
_ORGANISATION = text("SELECT key, name, kind, active FROM organisations WHERE id = :id")
_NAMES = text("SELECT id, name FROM organisations WHERE id = ANY (:ids)")
_CURRENT = "h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date)"
_SELECT_STAFF = f"""
    SELECT u.id, u.email, u.name, o.name AS organisation,
           coalesce((SELECT jsonb_agg(jsonb_build_array(h.role, ho.name) ORDER BY h.role, ho.name)
                       FROM role_holdings h JOIN organisations ho ON ho.id = h.organisation_id
                      WHERE h.user_id = u.id AND {_CURRENT}), '[]') AS roles,
           coalesce((SELECT jsonb_agg(jsonb_build_array(t.module, t.completed_on, t.expires_on) ORDER BY t.module)
                       FROM (SELECT DISTINCT ON (module) module, completed_on, expires_on FROM training_records
                              WHERE user_id = u.id ORDER BY module, expires_on DESC, id DESC) t), '[]') AS training,
           load.open, load.overdue
      FROM users u
      JOIN organisations o ON o.id = u.home_organisation_id
      CROSS JOIN LATERAL (SELECT count(*) AS open, count(*) FILTER (WHERE c.due_on < :today) AS overdue
                            FROM cases c WHERE c.assigned_to = u.id AND c.stage_group <> 'ended') load
"""
_STAFF = text(
    f"""
    {_SELECT_STAFF}
     WHERE u.active
       AND (lower(u.name), u.id) > (coalesce((SELECT lower(name) FROM users WHERE id = :after), ''), :after)
       AND (EXISTS (SELECT FROM role_holdings h JOIN organisations ho ON ho.id = h.organisation_id
                     WHERE h.user_id = u.id AND {_CURRENT} AND (CAST(:role AS text) IS NULL OR h.role = :role)
                       AND (CAST(:organisation AS text) IS NULL
                            OR ho.key = lower(:organisation) OR lower(ho.name) = lower(:organisation)))
            OR (CAST(:role AS text) IS NULL
                AND (CAST(:organisation AS text) IS NULL
                     OR o.key = lower(:organisation) OR lower(o.name) = lower(:organisation))))
     ORDER BY lower(u.name), u.id LIMIT :limit
    """
)
_ONE_OF_STAFF = text(f"{_SELECT_STAFF} WHERE u.id = :id")
_TOKEN_COLUMNS = "id, name, scopes, created_at, expires_at, revoked_at"  # noqa: S105 # names of columns
# Row-level security leaves a user's own tokens; the condition says so too.
_TOKENS = text(
    f"SELECT {_TOKEN_COLUMNS} FROM api_tokens WHERE user_id = :user_id AND id < :before ORDER BY id DESC LIMIT :limit"
)
_TOKEN = text(f"SELECT {_TOKEN_COLUMNS} FROM api_tokens WHERE id = :id")
_AGREEMENTS = text(
    """
    SELECT d.id, o.name AS organisation, d.adaptation, d.criteria, d.agreed_on
      FROM direct_provision d JOIN organisations o ON o.id = d.organisation_id
     WHERE d.ended_on IS NULL AND d.id > :after ORDER BY d.id LIMIT :limit
    """
)
_AGREEMENT = text(
    """
    SELECT d.id, o.name AS organisation, d.adaptation, d.criteria, d.agreed_on
      FROM direct_provision d JOIN organisations o ON o.id = d.organisation_id WHERE d.id = :id
    """
)
BEYOND_EVERY_ID = 2**31


async def show_me(session: Session, actor: Actor) -> MeOut:
    """The actor, with every role and permission."""
    ids = [actor.home_organisation_id, *actor.holdings]
    names = {row.id: row.name for row in await session.execute(_NAMES, {"ids": ids})}
    held = sorted((role, names[organisation]) for organisation, roles in actor.holdings.items() for role in roles)
    return MeOut(
        id=actor.user_id,
        email=actor.email,
        name=actor.name,
        organisation=names[actor.home_organisation_id],
        roles=[RoleHeld(role=role, organisation=organisation) for role, organisation in held],
        sees=sorted({SIGHT[role] for role in actor.all_roles}),
        permissions=[permission for permission in Permission if permits(actor, permission)],
        scopes=[scope for scope in ("read", "write") if scope in actor.scopes],
    )


async def show_organisations(session: Session, *, after: int, limit: int) -> Page[OrganisationOut]:
    """Some organisations, by name."""
    rows = (await session.execute(_ORGANISATIONS, {"after": after, "limit": limit + 1})).all()
    shown = [_organisation(row) for row in rows[:limit]]
    return Page(shown, _next(rows, limit))


async def show_organisation(session: Session, organisation_id: int) -> OrganisationOut:
    """One organisation."""
    return _organisation((await session.execute(_ORGANISATION, {"id": organisation_id})).one())


async def show_staff(
    session: Session,
    actor: Actor,
    *,
    organisation: str | None,
    role: Role | None,
    today: date,
    after: int,
    limit: int,
) -> Page[StaffOut]:
    """Some colleagues, by name: of an organisation, holding a role, or both."""
    values = {"organisation": organisation, "role": role.value if role else None, "today": today}
    rows = (await session.execute(_STAFF, {**values, "after": after, "limit": limit + 1})).all()
    return Page([_colleague(row, actor, today) for row in rows[:limit]], _next(rows, limit))


async def show_colleague(session: Session, actor: Actor, user_id: int, *, today: date) -> StaffOut:
    """One colleague."""
    return _colleague((await session.execute(_ONE_OF_STAFF, {"id": user_id, "today": today})).one(), actor, today)


async def show_tokens(session: Session, actor: Actor, *, before: int | None, limit: int) -> Page[TokenOut]:
    """Some of the actor's tokens, newest first."""
    place = BEYOND_EVERY_ID if before is None else before
    rows = (await session.execute(_TOKENS, {"user_id": actor.user_id, "before": place, "limit": limit + 1})).all()
    return Page([TokenOut(**row._asdict()) for row in rows[:limit]], _next(rows, limit))


async def show_token(session: Session, token_id: int) -> TokenOut:
    """One token that row-level security lets the actor see."""
    return TokenOut(**(await session.execute(_TOKEN, {"id": token_id})).one()._asdict())


async def show_direct_provision(session: Session, *, after: int, limit: int) -> Page[DirectProvisionOut]:
    """Some of the agreements that stand."""
    rows = (await session.execute(_AGREEMENTS, {"after": after, "limit": limit + 1})).all()
    return Page([DirectProvisionOut(**row._asdict()) for row in rows[:limit]], _next(rows, limit))


async def show_agreement(session: Session, agreement_id: int) -> DirectProvisionOut:
    """One agreement."""
    return DirectProvisionOut(**(await session.execute(_AGREEMENT, {"id": agreement_id})).one()._asdict())


def _next(rows: Sequence[Row[Any]], limit: int) -> str | None:
    return encode(str(rows[limit - 1].id)) if len(rows) > limit else None


def _organisation(row: Row[Any]) -> OrganisationOut:
    return OrganisationOut(key=row.key, name=row.name, kind=row.kind, active=row.active)


def _colleague(row: Row[Any], actor: Actor, today: date) -> StaffOut:
    sees_cases = any(SIGHT[role] != "nothing" for role in actor.all_roles)
    return StaffOut(
        id=row.id,
        email=row.email,
        name=row.name,
        organisation=row.organisation,
        roles=[RoleHeld(role=role, organisation=organisation) for role, organisation in row.roles],
        training=[
            TrainingOut(
                module=module,
                completed_on=date.fromisoformat(completed_on),
                expires_on=date.fromisoformat(expires_on),
                in_date=date.fromisoformat(expires_on) >= today,
            )
            for module, completed_on, expires_on in row.training
        ],
        # A nought would say that nobody has work; a reader without sight of cases is told that it cannot be told.
        workload=Workload(open=row.open, overdue=row.overdue) if sees_cases else None,
    )
