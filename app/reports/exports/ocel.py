"""The journal as OCEL 2.0 JSON (ocel-standard.org): events of cases, the organisations and the staff concerned."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from app.kernel.database import Session
from app.reports.exports import rows
from app.reports.exports.pseudonyms import Pseudonyms

_ALWAYS = "1970-01-01T00:00:00Z"
"""What the standard says for an attribute that an object has from the beginning."""
_OBJECTS: Mapping[str, tuple[str, ...]] = {
    "case": ("pathway", "tenure", "first_contact_on"),
    "organisation": ("kind",),
    "staff": (),
}
_AT_ONCE = 500


async def ocel(session: Session) -> AsyncIterator[bytes]:
    """The log in pieces of some hundred objects or events, however many there are."""
    names = await Pseudonyms.of_database(session)
    activities = (await session.execute(rows.ACTIVITIES)).scalars()
    yield b'{"objectTypes":' + orjson.dumps([_type(name, texts) for name, texts in _OBJECTS.items()])
    attributes = [*rows.EVENT_TEXTS, "recorded_at"]
    yield b',"eventTypes":' + orjson.dumps([_type(name, attributes) for name in activities])
    yield b',"objects":['
    async for piece in _pieces(_objects(session, names)):
        yield piece
    yield b'],"events":['
    async for piece in _pieces(_events(session, names)):
        yield piece
    yield b"]}"


async def _pieces(items: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    waiting: list[bytes] = []
    first = True
    async for item in items:
        waiting.append(orjson.dumps(item))
        if len(waiting) == _AT_ONCE:
            yield (b"" if first else b",") + b",".join(waiting)
            waiting, first = [], False
    if waiting:
        yield (b"" if first else b",") + b",".join(waiting)


async def _objects(session: Session, names: Pseudonyms) -> AsyncIterator[dict[str, Any]]:
    # In the order of their pseudonyms, as with cases: that of their numbers would tell who is who.
    found = {names.of("organisation", row.id): row.kind for row in await session.execute(rows.ORGANISATIONS)}
    for name, kind in sorted(found.items()):
        yield _object(name, "organisation", {"kind": kind})
    for name in sorted(names.of("staff", row.id) for row in await session.execute(rows.STAFF)):
        yield _object(name, "staff", {})
    async for row in rows.streamed(session, rows.CASES):
        told = {
            "pathway": f"{row.pathway_key}/{row.pathway_version}",
            "tenure": row.tenure,
            "first_contact_on": row.first_contact_on.isoformat(),
        }
        yield _object(names.of("case", row.id), "case", told)


async def _events(session: Session, names: Pseudonyms) -> AsyncIterator[dict[str, Any]]:
    async for row in rows.events(session):
        values = row._mapping  # noqa: SLF001 # SQLAlchemy's public way to a column by name
        told = {name: values[name] for name in rows.EVENT_TEXTS if values[name] is not None}
        told["recorded_at"] = _moment(row.recorded_at)
        case = names.of("case", row.case_id)
        yield {
            "id": f"{case}-{row.sequence}",
            "type": row.activity,
            "time": _moment(row.effective_at),
            "attributes": [{"name": name, "value": value} for name, value in told.items()],
            "relationships": _relationships(row, case, names),
        }


def _relationships(row: Row[Any], case: str, names: Pseudonyms) -> list[dict[str, str]]:
    related = [
        {"objectId": case, "qualifier": "of"},
        {"objectId": names.of("organisation", row.organisation_id), "qualifier": "done for"},
        {"objectId": names.of("organisation", row.custody_id), "qualifier": "held by"},
    ]
    if row.actor_id is not None:
        related.append({"objectId": names.of("staff", row.actor_id), "qualifier": "done by"})
    return related


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    kinds = {"recorded_at": "time", "first_contact_on": "time"}
    return {"name": name, "attributes": [{"name": a, "type": kinds.get(a, "string")} for a in attributes]}


def _object(identity: str, kind: str, told: Mapping[str, str]) -> dict[str, Any]:
    attributes = [{"name": name, "time": _ALWAYS, "value": value} for name, value in told.items()]
    return {"id": identity, "type": kind, "attributes": attributes, "relationships": []}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
