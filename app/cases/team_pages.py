"""The manager's page: workload, what is stuck where, reviews and handovers that wait, training that runs out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.roles import label
from app.cases import team
from app.cases.asked import address_of
from app.cases.casework import Casework
from app.cases.filters import options
from app.cases.list_view import lines_of, said
from app.cases.reads import note_read
from app.cases.team import Carried, Scope, StageLoad
from app.cases.worklist import Wanted, condition, worklist
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.kernel.clock import local_date
from app.kernel.database import Session

router = APIRouter(include_in_schema=False)
NAV: Final = (NavItem("Team", "/team", Permission.TEAM_VIEW),)
TEAM: Final = "cases/templates/team.html"
FIRST: Final = 10
"""So many holds and handovers are shown; the link beside them leads to all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number and the list that it was counted over."""

    value: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One colleague's work."""

    name: str
    roles: str
    open: Number
    overdue: Number
    due_soon: Number
    tiers: Sequence[tuple[str, Number]]
    waited: int | None
    """Working days since the earliest first contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage: how many cases, and the longest time one of them has been in it."""

    label: str
    open: Number
    overdue: Number
    waited: int


@router.get("/team")
async def get_team(desk: AtPageDesk) -> Response:
    """A manager's view of her team, or of one of her organisations."""
    days: int = desk.request.app.state.settings.training_notice_days

    async def work(session: Session, actor: Actor) -> View:
        casework, today = _casework(desk), _casework(desk).timekeeper.day(desk.now())
        scope = await team.scope_of(session, actor, desk.request.query_params.get("organisation") or None)
        seen = await team.look(session, actor, scope, casework=casework, today=today, training_days=days)
        words = options(casework.pathways)
        holds = await _first(session, actor, scope.reviews(), casework, today)
        handovers = await _first(session, actor, scope.handovers(), casework, today)
        await note_read(session, actor, "GET /team", [line.id for line in (*holds, *handovers)])
        order = list(words["stage"])
        context = {
            "scope": scope,
            "people": [_person(one, casework, words, today) for one in seen.people],
            "most": max((one.open for one in seen.people), default=0),
            "stages": [
                _stage(one, scope, casework, words, today)
                for one in sorted(seen.stages, key=lambda one: order.index(one.stage) if one.stage in order else -1)
            ],
            "most_in_stage": max((one.open for one in seen.stages), default=0),
            "training": seen.training,
            "training_days": days,
            "today": today,
            "unassigned": (said(seen.unassigned), address_of(scope.unassigned())),
            "holds": holds,
            "reviews": (said(seen.reviews_overdue), address_of(scope.reviews())),
            "handovers": handovers,
            "offered": await team.offered_at(session, [line.id for line in handovers]),
            "all_handovers": (said(seen.handovers), address_of(scope.handovers())),
        }
        return View(TEAM, context)

    return await desk.read(work)


async def _first(session: Session, actor: Actor, wanted: Wanted, casework: Casework, today: date) -> Sequence[Any]:
    where = await condition(session, actor, wanted, casework=casework, today=today)
    page = await worklist(session, where, order="due", today=today, limit=FIRST)
    return lines_of(page, actor, casework=casework, today=today)


def _person(one: Carried, casework: Casework, words: Mapping[str, Mapping[str, str]], today: date) -> PersonRow:
    def number(value: int, **filters: Any) -> Number:
        wanted = Scope.of_person(one.user_id, **filters)
        return Number(value=value, address=address_of(wanted))

    return PersonRow(
        name=one.name,
        roles=", ".join(label(role) for role in one.roles),
        open=number(one.open),
        overdue=number(one.overdue, due="overdue"),
        due_soon=number(one.due_soon, due="due_soon"),
        tiers=[
            (words["tier"][tier], number(one.by_tier[tier], tier=tier)) for tier in words["tier"] if tier in one.by_tier
        ],
        waited=None if one.waiting_since is None else _days(one.waiting_since, today, casework),
    )


def _stage(
    one: StageLoad, scope: Scope, casework: Casework, words: Mapping[str, Mapping[str, str]], today: date
) -> StageRow:
    return StageRow(
        label=words["stage"].get(one.stage, one.stage.replace("_", " ")),
        open=Number(value=one.open, address=address_of(scope.wanted(stage=one.stage))),
        overdue=Number(value=one.overdue, address=address_of(scope.wanted(stage=one.stage, due="overdue"))),
        waited=_days(local_date(one.since, casework.timekeeper.zone), today, casework),
    )


def _days(since: date, today: date, casework: Casework) -> int:
    """Working days by the calendar of the partnership's own pathway."""
    calendar = casework.timekeeper.calendars[casework.pathways.latest(casework.default_pathway).calendar_key]
    return calendar.working_days(since, max(today, since))


def _casework(desk: PageDesk) -> Casework:
    casework: Casework = desk.request.app.state.casework
    return casework
