"""Where the bytes are: a folder or a bucket, compared with the records by night; a killed upload leaves no half."""

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from app.__main__ import cli
from app.documents import keeping
from app.documents.keeping import YOUNG, erase_withdrawn, sweep
from app.documents.store import DocumentStore, ObjectMissing
from app.documents.summary import summarise
from app.edge.templating import day, render
from app.kernel.clock import SystemClock
from app.kernel.database import Database, owner_engine
from app.kernel.problems import NotReady
from app.settings import Settings
from tests.support.buckets import running_bucket
from tests.support.cast import gather
from tests.support.files import picture
from tests.support.referrals import referral
from tests.support.refusals import refused
from tests.support.servers import running_server
from tests.support.service import API, Service, running_service
from tests.support.uploads import added, kept, on_record, records, send
from tests.support.walks import log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
LARGE = os.urandom(6_000_000)
"""Of more than one part, as buckets take them."""


@pytest.fixture(params=["folder", "bucket"])
async def places(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings that lead to a folder, then to a bucket."""
    if request.param == "folder":
        yield Settings(data_dir=tmp_path)
    else:
        with running_bucket() as settings:
            yield Settings(**settings)


async def everything(store: DocumentStore) -> set[str]:
    return {found.key async for some in store.listed() for found in some}


async def whole(store: DocumentStore, key: str) -> bytes:
    opened = await store.open(key)
    content = b"".join([piece async for piece in opened.pieces])
    assert opened.size == len(content)
    return content


class TestAStore:
    @pytest.mark.parametrize("content", [b"x", LARGE], ids=["small", "large"])
    async def test_what_is_put_comes_out_and_goes(self, places: Settings, content: bytes) -> None:
        store = DocumentStore(places, "aaaa")
        key, other = store.new_key(), store.new_key()
        await store.put(key, io.BytesIO(content))
        await store.put(other, io.BytesIO(b"other"))
        assert await whole(store, key) == content
        assert await everything(store) == {key, other}
        await store.delete([key, "aaaa/no/such"])
        assert await everything(store) == {other}
        with pytest.raises(ObjectMissing):
            await store.open(key)

    async def test_two_databases_in_one_place_do_not_see_one_another(self, places: Settings) -> None:
        ours, theirs = DocumentStore(places, "aaaa"), DocumentStore(places, "aaaab")
        key = theirs.new_key()
        await theirs.put(key, io.BytesIO(b"x"))
        assert await everything(ours) == set()
        assert await everything(theirs) == {key}

    async def test_a_store_that_is_away_says_so(self, tmp_path: Path) -> None:
        with running_bucket() as settings:
            nowhere = DocumentStore(Settings(**{**settings, "documents_bucket": "no-such-bucket"}), "aaaa")
            with pytest.raises(NotReady, match="does not answer"):
                await nowhere.put(nowhere.new_key(), io.BytesIO(b"x"))
        (tmp_path / "documents").write_text("a file where the folder should be")
        blocked = DocumentStore(Settings(data_dir=tmp_path), "aaaa")
        with pytest.raises(NotReady, match="does not answer"):
            await blocked.put(blocked.new_key(), io.BytesIO(b"x"))

    async def test_a_folder_is_its_owners_alone(self, tmp_path: Path) -> None:
        store = DocumentStore(Settings(data_dir=tmp_path), "aaaa")
        await store.put(store.new_key(), io.BytesIO(b"x"))
        assert (tmp_path / "documents").stat().st_mode & 0o077 == 0


async def test_documents_live_in_a_bucket_as_in_a_folder(fresh_database_url: str) -> None:
    with running_bucket() as settings:
        async with running_service(fresh_database_url, **settings) as service:
            reference = (await log(service, tier="moderate")).reference
            document = await added(service, reference, picture("PNG", (700, 500)), name="bath.jpg")
            [version] = document["versions"]
            headers = service.cast[OFFICER].headers
            content = await service.http.get(version["content"], headers=headers)
            assert (content.headers["content-type"], len(content.content)) == ("image/png", version["size"])
            store = service.app.state.documents.store
            assert await everything(store) == await on_record(service)
            assert not (service.app.state.settings.data_dir / "documents").exists()
            path = f"/cases/{reference}/documents/{document['id']}/withdrawal"
            assert (await service.post(OFFICER, path, {"reason": "mistake"})).status_code == 201
            assert await erase_withdrawn(service.owner, store) == 1
            assert await everything(store) == set()


async def test_while_the_store_is_away_nothing_is_recorded(fresh_database_url: str) -> None:
    with running_bucket() as settings:
        settings["documents_bucket"] = "no-such-bucket"
        async with running_service(fresh_database_url, **settings) as service:
            reference = (await log(service, tier="moderate")).reference
            before = await records(service)
            response = await send(service, OFFICER, f"/cases/{reference}/documents", kind="letter")
            assert "does not answer" in refused(response, 503)["detail"]
            assert await records(service) == before


class TestVerifying:
    @pytest.fixture
    def verify(self, fresh_service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
        monkeypatch.setenv("ADAPT_OWNER_DATABASE_URL", fresh_service.url)
        monkeypatch.setenv("ADAPT_DATA_DIR", str(fresh_service.app.state.settings.data_dir))
        return lambda: CliRunner().invoke(cli, ["documents", "verify"])

    async def test_a_command_reads_every_document_and_names_what_is_not_as_it_was(
        self, fresh_service: Service, verify: Callable[[], Result]
    ) -> None:
        reference = (await log(fresh_service, tier="moderate")).reference
        for number in range(3):
            await added(fresh_service, reference, f"letter {number}".encode(), kind="letter")
        sound = await asyncio.to_thread(verify)
        assert sound.exit_code == 0, sound.output
        assert "3 versions looked at" in sound.output
        folder = fresh_service.app.state.settings.data_dir / "documents"
        changed, gone, _ = [folder / key for key in await self._keys(fresh_service)]
        changed.write_bytes(b"something else")
        gone.unlink()
        told = await asyncio.to_thread(verify)
        assert told.exit_code == 1
        assert f"{reference}: document 1, version 1, is not what was added." in told.output
        assert f"{reference}: document 2, version 1, is missing." in told.output
        assert "2 not as they should be" in told.output

    async def _keys(self, service: Service) -> list[str]:
        async with service.owner.transaction() as session:
            statement = text("SELECT object_key FROM document_versions ORDER BY document_id")
            return list(await session.scalars(statement))


async def test_a_case_says_its_documents_in_a_line(fresh_service: Service) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    find = text("SELECT id FROM cases WHERE reference = :reference")

    async def line() -> str:
        async with fresh_service.owner.transaction() as session:
            case_id = await session.scalar(find, {"reference": reference})
            found = await summarise(session, case_id)
        shown = render("documents/templates/summary.html", {"documents": found, "reference": reference})
        return " ".join(re.sub(r"<[^>]+>", "", shown).split())

    assert await line() == "No documents yet"
    photograph = await added(fresh_service, reference)
    await added(fresh_service, reference, b"letter", kind="letter")
    today = day(SystemClock().now())
    assert await line() == f"2 documents, of these 1 picture; the newest came on {today}"
    path = f"/cases/{reference}/documents/{photograph['id']}/withdrawal"
    assert (await fresh_service.post(OFFICER, path, {"reason": "mistake"})).status_code == 201
    assert await line() == f"1 document; the newest came on {today}"


class TestSweeping:
    async def test_what_no_record_knows_goes_after_a_day_and_what_one_knows_stays(self, fresh_service: Service) -> None:
        reference = (await log(fresh_service, tier="moderate")).reference
        document = await added(fresh_service, reference)
        store, now = fresh_service.app.state.documents.store, SystemClock().now()
        orphan = store.new_key()
        await store.put(orphan, io.BytesIO(b"left by an upload that broke off"))
        swept = await sweep(fresh_service.owner, store, now=now)
        assert (swept.objects, swept.orphans, swept.removed, swept.missing) == (3, 0, 0, 0)
        swept = await sweep(fresh_service.owner, store, now=now + YOUNG + timedelta(minutes=5))
        assert (swept.objects, swept.orphans, swept.removed, swept.missing) == (3, 1, 1, 0)
        assert kept(fresh_service) == await on_record(fresh_service)
        address = document["versions"][0]["content"]
        content = await fresh_service.http.get(address, headers=fresh_service.cast[OFFICER].headers)
        assert content.status_code == 200

    async def test_what_is_missing_is_counted(self, fresh_service: Service) -> None:
        reference = (await log(fresh_service, tier="moderate")).reference
        await added(fresh_service, reference)
        store = fresh_service.app.state.documents.store
        await store.delete(await on_record(fresh_service))
        swept = await sweep(fresh_service.owner, store, now=SystemClock().now())
        assert (swept.objects, swept.missing) == (0, 1)

    async def test_too_many_orphans_are_told_and_left(
        self, fresh_service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "FEW_ORPHANS", 2)
        store = fresh_service.app.state.documents.store
        for _ in range(3):
            await store.put(store.new_key(), io.BytesIO(b"x"))
        swept = await sweep(fresh_service.owner, store, now=SystemClock().now() + 2 * YOUNG)
        assert (swept.orphans, swept.removed) == (3, 0)
        assert len(kept(fresh_service)) == 3


async def test_an_upload_that_is_killed_before_its_commit_leaves_no_half(
    fresh_database_url: str, tmp_path: Path
) -> None:
    """The case is locked, so the upload has stored its bytes and waits to record them when the server is killed."""
    owner = Database(owner_engine(fresh_database_url))
    counts = text("SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM document_versions)")
    try:
        async with owner.transaction() as session:
            cast = await gather(session)
        async with running_server(fresh_database_url, tmp_path) as server, server.client() as client:
            headers = cast[OFFICER].headers
            case = (await client.post(f"{API}/referrals", json=referral(), headers=headers)).json()
            async with owner.transaction() as session:
                await session.execute(text("SELECT FROM cases FOR UPDATE"))
                upload = asyncio.create_task(
                    client.post(
                        f"{API}/cases/{case['reference']}/documents",
                        files={"file": ("bath.jpg", picture())},
                        data={"kind": "photograph"},
                        headers=headers,
                    )
                )
                await _waits_for_a_lock(owner)
                await server.kill()
            results = await asyncio.gather(upload, return_exceptions=True)
            assert isinstance(results[0], Exception)
        async with owner.transaction() as session:
            assert await session.scalar(counts) == 0
            assert await session.scalar(text("SELECT sequence FROM cases")) == 1
            mark = await session.scalar(text("SELECT mark FROM document_store"))
        store = DocumentStore(Settings(data_dir=tmp_path), mark)
        assert len(await everything(store)) == 2
        swept = await sweep(owner, store, now=SystemClock().now() + 2 * YOUNG)
        assert (swept.removed, swept.missing) == (2, 0)
        assert await everything(store) == set()
    finally:
        await owner.close()


async def _waits_for_a_lock(owner: Database) -> None:
    """Until somebody waits for the lock that another transaction holds."""
    # Of this database alone: others on the same server have their tests, which wait for locks of their own.
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while True:
            async with owner.transaction() as session:
                if await session.scalar(waiting):
                    return
            await asyncio.sleep(0.02)
