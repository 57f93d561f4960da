"""What people do with indicators: set one with its target, say something of a quarter, sign it off."""

from dataclasses import dataclass
from datetime import datetime

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import Conflict, FieldProblem, Unprocessable
from app.reports import target_store
from app.reports.answers import NO_ORGANISATION, find_measure, organisation_exists
from app.reports.measuring.columns import columns_of
from app.reports.periods import financial_year
from app.reports.sight import whole_sight
from app.reports.target_rules import even_steps
from app.reports.target_schemas import IndicatorIn, QuarterIn, TargetIn
from app.reports.target_shown import show_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter of an indicator's year."""

    indicator_id: int
    year: int
    quarter: int


async def set_indicator(session: Session, actor: Actor, wanted: IndicatorIn, *, keeper: Timekeeper) -> int:
    """Follow an indicator from now on. Raises Unprocessable where it could never be worked out."""
    require(actor, Permission.TARGET_SET)
    measure = find_measure(keeper, wanted.measure)
    wrong = []
    figure = "within_target" if wanted.figure == "percent_within_target" else wanted.figure
    if figure not in columns_of(measure):
        wrong.append(FieldProblem("/figure", "This measure does not give this figure. Choose another."))
    officer = await target_store.officer(session, wanted.officer)
    if officer is None:
        wrong.append(FieldProblem("/officer", "Nobody with this e-mail address works here."))
    named = wanted.scope_value
    if wanted.scope == "organisation" and named and not await organisation_exists(session, named):
        wrong.append(FieldProblem("/scope_value", NO_ORGANISATION))
    if wrong or officer is None:
        raise Unprocessable(wrong)
    indicator_id = await target_store.add(
        session,
        {
            "title": wanted.title, "measure_key": measure.key, "measure_version": measure.definition.version,
            "figure": wanted.figure, "better": wanted.better, "scope": wanted.scope, "scope_value": named,
            "officer_id": officer, "baseline": wanted.baseline, "baseline_told": wanted.baseline_told,
            "set_by": actor.user_id,
        },
    )  # fmt: skip
    trajectory = wanted.trajectory or even_steps(wanted.baseline, wanted.target)
    await target_store.set_target(
        session,
        {"id": indicator_id, "year": wanted.year, "target": wanted.target, "trajectory": trajectory,
         "set_by": actor.user_id},
    )  # fmt: skip
    return indicator_id


async def set_target(session: Session, actor: Actor, indicator_id: int, year: int, wanted: TargetIn) -> None:
    """Set a year's target, or change it while no quarter of the year has been signed off."""
    require(actor, Permission.TARGET_SET)
    known = await target_store.years(session, indicator_id)
    before = await target_store.one(session, indicator_id, known[0] if known else year)
    for quarter in range(1, 5):
        if await target_store.lock(session, indicator_id, year, quarter):
            raise Conflict("A quarter of this year has been signed off, so its target stays.")
    start = before.target if before.year != year else before.baseline
    trajectory = wanted.trajectory or even_steps(start, wanted.target)
    await target_store.set_target(
        session,
        {"id": indicator_id, "year": year, "target": wanted.target, "trajectory": trajectory, "set_by": actor.user_id},
    )


async def say_of_quarter(session: Session, actor: Actor, at: Quarter, said: QuarterIn) -> None:
    """Write a commentary, and a judgement of one's own with its reason. Raises Conflict once it is signed off."""
    require(actor, Permission.TARGET_SET)
    await target_store.one(session, at.indicator_id, at.year)
    await _still_open(session, at)
    await target_store.say(
        session,
        {"id": at.indicator_id, "year": at.year, "quarter": at.quarter, "by": actor.user_id, **said.model_dump()},
    )


async def sign_off(session: Session, actor: Actor, at: Quarter, *, keeper: Timekeeper, now: datetime) -> None:
    """Make a quarter final, with the figures of this moment. Raises Conflict before it is over and once it is done."""
    require(actor, Permission.TARGET_SIGN_OFF)
    whole_sight(actor)
    await target_store.one(session, at.indicator_id, at.year)
    await _still_open(session, at)
    period = financial_year(at.year, at.quarter)
    assert period.last is not None
    if keeper.day(now) <= period.last:
        raise Conflict("This quarter is not over. Sign it off on the day after its last, or later.")
    shown = await show_one(session, at.indicator_id, at.year, keeper=keeper, now=now)
    one = shown.quarters[at.quarter - 1]
    await target_store.sign(
        session,
        {
            "id": at.indicator_id, "year": at.year, "quarter": at.quarter, "by": actor.user_id, "at": now,
            "value": one.value, "counted": one.counted, "ruled": one.ruled, "ruled_because": one.ruled_because,
            "definition": f"{shown.definition} {shown.rule}", "trajectory": one.trajectory,
        },
    )  # fmt: skip


async def _still_open(session: Session, at: Quarter) -> None:
    if await target_store.lock(session, at.indicator_id, at.year, at.quarter):
        raise Conflict("This quarter has been signed off, so what is said of it stays.")
