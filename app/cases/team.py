"""What a manager looks at: who carries how much, what is stuck where, whose training runs out.

Every number is counted over the very cases of the list that it leads to: the same condition, the same sight. A manager
of organisations looks at what these hold; who sees the whole partnership looks at all of it, or at one organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.actions.assign import WORKER_ROLES
from app.cases.casework import Casework
from app.cases.conditions import DUE, OPEN, Condition
from app.cases.filters import NOBODY, Filters
from app.cases.lists import ListName
from app.cases.worklist import Wanted, condition, count_up_to
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable

MOST_STAFF: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a manager looks at: a list, of one organisation or of all that are on it."""

    list: ListName
    organisation: str | None
    organisation_ids: tuple[int, ...] | None
    """Whose staff; None for the whole partnership's."""
    choices: Mapping[str, str]
    """Key -> name of the organisations that may be looked at one by one."""

    def wanted(self, **filters: Any) -> Wanted:
        """The list that a number of this scope leads to."""
        return Wanted(list=self.list, filters=Filters(organisation=self.organisation, **filters))

    @staticmethod
    def of_person(user_id: int, **filters: Any) -> Wanted:
        """The list that a number of a colleague leads to: all their open cases, whoever holds them."""
        return Wanted(list="open", filters=Filters(assigned_to=str(user_id), **filters))

    def unassigned(self) -> Wanted:
        """Cases that nobody is assigned to."""
        return self.wanted(assigned_to=NOBODY)

    def reviews(self) -> Wanted:
        """Holds past the day on which they should have been looked at again."""
        return self.wanted(on_hold=True, due="overdue")

    def handovers(self) -> Wanted:
        """Handovers that nobody has answered; of one organisation those that it has offered."""
        return Wanted(list="handovers", filters=Filters(organisation=self.organisation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How much one colleague carries: open cases that the manager sees, whoever holds them."""

    user_id: int
    name: str
    roles: tuple[str, ...]
    open: int = 0
    overdue: int = 0
    due_soon: int = 0
    by_tier: Mapping[str, int] = field(default_factory=dict)
    waiting_since: date | None = None
    """The earliest first contact among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLoad:
    """How many cases are in one stage, and since when the one that has been there longest."""

    stage: str
    open: int
    overdue: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Training that has run out or soon will, of which no later record is there."""

    user_id: int
    name: str
    module: int
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that a manager looks at first. The three counts stop at one more than MANY."""

    people: Sequence[Carried]
    stages: Sequence[StageLoad]
    training: Sequence[Expiry]
    unassigned: int
    reviews_overdue: int
    handovers: int


_ORGANISATIONS = text("SELECT id, key, name FROM organisations WHERE active ORDER BY lower(name)")
_CURRENT: Final = "h.held_from <= current_date AND (h.held_to IS NULL OR h.held_to > current_date)"
_STAFF = text(
    f"""
    SELECT u.id, u.name, array_agg(DISTINCT h.role ORDER BY h.role) AS roles
      FROM users u JOIN role_holdings h ON h.user_id = u.id AND {_CURRENT}
     WHERE u.active AND h.role = ANY (:roles)
       AND (CAST(:organisations AS integer[]) IS NULL OR h.organisation_id = ANY (CAST(:organisations AS integer[])))
     GROUP BY u.id ORDER BY lower(u.name), u.id LIMIT :most
    """
)
_LOAD = text(
    f"""
    SELECT c.assigned_to, c.tier, count(*) AS open, count(*) FILTER (WHERE {DUE} < :today) AS overdue,
           count(*) FILTER (WHERE c.stage_group <> 'held' AND {DUE} >= :today AND c.due_soon_on <= :today) AS due_soon,
           min(c.first_contact_on) AS since
      FROM cases c WHERE c.assigned_to = ANY (:ids) AND {OPEN} GROUP BY c.assigned_to, c.tier ORDER BY c.tier
    """
)
_STAGES: Final = f"""
    SELECT c.stage, count(*) AS open, count(*) FILTER (WHERE {DUE} < :today) AS overdue, min(c.stage_since) AS since
      FROM cases c WHERE {{where}} GROUP BY c.stage
"""
_TRAINING = text(
    """
    SELECT u.id, u.name, t.module, t.expires_on
      FROM users u
      JOIN LATERAL (SELECT DISTINCT ON (r.module) r.module, r.expires_on FROM training_records r
                     WHERE r.user_id = u.id ORDER BY r.module, r.expires_on DESC) t ON t.expires_on <= :until
     WHERE u.id = ANY (:ids) ORDER BY t.expires_on, lower(u.name), t.module
    """
)
_OFFERED = text(
    """
    SELECT case_id, max(occurred_at) AS at FROM case_events
     WHERE case_id = ANY (:ids) AND kind = 'handover_offered' GROUP BY case_id
    """
)


async def scope_of(session: Session, actor: Actor, organisation: str | None) -> Scope:
    """What the actor looks at: everything, or one organisation by its key.

    Raises NotPermitted for who manages nowhere, Unprocessable for an organisation that is not one of the actor's.
    """
    require(actor, Permission.TEAM_VIEW)
    rows = (await session.execute(_ORGANISATIONS)).all()
    choices = {row.key: row for row in rows if actor.sees_everything or row.id in actor.holdings}
    if organisation is not None and organisation not in choices:
        raise Unprocessable([FieldProblem("/organisation", f"Choose one of: {', '.join(choices)}.")])
    ids = None if actor.sees_everything else tuple(row.id for row in choices.values())
    return Scope(
        list=_list(actor),
        organisation=organisation,
        organisation_ids=(choices[organisation].id,) if organisation else ids,
        choices={key: row.name for key, row in choices.items()},
    )


def _list(actor: Actor) -> ListName:
    return "open" if actor.sees_everything else "team"


async def look(
    session: Session, actor: Actor, scope: Scope, *, casework: Casework, today: date, training_days: int
) -> Seen:
    """Look at a scope, in a handful of questions."""
    staff = await staff_in(session, scope.organisation_ids)
    whole, unassigned, reviews, handovers = [
        await condition(session, actor, wanted, casework=casework, today=today)
        for wanted in (scope.wanted(), scope.unassigned(), scope.reviews(), scope.handovers())
    ]
    return Seen(
        people=await workload(session, staff, today=today),
        stages=await stages(session, whole, today=today),
        training=await training_to_renew(session, staff, today=today, days=training_days),
        unassigned=await count_up_to(session, unassigned),
        reviews_overdue=await count_up_to(session, reviews),
        handovers=await count_up_to(session, handovers),
    )


async def organisations(session: Session) -> Mapping[str, str]:
    """Key -> name of every organisation of the partnership."""
    return {row.key: row.name for row in await session.execute(_ORGANISATIONS)}


async def staff_in(session: Session, organisation_ids: Sequence[int] | None) -> Sequence[Carried]:
    """The colleagues who take cases in some organisations, or in all, by name; nothing is counted yet."""
    ids = None if organisation_ids is None else list(organisation_ids)
    values = {"roles": sorted(WORKER_ROLES), "organisations": ids, "most": MOST_STAFF}
    rows = await session.execute(_STAFF, values)
    return [Carried(user_id=row.id, name=row.name, roles=tuple(row.roles)) for row in rows]


async def workload(session: Session, staff: Sequence[Carried], *, today: date) -> Sequence[Carried]:
    """The same colleagues with what each carries, counted in one question."""
    rows = (await session.execute(_LOAD, {"ids": [one.user_id for one in staff], "today": today})).all()
    return [_carried(one, [row for row in rows if row.assigned_to == one.user_id]) for one in staff]


def _carried(one: Carried, rows: Sequence[Any]) -> Carried:
    return Carried(
        user_id=one.user_id,
        name=one.name,
        roles=one.roles,
        open=sum(row.open for row in rows),
        overdue=sum(row.overdue for row in rows),
        due_soon=sum(row.due_soon for row in rows),
        by_tier={row.tier: row.open for row in rows},
        waiting_since=min((row.since for row in rows), default=None),
    )


async def stages(session: Session, where: Condition, *, today: date) -> Sequence[StageLoad]:
    """How many cases are in which stage, in no order."""
    rows = await session.execute(text(_STAGES.format(where=where.sql)), {**where.values, "today": today})
    return [StageLoad(stage=row.stage, open=row.open, overdue=row.overdue, since=row.since) for row in rows]


async def training_to_renew(session: Session, staff: Sequence[Carried], *, today: date, days: int) -> Sequence[Expiry]:
    """Training that has expired, or will within so many days; the last record of each module counts."""
    values = {"ids": [one.user_id for one in staff], "until": today + timedelta(days=days)}
    rows = await session.execute(_TRAINING, values)
    return [Expiry(user_id=row.id, name=row.name, module=row.module, expires_on=row.expires_on) for row in rows]


async def offered_at(session: Session, case_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Case -> when it was last offered to another organisation."""
    rows = await session.execute(_OFFERED, {"ids": list(case_ids)})
    return {row.case_id: row.at for row in rows}
