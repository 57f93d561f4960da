"""Where a case's time went, and the clocks, as they are shown: from the journal, corrections included."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import text

from app.cases import clocks, rules
from app.cases.clocks import CaseTimes, EndToEnd, Hold, Visit
from app.cases.deadlines import due_on
from app.cases.events import load_events
from app.cases.models import Case
from app.cases.time_schemas import (
    CalendarOut,
    ClockOut,
    CustodyTimeOut,
    DaysOut,
    HoldTimeOut,
    NetOut,
    StageTimeOut,
    TimeOut,
    WaitedOnOut,
)
from app.cases.timekeeping import Timekeeper
from app.kernel.calendars import Calendar
from app.kernel.database import Session
from app.pathways.pathway import CompiledPathway
from app.pathways.targets import Target

_ORGANISATIONS = text("SELECT id, name FROM organisations WHERE id = ANY (:ids)")


async def show_time(session: Session, case: Case, keeper: Timekeeper, *, now: datetime) -> TimeOut:
    """Time in each stage, with each organisation, on hold, and end to end."""
    calendar = keeper.calendar(case.pathway_key, case.state.pathway_version)
    events = rules.as_corrected(await load_events(session, case.id))
    times = clocks.case_times(events, calendar=calendar, now=now, zone=keeper.zone)
    names = await _names(session, {spell.organisation_id for spell in times.custody})
    return _time_out(case, times, names, keeper)


async def _names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    return {row.id: row.name for row in await session.execute(_ORGANISATIONS, {"ids": list(ids)})}


def _time_out(case: Case, times: CaseTimes, names: Mapping[int, str], keeper: Timekeeper) -> TimeOut:
    pathway = keeper.pathways.get(case.pathway_key, case.state.pathway_version)
    calendar = keeper.calendar(case.pathway_key, case.state.pathway_version)
    return TimeOut(
        reference=case.reference,
        as_of=times.as_of,
        calendar=CalendarOut(key=calendar.key, title=calendar.title),
        first_contact_on=times.first_contact_on,
        before_referral=DaysOut(**_days(times.before_referral)),
        stages=[_stage(visit, pathway) for visit in times.visits],
        custody=[
            CustodyTimeOut(
                organisation=names[spell.organisation_id],
                held_from=spell.held_from,
                held_to=spell.held_to,
                **_days(spell.days),
            )
            for spell in times.custody
        ],
        holds=[_hold(hold) for hold in times.holds],
        waited_on=_waited_on(times.holds),
        clocks=[_clock(run, pathway.end_to_end_target(run.tier), calendar, keeper) for run in times.end_to_end],
    )


def _days(days: clocks.Days) -> dict[str, int]:
    return {"calendar_days": days.calendar, "working_days": days.working}


def _stage(visit: Visit, pathway: CompiledPathway) -> StageTimeOut:
    known = pathway.definition.stages.get(visit.stage)
    return StageTimeOut(
        tier=visit.tier,
        stage=visit.stage,
        # A stage of an earlier version of the pathway may be gone from this one.
        label=known.label if known else visit.stage.replace("_", " ").capitalize(),
        entered_at=visit.entered_at,
        left_at=visit.left_at,
        journey="unknown" if visit.journey_unknown else "known",
        **_days(visit.days),
    )


def _hold(hold: Hold) -> HoldTimeOut:
    return HoldTimeOut(
        waits_on=hold.waits_on, cause=hold.cause, held_from=hold.held_from, held_to=hold.held_to, **_days(hold.days)
    )


def _waited_on(holds: Iterable[Hold]) -> list[WaitedOnOut]:
    by_whom: dict[str, list[Hold]] = {}
    for hold in holds:
        by_whom.setdefault(hold.waits_on, []).append(hold)
    return [
        WaitedOnOut(waits_on=whom, holds=len(some), **_days(sum((hold.days for hold in some), clocks.Days())))
        for whom, some in sorted(by_whom.items())
    ]


def _clock(run: EndToEnd, target: Target | None, calendar: Calendar, keeper: Timekeeper) -> ClockOut:
    due = due_on(target, run.started_on, (), calendar, keeper.zone) if target else None
    return ClockOut(
        definition=f"{clocks.END_TO_END} Working days are those of {calendar.title}.",
        episode=run.episode,
        started_on=run.started_on,
        stopped_on=run.stopped_on,
        counted_to=run.counted_to,
        running=run.running,
        target_working_days=target.working_days if target else None,
        target_months=target.months if target else None,
        target_choice_of=target.choice_of if target else None,
        due_on=due,
        net=NetOut(definition=clocks.NET, **_days(run.net)),
        **_days(run.gross),
    )
