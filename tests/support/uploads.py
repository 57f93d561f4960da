"""Add documents to cases, and look into the place where they are kept."""

from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from tests.support.cast import Player
from tests.support.files import picture
from tests.support.service import API, Service

LETTER = b"Dear all,\nthe rail is up.\n"


async def send(
    service: Service,
    who: Player | str,
    path: str,
    content: bytes = LETTER,
    *,
    name: str = "letter.txt",
    headers: dict[str, str] | None = None,
    **fields: str,
) -> httpx.Response:
    """POST a file with fields beside it."""
    player = service.cast[who] if isinstance(who, str) else who
    files = {"file": (name, content)}
    return await service.http.post(API + path, files=files, data=fields, headers=player.headers | (headers or {}))


async def added(service: Service, reference: str, content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A document that the housing officer has added: a photograph when nothing else is given."""
    fields = {"kind": "photograph", "name": "bathroom.jpg", **more}
    path = f"/cases/{reference}/documents"
    response = await send(service, "housing_officer", path, picture() if content is None else content, **fields)
    assert response.status_code == 201, response.text
    document: dict[str, Any] = response.json()
    return document


def kept(service: Service) -> set[str]:
    """The keys of the objects in the service's folder."""
    folder: Path = service.app.state.settings.data_dir / "documents"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def on_record(service: Service) -> set[str]:
    """The keys that the database knows."""
    statement = text(
        "SELECT k.key FROM document_versions v, LATERAL (VALUES (v.object_key), (v.thumbnail_key)) AS k (key)"
        " WHERE k.key IS NOT NULL"
    )
    async with service.owner.transaction() as session:
        return set(await session.scalars(statement))


async def records(service: Service) -> tuple[int, int, int]:
    """How many documents, versions and events there are."""
    statement = text(
        "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM document_versions),"
        " (SELECT count(*) FROM case_events)"
    )
    async with service.owner.transaction() as session:
        documents, versions, events = (await session.execute(statement)).one()
    return documents, versions, events
