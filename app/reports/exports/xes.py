"""The journal as XES 1.0 (xes-standard.org): a trace a case, an event an event. Written piece by piece."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlalchemy import Row

from app.kernel.database import Session
from app.reports.exports.pseudonyms import Pseudonyms
from app.reports.exports.rows import EVENT_TEXTS, events

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace">
<string key="concept:name" value="unknown"/>
</global>
<global scope="event">
<string key="concept:name" value="unknown"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Stage reached" keys="to_tier to_stage"/>
<string key="concept:name" value="Housing adaptations, pseudonymised"/>
"""
_TAIL = "</log>\n"
_PIECE = 64_000


async def xes(session: Session) -> AsyncIterator[bytes]:
    """The log in pieces of some 64 kB, however many cases there are."""
    names = await Pseudonyms.of_database(session)
    piece, size, open_case = [_HEAD], 0, None
    async for row in events(session):
        if row.case_id != open_case:
            piece.append("</trace>\n" if open_case is not None else "")
            piece.extend(_trace(row, names))
            open_case = row.case_id
        event = "".join(_event(row, names))
        piece.append(event)
        size += len(event)
        if size > _PIECE:
            yield "".join(piece).encode()
            piece, size = [], 0
    piece.append("</trace>\n" if open_case is not None else "")
    yield "".join([*piece, _TAIL]).encode()


def _trace(row: Row[Any], names: Pseudonyms) -> Iterator[str]:
    yield "<trace>\n"
    yield _string("concept:name", names.of("case", row.case_id))
    yield _string("pathway", f"{row.pathway_key}/{row.pathway_version}")
    yield _string("tenure", row.tenure)
    yield _date("first_contact_on", _midnight(row.first_contact_on))


def _event(row: Row[Any], names: Pseudonyms) -> Iterator[str]:
    yield "<event>\n"
    yield _string("concept:name", row.activity)
    yield _date("time:timestamp", row.effective_at)
    yield _string("lifecycle:transition", "complete")
    if row.actor_id is not None:
        yield _string("org:resource", names.of("staff", row.actor_id))
    yield _string("org:group", names.of("organisation", row.organisation_id))
    yield _string("custody", names.of("organisation", row.custody_id))
    yield _date("recorded_at", row.recorded_at)
    values = row._mapping  # noqa: SLF001 # SQLAlchemy's public way to a column by name
    for name in EVENT_TEXTS:
        if values[name] is not None:
            yield _string(name, values[name])
    yield "</event>\n"


def _string(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>\n"


def _date(key: str, moment: datetime) -> str:
    return f'<date key={quoteattr(key)} value="{moment.astimezone(UTC).isoformat(timespec="milliseconds")}"/>\n'


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
