"""A meeting as calendars take it (RFC 5545 and 5546): one event that is asked for, changed and cancelled by its number.

Nothing of a case stands in it: calendars are read by assistants, on telephones and by whoever shares them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from icalendar import Calendar, Event, vCalAddress, vText
from sqlalchemy import Row, text
from starlette.responses import Response

from app.kernel.clock import LONDON
from app.kernel.database import Session
from app.panels import queries

PRODUCT: Final = "-//Adapt//Panel meetings//EN"
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_USUAL_LENGTH: Final = timedelta(hours=2)
_ORGANISER = text(
    """
    SELECT u.name, u.email FROM users u JOIN role_holdings h ON h.user_id = u.id
     WHERE u.active AND h.role = 'panel_coordinator' AND h.held_from <= :today
       AND (h.held_to IS NULL OR h.held_to > :today) ORDER BY u.id LIMIT 1
    """
)


async def invitation(session: Session, meeting_id: int, *, now: datetime) -> bytes:
    """The invitation to a meeting, or its cancellation, for who sits there or is always invited. Raises NotFound."""
    meeting = await queries.find_meeting(session, meeting_id)
    organiser = (await session.execute(_ORGANISER, {"today": now.date()})).one_or_none()
    sitting = await queries.sitting(session, meeting_id)
    return written(meeting, organiser, sitting, await queries.invited(session, meeting.panel_id), now=now)


def calendar_file(content: bytes, meeting_id: int) -> Response:
    """The answer that gives a calendar to whoever asked."""
    headers = {"Content-Disposition": f'attachment; filename="meeting-{meeting_id}.ics"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def written(
    meeting: Row[Any],
    organiser: Row[Any] | None,
    sitting: Sequence[Row[Any]],
    invited: Sequence[Row[Any]] = (),
    *,
    now: datetime,
) -> bytes:
    """Write a meeting, as `queries.find_meeting` gives it, into a calendar of one event."""
    cancelled = meeting.cancelled_at is not None
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{meeting.invitation_uid}@adapt.invalid")
    event.add("sequence", meeting.invitation_sequence)
    event.add("dtstamp", now)
    event.add("summary", meeting.panel_name)
    start, end = _when(meeting.held_on, meeting.starts_at, meeting.ends_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.link:
        event.add("url", meeting.link)
    if organiser is not None:
        event.add("organizer", _address(organiser.name, organiser.email))
    wanted = [(one.substitute or one.name, one.substitute_email or one.email, "REQ-PARTICIPANT") for one in sitting]
    for name, email, role in [*wanted, *((one.name, one.email, "OPT-PARTICIPANT") for one in invited)]:
        attendee = _address(name, email)
        attendee.params["ROLE"] = vText(role)
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        event.add("attendee", attendee)
    calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical


def _when(held_on: date, starts_at: time | None, ends_at: time | None) -> tuple[date, date]:
    """From when to when, in UTC, which no calendar reads wrongly; the whole day where no time was set."""
    if starts_at is None:
        return held_on, held_on + timedelta(days=1)
    start = datetime.combine(held_on, starts_at, tzinfo=LONDON).astimezone(UTC)
    end = datetime.combine(held_on, ends_at, tzinfo=LONDON).astimezone(UTC) if ends_at else start + _USUAL_LENGTH
    return start, end


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address
