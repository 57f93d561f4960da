"""A panel's work as those see it who answer for it; every read of a case is on record."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits, require
from app.cases.casework import Casework
from app.cases.presenters import TENURE_WORDS
from app.cases.reads import note_read
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, Unprocessable
from app.kernel.spreadsheets import harmless
from app.panels import oversight, queries, wording
from app.panels.actions.set_meeting import calendar_of
from app.panels.exceptions import KINDS
from app.panels.oversight_schemas import (
    AttendanceOut,
    ConditionOut,
    DecisionsOut,
    DeferralOut,
    ExceptionOut,
    OverdueOut,
    OversightOut,
    WaitsOut,
)


async def show_oversight(
    session: Session,
    actor: Actor,
    key: str,
    between: tuple[date | None, date | None],
    *,
    casework: Casework,
    today: date,
    route: str,
) -> OversightOut:
    """The panel's work between two days, the last twelve months unless they are named.

    Raises NotFound, NotPermitted for who neither coordinates a panel nor reads reports, Unprocessable for days in the
    wrong order.
    """
    panel = await queries.find_panel(session, key)
    if not permits(actor, Permission.PANEL_MANAGE):
        require(actor, Permission.REPORT_READ)
    until = between[1] or today
    since = between[0] or a_year_before(until)
    if since > until:
        raise Unprocessable([FieldProblem("/since", "The first day comes before the last.")])
    found = await oversight.find(session, panel.id, since=since, until=until, today=today)
    await note_read(session, actor, route, found.case_ids())
    calendar, day = await calendar_of(session, casework), casework.timekeeper.day
    ended = [row for row in found.decided if row.decision in oversight.ENDS and row.referred_at]
    return OversightOut(
        panel=panel.key,
        since=since,
        until=until,
        decided=_waits(calendar.working_days(day(row.referred_at), row.decided_on) for row in ended),
        waiting=_waits(calendar.working_days(day(row.referred_at), today) for row in found.waiting if row.referred_at),
        decisions=[
            DecisionsOut(decision=decision, count=by_tenure.total(), by_tenure=dict(sorted(by_tenure.items())))
            for decision, by_tenure in sorted(oversight.decisions_by_tenure(found.decided).items())
        ],
        deferrals=[DeferralOut.model_validate(row, from_attributes=True) for row in found.deferrals],
        attendance=[AttendanceOut(**asdict(one)) for one in oversight.attendance(found.seats)],
        undecided=[OverdueOut(reference=row.reference, day=row.held_on) for row in found.undecided],
        untold=[OverdueOut(reference=row.reference, day=row.tell_by) for row in found.untold],
        conditions=[ConditionOut.model_validate(row, from_attributes=True) for row in found.conditions],
        exceptions_by_kind=oversight.kinds_of(found.exceptions, KINDS),
        exceptions=[ExceptionOut.model_validate(row, from_attributes=True) for row in found.exceptions],
    )


def _waits(days: Iterable[int]) -> WaitsOut:
    return WaitsOut(**asdict(oversight.waits(days)))


def a_year_before(day: date) -> date:
    """The same day a year earlier."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


_HEAD: Final = ("Panel", "From", "To", "What", "Of", "Which", "Figure")


def as_csv(shown: OversightOut) -> bytes:
    """The figures as a spreadsheet takes them, a line each; no case is named in them."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for line in _lines(shown):
        writer.writerow([harmless(cell) for cell in (shown.panel, shown.since, shown.until, *line)])
    return buffer.getvalue().encode()


def _lines(shown: OversightOut) -> Iterator[tuple[Any, ...]]:
    for what, told in (("Working days to a decision", shown.decided), ("Working days waited so far", shown.waiting)):
        yield what, "", "Cases", told.count
        yield what, "", "Median", told.median
        yield what, "", "Nine in ten wait no longer than", told.ninetieth
        yield what, "", "Longest", told.longest
    for one in shown.decisions:
        for tenure, count in one.by_tenure.items():
            yield "Decisions", wording.DECISIONS[one.decision], TENURE_WORDS.get(tenure, tenure), count
    yield "Deferrals", "", "", len(shown.deferrals)
    yield "Not decided though the meeting is past", "", "", len(shown.undecided)
    yield "Not told by the day that the terms name", "", "", len(shown.untold)
    yield "Conditions not met or overdue", "", "", len(shown.conditions)
    for kind, count in shown.exceptions_by_kind.items():
        yield "Exceptions", "", KINDS[kind], count
    for seat in shown.attendance:
        for name in ("meetings", "came", "substituted", "apologies", "unknown"):
            yield f"Attendance, {seat.half}", f"{seat.member}, {seat.organisation}", name, getattr(seat, name)
