"""What people do with indicators as a whole: follow one, aim at something in a year, withdraw one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import ChangedMeanwhile, Conflict, FieldProblem, Unprocessable
from app.pathways.measures import Measure
from app.reports import target_store
from app.reports.measuring.columns import columns_of
from app.reports.periods import financial_year
from app.reports.sight import whole_sight
from app.reports.target_checks import Aim, Mark, faults_of, over_all
from app.reports.target_rules import even_steps
from app.reports.target_schemas import FIGURES, IndicatorIn, TargetIn, adds_up

_PERCENT: Final = "percent_within_target"
_WITHDRAWN: Final = "This indicator was withdrawn, so nothing more is written about it."


async def set_indicator(
    session: Session, actor: Actor, wanted: IndicatorIn, *, keeper: Timekeeper, now: datetime
) -> int:
    """Follow an indicator from now on; its number. Raises Unprocessable where it could never be worked out or met."""
    require(actor, Permission.TARGET_SET)
    whole_sight(actor)
    await target_store.wait(session)
    if wanted.scope == "locality" and wanted.scope_value is not None:
        wanted = wanted.model_copy(update={"scope_value": wanted.scope_value.upper()})
    measure = keeper.pathways.measures.get(wanted.measure)
    wrong = [*_with_measure(measure, wanted), *await _with_scope(session, wanted)]
    officer = await target_store.officer(session, wanted.officer)
    if officer is None:
        wrong.append(FieldProblem("/officer", "Nobody with this e-mail address works here."))
    aim = Aim(
        better=wanted.better, percent=wanted.figure == _PERCENT, start=Mark(wanted.baseline, "the baseline"),
        target=wanted.target, adds_up=adds_up(wanted.figure),
        trajectory=wanted.trajectory or even_steps(_begins(wanted.figure, wanted.baseline), wanted.target),
    )  # fmt: skip
    wrong += over_all("/baseline", wanted.baseline, percent=aim.percent) or faults_of(aim)
    if wrong or officer is None or measure is None:
        raise Unprocessable(wrong)
    same = {
        "measure_key": measure.key, "measure_version": measure.definition.version, "figure": wanted.figure,
        "scope": wanted.scope, "scope_value": wanted.scope_value,
    }  # fmt: skip
    if title := await target_store.followed(session, same):
        message = f"“{title}” follows this figure already. Open it, and set a target for another year there."
        raise Unprocessable([FieldProblem("/measure", message)])
    indicator_id = await target_store.add(
        session,
        {
            **same, "title": wanted.title, "better": wanted.better, "officer_id": officer,
            "baseline": wanted.baseline, "baseline_told": wanted.baseline_told, "by": actor.user_id, "at": now,
        },
    )  # fmt: skip
    await _write(session, actor, indicator_id, wanted.year, aim, now=now)
    return indicator_id


def _with_measure(measure: Measure | None, wanted: IndicatorIn) -> list[FieldProblem]:
    if measure is None:
        return [FieldProblem("/measure", "There is no such measure. Choose one of those under “Every measure”.")]
    if not measure.usable:
        message = "This measure waits for somebody to confirm what it counts, so it gives no figure. Choose another."
        return [FieldProblem("/measure", message)]
    given = figures_given(measure)
    if not given:
        return [FieldProblem("/measure", "This measure gives no figure of a quarter. Choose another.")]
    wrong = []
    if wanted.figure not in given:
        told = "; ".join(FIGURES[name] for name in given)
        wrong.append(FieldProblem("/figure", f"This measure does not give this figure. It gives: {told}."))
    if wanted.scope != "partnership" and wanted.scope not in measure.definition.group_by:
        wrong.append(FieldProblem("/scope", "This measure is not told by this. Choose the whole partnership."))
    return wrong


def figures_given(measure: Measure) -> list[str]:
    """The figures that a target can be set for which a measure gives of each quarter."""
    columns = columns_of(measure) if "quarter" in measure.definition.group_by else ()
    return [name for name in FIGURES if ("within_target" if name == _PERCENT else name) in columns]


async def _with_scope(session: Session, wanted: IndicatorIn) -> list[FieldProblem]:
    named = wanted.scope_value
    if wanted.scope == "partnership":
        message = "Leave this empty for the whole partnership, or choose one locality or one organisation."
        return [FieldProblem("/scope_value", message)] if named is not None else []
    if named is None:
        return [FieldProblem("/scope_value", f"Say which {wanted.scope}.")]
    if wanted.scope == "organisation":
        there = await target_store.organisations(session)
        message = "No organisation has this name. There is: {}."
    else:
        there = await target_store.localities(session)
        message = "No home here has a postcode that begins so. There is: {}."
    if named in there:
        return []
    return [FieldProblem("/scope_value", message.format(", ".join(there) or "none yet"))]


async def set_target(
    session: Session, actor: Actor, indicator_id: int, year: int, wanted: TargetIn, *, seen: int | None, now: datetime
) -> None:
    """Set a year's target, or change it while no quarter of the year has been signed off.

    `seen` is how often it had been set when the caller looked; None for whatever it is now. Raises ChangedMeanwhile
    where somebody else has set it since, Unprocessable for one that cannot be meant.
    """
    require(actor, Permission.TARGET_SET)
    whole_sight(actor)
    await target_store.wait(session, indicator_id)
    row = await followed(session, indicator_id)
    aims = await target_store.aims(session, indicator_id)
    before = aims.get(year)
    if before is not None and before.signed:
        raise Conflict("A quarter of this year has been signed off, so its target stays.")
    if seen is not None and seen != (before.version if before is not None else 0):
        told = {"target": before.target, "version": before.version} if before is not None else {"version": 0}
        raise ChangedMeanwhile("Somebody else has set this target since you looked.", now=told)
    aim = aim_of(row, aims, year, wanted.target)
    if wanted.trajectory is not None:
        aim = replace(aim, trajectory=wanted.trajectory)
    if wrong := faults_of(aim):
        raise Unprocessable(wrong)
    await _write(session, actor, indicator_id, year, aim, now=now)


def aim_of(row: Row[Any], aims: Mapping[int, Row[Any]], year: int, target: Decimal) -> Aim:
    """A year's target in even steps, between the years that have one."""
    earlier = max((one for one in aims if one < year), default=None)
    later = min((one for one in aims if one > year), default=None)
    start = Mark(row.baseline, "the baseline") if earlier is None else _mark(aims[earlier])
    return Aim(
        better=row.better, percent=row.figure == _PERCENT, start=start, target=target,
        adds_up=adds_up(row.figure), trajectory=even_steps(_begins(row.figure, start.value), target),
        after=None if later is None else _mark(aims[later]),
    )  # fmt: skip


def _begins(figure: str, start: Decimal) -> Decimal:
    return Decimal(0) if adds_up(figure) else start


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.target, f"the target for {financial_year(row.year).key}")


async def _write(session: Session, actor: Actor, indicator_id: int, year: int, aim: Aim, *, now: datetime) -> None:
    values = {"id": indicator_id, "year": year, "target": aim.target, "trajectory": list(aim.trajectory)}
    await target_store.set_target(session, {**values, "by": actor.user_id, "at": now})


async def withdraw(
    session: Session, actor: Actor, indicator_id: int, reason: str, *, seen: int | None, now: datetime
) -> None:
    """Follow an indicator no more; what was signed off stays.

    `seen` is how often something had been written about it when the caller looked; None for whatever it is now. Raises
    Conflict where it has been withdrawn already, ChangedMeanwhile where somebody has written since.
    """
    require(actor, Permission.TARGET_SET)
    whole_sight(actor)
    await target_store.wait(session, indicator_id)
    await followed(session, indicator_id)
    written = await target_store.writings(session, indicator_id)
    if seen is not None and seen != written:
        raise ChangedMeanwhile("Somebody has written about this indicator since you looked.", now={"version": written})
    await target_store.withdraw(session, {"id": indicator_id, "at": now, "by": actor.user_id, "because": reason})


async def followed(session: Session, indicator_id: int) -> Row[Any]:
    """An indicator about which something may be written. Raises NotFound, and Conflict once it was withdrawn."""
    row = await target_store.find(session, indicator_id)
    if row.ended_at is not None:
        raise Conflict(_WITHDRAWN)
    return row
