"""What the database refuses about documents, whoever asks."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import sqlstate
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.uploads import added
from tests.support.worlds import World, acting_as, entered, made_world

pytestmark = pytest.mark.database
NO_RIGHT = "42501"
STAYS = "AD004"


@pytest.fixture(scope="module")
async def world(database_server: TestServer, worker_name: str) -> AsyncIterator[World]:
    """Two documents of one case, one of another; one of the first is withdrawn."""
    async with made_world(database_server, f"{worker_name}_document_guards") as made:
        await added(made.service, made.ours.reference, about="The bath")
        gone = await added(made.service, made.ours.reference)
        await added(made.service, made.on_agenda.reference)
        path = f"/cases/{made.ours.reference}/documents/{gone['id']}/withdrawal"
        assert (await made.service.post("housing_officer", path, {"reason": "twice"})).status_code == 201
        yield made


async def refusal(world: World, who: str, statement: str) -> str | None:
    with pytest.raises(DBAPIError) as refused:
        async with acting_as(world, who) as session:
            await session.execute(text(statement))
    return sqlstate(refused.value)


THE_APPS = {
    "change a version": "UPDATE document_versions SET name = 'x'",
    "erase a version": "UPDATE document_versions SET erased_at = now()",
    "remove a version": "DELETE FROM document_versions",
    "remove a document": "DELETE FROM documents",
    "call it something else": "UPDATE documents SET kind = 'letter'",
    "move it to another case": "UPDATE documents SET case_id = case_id + 1",
    "date a version": (
        "INSERT INTO document_versions (document_id, version, case_id, sequence, sha256, size, media_type, name,"
        " object_key, uploaded_by, uploaded_at) SELECT document_id, 2, case_id, sequence, sha256, size, media_type,"
        " name, 'k', uploaded_by, now() FROM document_versions"
    ),
    "change the mark": "UPDATE document_store SET mark = '0123456789abcdef'",
}


@pytest.mark.parametrize("statement", THE_APPS.values(), ids=THE_APPS)
async def test_the_service_has_no_right_to(world: World, statement: str) -> None:
    assert await refusal(world, "app", statement) == NO_RIGHT


_COPY = (
    "INSERT INTO document_versions (document_id, version, case_id, sequence, sha256, size, media_type, name,"
    " object_key, uploaded_by) SELECT document_id, 2, case_id, {sequence}, sha256, size, {media_type}, 'x', 'k',"
    " {by} FROM document_versions WHERE document_id = {document}"
)
_LIVING = "(SELECT min(id) FROM documents WHERE withdrawn_at IS NULL)"
_GONE = "(SELECT min(id) FROM documents WHERE withdrawn_at IS NOT NULL)"
THE_OWNERS = {
    "change a version": ("UPDATE document_versions SET sha256 = sha256(sha256)", STAYS),
    "erase what was not withdrawn": (
        (
            "UPDATE document_versions SET erased_at = now(), name = NULL, object_key = NULL, thumbnail_key = NULL"
            f" WHERE document_id = {_LIVING}"
        ),
        STAYS,
    ),
    "erase and change at once": (
        (
            "UPDATE document_versions SET erased_at = now(), name = NULL, object_key = NULL, thumbnail_key = NULL, size = 1"
            f" WHERE document_id = {_GONE}"
        ),
        STAYS,
    ),
    "erase half": (f"UPDATE document_versions SET erased_at = now() WHERE document_id = {_GONE}", "23514"),
    "remove a version": ("DELETE FROM document_versions", STAYS),
    "remove a document": ("DELETE FROM documents", STAYS),
    "empty the tables": ("TRUNCATE documents, document_versions", STAYS),
    "bring back what was withdrawn": (
        "UPDATE documents SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_reason = NULL",
        STAYS,
    ),
    "withdraw and keep what it says": (
        (
            "UPDATE documents SET withdrawn_at = now(), withdrawn_by = 1, withdrawn_reason = 'twice', about = 'x'"
            f" WHERE id = {_LIVING}"
        ),
        "23514",
    ),
    "add a version to what was withdrawn": (
        _COPY.format(sequence="1", media_type="media_type", by="uploaded_by", document=_GONE),
        STAYS,
    ),
    "add a version without an event": (
        _COPY.format(sequence="999", media_type="media_type", by="uploaded_by", document=_LIVING),
        "23503",
    ),
    "add a page as a document": (
        _COPY.format(sequence="1", media_type="'text/html'", by="uploaded_by", document=_LIVING),
        "23514",
    ),
}


@pytest.mark.parametrize(("statement", "state"), THE_OWNERS.values(), ids=THE_OWNERS)
async def test_nobody_can(world: World, statement: str, state: str) -> None:
    assert await refusal(world, "owner", statement) == state


async def test_nobody_adds_or_withdraws_in_anothers_name(world: World) -> None:
    another = str(world.service.cast["auditor"].id)
    adding = _COPY.format(sequence="1", media_type="media_type", by=another, document=_LIVING)
    assert await refusal(world, "app", adding) == NO_RIGHT
    withdrawing = (
        f"UPDATE documents SET withdrawn_at = now(), withdrawn_by = {another}, withdrawn_reason = 'twice', about = NULL"
        f" WHERE id = {_LIVING}"
    )
    assert await refusal(world, "app", withdrawing) == NO_RIGHT


@pytest.mark.parametrize(
    ("who", "documents"),
    [("housing_officer", 3), ("auditor", 3), ("panel_member", 1), ("administrator", 0), (STRANGER, 0), (None, 0)],
)
async def test_documents_are_seen_through_their_case(world: World, who: str | None, documents: int) -> None:
    async with entered(world, who) as session:
        for table in ("documents", "document_versions"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == documents
