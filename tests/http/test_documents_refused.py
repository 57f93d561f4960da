"""What nobody should upload: too much, the wrong kind, broken forms, names with a purpose. Nothing of it stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from app.edge.limits import FORM_AROUND, LINGER_SECONDS
from app.kernel.database import Database, owner_engine
from tests.support.answers import pointers
from tests.support.cast import Cast, gather
from tests.support.files import MARK, archive, office, png_that_says
from tests.support.referrals import referral
from tests.support.refusals import refused
from tests.support.servers import Server, running_server
from tests.support.service import API, Service, running_service
from tests.support.uploads import kept, on_record, records, send
from tests.support.walks import log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
HTML = f"<!DOCTYPE html><html><body>{MARK}</body></html>".encode()
MOST = 300_000
TWO_GIGABYTES = 2 * 1024**3
HOSTILE = {
    "HTML named .jpg": ("holiday.jpg", HTML),
    "GIF and script": ("cat.gif", b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)"),
    "SVG": ("plan.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a zip bomb": ("bomb.zip", archive({"a": b"\0" * 20_000_000})),
    "an image that unpacks to too much": ("bomb.png", png_that_says(60_000, 60_000)),
    "zero bytes": ("empty.pdf", b""),
    "macros": ("letter.docx", office("docx", extra={"word/vbaProject.bin": b"x"})),
    "a program": ("setup.exe.jpg", b"MZ\x90\0" + b"\0" * 200),
}


@pytest.fixture
async def small(fresh_database_url: str) -> AsyncIterator[Service]:
    """The service with room for small files only."""
    async with running_service(fresh_database_url, max_document_bytes=MOST) as running:
        yield running


@asynccontextmanager
async def nothing_stays(service: Service) -> AsyncIterator[None]:
    before = await records(service)
    yield
    assert await records(service) == before
    assert kept(service) == await on_record(service)


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_file_is_refused_beside_its_field(fresh_service: Service, name: str, content: bytes) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    async with nothing_stays(fresh_service):
        response = await send(
            fresh_service, OFFICER, f"/cases/{reference}/documents", content, name=name, kind="photograph"
        )
        told = refused(response, 422)
    assert pointers(told) == ["/file"]
    assert len(told["detail"]) > 30
    assert "script" not in response.text.lower()


async def test_a_file_without_a_name_gets_one_and_no_file_is_told(fresh_service: Service) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    form = (
        b'--a\r\nContent-Disposition: form-data; name="kind"\r\n\r\nletter\r\n'
        b'--a\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n%s\r\n--a--\r\n'
    )
    headers = {**fresh_service.cast[OFFICER].headers, "Content-Type": "multipart/form-data; boundary=a"}
    path = f"{API}/cases/{reference}/documents"
    response = await fresh_service.http.post(path, content=form % b"hello", headers=headers)
    assert response.json()["versions"][0]["name"] == "document.txt"
    told = refused(await fresh_service.http.post(path, content=form % b"", headers=headers), 422)
    assert (pointers(told), told["detail"]) == (["/file"], "Choose a file.")


async def test_every_field_that_needs_mending_is_told_at_once(fresh_service: Service) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    path = f"/cases/{reference}/documents"
    async with nothing_stays(fresh_service):
        headers = fresh_service.cast[OFFICER].headers
        response = await fresh_service.http.post(
            API + path, files={"kind": (None, "painting"), "about": (None, "x" * 201)}, headers=headers
        )
        assert sorted(pointers(refused(response, 422))) == ["/about", "/file", "/kind"]
        response = await send(fresh_service, OFFICER, path, kind="letter", colour="green")
        assert pointers(refused(response, 422)) == ["/colour"]


BROKEN = {
    "no boundary": ("multipart/form-data", b"x"),
    "another boundary": ("multipart/form-data; boundary=a", b"--b\r\n\r\n\r\n--b--\r\n"),
    "a boundary that is too long": (f"multipart/form-data; boundary={'a' * 500}", b"x"),
    "nothing": ("multipart/form-data; boundary=a", b""),
    "a form that breaks off": (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello',
    ),
    "a part without a disposition": ("multipart/form-data; boundary=a", b"--a\r\nX: y\r\n\r\nhello\r\n--a--\r\n"),
    "two files": (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n' * 2 + b"--a--\r\n",
    ),
    "a file in another field": (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="kind"; filename="a.txt"\r\n\r\nhello\r\n--a--\r\n',
    ),
    "many fields": (
        "multipart/form-data; boundary=a",
        b"".join(b'--a\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(50))
        + b"--a--\r\n",
    ),
    "a long field": (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="about"\r\n\r\n' + b"x" * 20_000 + b"\r\n--a--\r\n",
    ),
    "a long header": (
        "multipart/form-data; boundary=a",
        b"--a\r\nContent-Disposition: " + b"x" * 20_000 + b"\r\n\r\n\r\n--a--\r\n",
    ),
}


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_form_is_refused(fresh_service: Service, content_type: str, body: bytes) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    headers = {**fresh_service.cast[OFFICER].headers, "Content-Type": content_type}
    async with nothing_stays(fresh_service):
        response = await fresh_service.http.post(f"{API}/cases/{reference}/documents", content=body, headers=headers)
        refused(response, 422)


async def test_anything_but_a_form_is_refused_by_its_kind(fresh_service: Service) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    response = await fresh_service.post(OFFICER, f"/cases/{reference}/documents", {"kind": "letter"})
    refused(response, 415)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00.txt", "x" * 300 + ".txt", "letter\u202etxt.exe", "\r\nX: y", '"; x="y']
)
async def test_a_name_with_a_purpose_is_made_safe(fresh_service: Service, name: str) -> None:
    reference = (await log(fresh_service, tier="moderate")).reference
    response = await send(fresh_service, OFFICER, f"/cases/{reference}/documents", name=name, kind="letter")
    assert response.status_code == 201, response.text
    [version] = response.json()["versions"]
    assert version["name"].endswith(".txt")
    assert version["name"].isprintable()
    assert len(version["name"]) <= 120
    assert not {"/", "\\", "\u202e", '"'} & set(version["name"])
    assert all(key.count("/") == 2 and ".." not in key for key in kept(fresh_service))
    assert kept(fresh_service) == await on_record(fresh_service)


class TestTooMuch:
    async def test_two_gigabytes_are_refused_by_what_they_say_they_are(self, small: Service) -> None:
        reference = (await log(small, tier="moderate")).reference
        read = []

        async def body() -> AsyncIterator[bytes]:
            read.append(1)
            yield b"x"

        headers = {
            **small.cast[OFFICER].headers,
            "Content-Type": "multipart/form-data; boundary=a",
            "Content-Length": str(TWO_GIGABYTES),
        }
        async with nothing_stays(small):
            response = await small.http.post(f"{API}/cases/{reference}/documents", content=body(), headers=headers)
        told = refused(response, 413)
        assert "nothing of it was kept" in told["detail"]
        assert "photographs" in told["detail"]

    async def test_what_does_not_say_how_long_it_is_is_counted(self, small: Service) -> None:
        reference = (await log(small, tier="moderate")).reference
        sent = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal sent
            yield b'--a\r\nContent-Disposition: form-data; name="file"; filename="film.txt"\r\n\r\n'
            for _ in range(100):
                sent += 10_000
                yield b"x" * 10_000

        headers = {**small.cast[OFFICER].headers, "Content-Type": "multipart/form-data; boundary=a"}
        async with nothing_stays(small):
            response = await small.http.post(f"{API}/cases/{reference}/documents", content=body(), headers=headers)
        refused(response, 413)

    async def test_a_file_as_large_as_allowed_goes_in(self, small: Service) -> None:
        reference = (await log(small, tier="moderate")).reference
        path = f"/cases/{reference}/documents"
        assert (await send(small, OFFICER, path, b"x" * MOST, kind="other")).status_code == 201
        refused(await send(small, OFFICER, path, b"x" * (MOST + FORM_AROUND), kind="other"), 413)

    async def test_other_routes_keep_their_own_limits(self, small: Service) -> None:
        response = await small.post(OFFICER, "/referrals", {"x": "y" * 1_000_001})
        assert "split it" in refused(response, 413)["detail"]


async def test_who_may_not_add_is_told_before_the_file_is_sent(small: Service) -> None:
    reference = (await log(small, tier="moderate")).reference
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(20):
            taken += 1
            yield b"x" * 10_000

    headers = {**small.cast["auditor"].headers, "Content-Type": "multipart/form-data; boundary=a"}
    response = await small.http.post(f"{API}/cases/{reference}/documents", content=body(), headers=headers)
    assert "This is for:" in refused(response, 403)["detail"]


@asynccontextmanager
async def serving(url: str, folder: Path, **settings: str) -> AsyncIterator[tuple[Server, Cast, Database]]:
    """A server process of its own on an empty database."""
    owner = Database(owner_engine(url))
    try:
        async with owner.transaction() as session:
            cast = await gather(session)
        async with running_server(url, folder, **settings) as server:
            yield server, cast, owner
    finally:
        await owner.close()


async def _a_case(client: httpx.AsyncClient, cast: Cast) -> str:
    answer = await client.post(f"{API}/referrals", json=referral(), headers=cast[OFFICER].headers)
    reference: str = answer.json()["reference"]
    return reference


HEAD = (
    b'--a\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
    b'--a\r\nContent-Disposition: form-data; name="file"; filename="long.txt"\r\n\r\n'
)
TAIL = b"\r\n--a--\r\n"
PIECE = b"All of it is text. " * 3_450


async def test_memory_does_not_grow_with_the_file(fresh_database_url: str, tmp_path: Path) -> None:
    pieces = 200_000_000 // len(PIECE)

    async def body() -> AsyncIterator[bytes]:
        yield HEAD
        for _ in range(pieces):
            yield PIECE
        yield TAIL

    async with (
        serving(fresh_database_url, tmp_path, ADAPT_MAX_DOCUMENT_BYTES="250000000") as (server, cast, _),
        server.client() as client,
    ):
        path = f"{API}/cases/{await _a_case(client, cast)}/documents"
        headers = {**cast[OFFICER].headers, "Content-Type": "multipart/form-data; boundary=a"}
        process = psutil.Process(server.process.pid)
        warm = await client.post(path, content=HEAD + PIECE + TAIL, headers=headers)
        assert warm.status_code == 201, warm.text
        before = process.memory_info().rss
        response = await client.post(path, content=body(), headers=headers, timeout=120)
        assert response.status_code == 201, response.text
        [version] = response.json()["versions"]
        assert version["size"] == pieces * len(PIECE)
        received = 0
        async with client.stream("GET", version["content"], headers={**headers, "Accept-Encoding": "identity"}) as got:
            async for piece in got.aiter_raw():
                received += len(piece)
        assert received == version["size"]
        assert process.memory_info().rss - before < 60_000_000


async def test_who_is_still_sending_too_much_gets_to_read_why(fresh_database_url: str, tmp_path: Path) -> None:
    """As a browser does it: the whole body first, then a look at the answer."""
    length = 30_000_000
    async with serving(fresh_database_url, tmp_path, ADAPT_MAX_DOCUMENT_BYTES="1000000") as (server, cast, _):
        reader, writer = await asyncio.open_unix_connection(server.socket)
        token = cast[OFFICER].headers["Authorization"]
        writer.write(
            f"POST {API}/cases/HS-000001-X/documents HTTP/1.1\r\nHost: testserver\r\nAuthorization: {token}\r\n"
            f"Content-Type: multipart/form-data; boundary=a\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        begun = asyncio.get_running_loop().time()
        for _ in range(length // 1_000_000):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
        async with asyncio.timeout(20):
            answer = await reader.read()
        assert asyncio.get_running_loop().time() - begun < LINGER_SECONDS, "It waited for more than there was."
        writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"This is too large" in answer
    assert b"connection: close" in answer.lower()
