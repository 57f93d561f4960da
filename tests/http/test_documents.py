"""Documents over the API: added, versioned, read through the door of their case, and taken away."""

import asyncio
import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import text

from app.documents.keeping import erase_withdrawn
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.files import MARK, office, pdf, photograph, picture
from tests.support.refusals import refused
from tests.support.service import API, Service
from tests.support.uploads import LETTER, added, kept, on_record, records, send
from tests.support.walks import log, walked

pytestmark = pytest.mark.database
OFFICER = "housing_officer"


@pytest.fixture
async def reference(service: Service) -> str:
    return (await walked(service, "screen", tier="moderate")).reference


async def content(service: Service, address: str, who: str = OFFICER):
    return await service.http.get(address, headers=service.cast[who].headers)


class TestAdding:
    async def test_a_document_is_on_record_with_its_first_version(self, service: Service, reference: str) -> None:
        response = await send(
            service,
            "occupational_therapist",
            f"/cases/{reference}/documents",
            pdf(),
            name="../Mrs Dummie's stairs.doc",
            kind="drawing",
            about="The stairs, from above",
        )
        assert response.status_code == 201, response.text
        document = response.json()
        [version] = document.pop("versions")
        assert document == {
            "id": document["id"],
            "kind": "drawing",
            "about": "The stairs, from above",
            "withdrawn": None,
        }
        place = f"{API}/cases/{reference}/documents/{document['id']}/versions/1"
        assert {name: version[name] for name in version if name != "added_at"} == {
            "version": 1,
            "name": "Mrs Dummie's stairs.pdf",
            "media_type": "application/pdf",
            "size": len(pdf()),
            "sha256": hashlib.sha256(pdf()).hexdigest(),
            "added_by": "Occupational Therapist",
            "content": f"{place}/content",
            "thumbnail": None,
        }

    async def test_the_journal_says_what_was_added_and_nothing_about_whom(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference, name="Davina Dummie.jpg", about="Davina's bath")
        event = (await service.get(OFFICER, f"/cases/{reference}/events")).json()["items"][-1]
        assert (event["kind"], event["action"], event["from"]) == ("document_added", None, event["to"])
        assert event["details"] == {
            "document": document["id"],
            "version": 1,
            "kind": "photograph",
            "media_type": "image/jpeg",
            "sha256": document["versions"][0]["sha256"],
        }

    async def test_a_newer_version_comes_first_and_leaves_the_older_one(self, service: Service, reference: str) -> None:
        document = await added(service, reference, LETTER, kind="letter", name="letter.txt")
        path = f"/cases/{reference}/documents/{document['id']}"
        response = await send(service, "team_manager", f"{path}/versions", office("docx"), name="letter.docx")
        assert response.status_code == 201, response.text
        versions = response.json()["versions"]
        assert [(v["version"], v["name"], v["added_by"]) for v in versions] == [
            (2, "letter.docx", "Team Manager"),
            (1, "letter.txt", "Housing Officer"),
        ]
        assert (await content(service, versions[1]["content"])).content == LETTER
        assert (await content(service, versions[0]["content"])).content == office("docx")
        event = (await service.get(OFFICER, f"/cases/{reference}/events")).json()["items"][-1]
        assert (event["kind"], event["details"]["version"]) == ("document_added", 2)

    async def test_documents_are_listed_newest_first_and_page_by_page(self, service: Service, reference: str) -> None:
        numbers = [(await added(service, reference))["id"] for _ in range(3)]
        first = (await service.get(OFFICER, f"/cases/{reference}/documents", limit=2)).json()
        rest = (
            await service.get(OFFICER, f"/cases/{reference}/documents", limit=2, cursor=first["next_cursor"])
        ).json()
        assert [one["id"] for one in first["items"] + rest["items"]] == numbers[::-1]
        assert rest["next_cursor"] is None

    async def test_the_same_file_twice_is_two_documents(self, service: Service, reference: str) -> None:
        first, second = await added(service, reference), await added(service, reference)
        assert first["id"] != second["id"]
        assert first["versions"][0]["sha256"] == second["versions"][0]["sha256"]

    async def test_a_case_that_has_ended_takes_a_late_letter(self, service: Service) -> None:
        case = await walked(service, "screen", tier="moderate")
        await case.take("close_not_proceeding", reason="withdrawn")
        document = await added(service, case.reference, LETTER, kind="letter")
        assert document["kind"] == "letter"
        assert (await service.get(OFFICER, f"/cases/{case.reference}")).json()["stage_group"] == "ended"

    async def test_a_referrer_adds_to_the_case_that_they_see(self, service: Service) -> None:
        case = await log(service, tier="moderate")
        response = await send(service, "referrer", f"/cases/{case.reference}/documents", kind="letter")
        assert response.status_code == 201, response.text


class TestReading:
    async def test_a_photograph_is_shown_in_place_without_where_it_was_taken(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference, photograph(size=(900, 600)), name="Bad \u202egpj.exe")
        [version] = document["versions"]
        whole, small = [await content(service, version[name]) for name in ("content", "thumbnail")]
        for response in (whole, small):
            assert response.status_code == 200
            assert response.headers["content-type"] == "image/jpeg"
            assert response.headers["content-disposition"].startswith("inline; ")
            _is_harmless(response)
            assert MARK.encode() not in response.content
            with Image.open(io.BytesIO(response.content)) as image:
                assert image.size[0] < image.size[1]
                assert dict(image.getexif()) == {}
        assert len(small.content) < len(whole.content) == version["size"]
        assert hashlib.sha256(whole.content).hexdigest() == version["sha256"]

    @pytest.mark.parametrize(
        ("file", "media_type", "extension"),
        [
            (pdf(), "application/pdf", "pdf"),
            (LETTER, "text/plain; charset=utf-8", "txt"),
            (
                office("xlsx"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            ),
        ],
    )
    async def test_everything_else_is_downloaded_as_what_it_is(
        self, service: Service, reference: str, file: bytes, media_type: str, extension: str
    ) -> None:
        document = await added(service, reference, file, kind="other", name="Küche.html")
        response = await content(service, document["versions"][0]["content"])
        assert response.content == file
        assert response.headers["content-type"] == media_type
        disposition = f"attachment; filename=\"Kuche.{extension}\"; filename*=UTF-8''K%C3%BCche.{extension}"
        assert response.headers["content-disposition"] == disposition
        _is_harmless(response)

    async def test_every_read_is_on_record(self, service: Service, reference: str) -> None:
        document = await added(service, reference)
        place = f"/cases/{reference}/documents"
        [version] = document["versions"]
        for path in (place, f"{place}/{document['id']}"):
            assert (await service.get("assessor", path)).status_code == 200
        for address in (version["content"], version["thumbnail"]):
            assert (await content(service, address, "assessor")).status_code == 200
        reads = (await service.get("auditor", f"/cases/{reference}/reads")).json()["items"]
        one = "GET /cases/{reference}/documents/{document_id}"
        assert [read["route"] for read in reads if read["reader"] == "Assessor"][::-1] == [
            "GET /cases/{reference}/documents",
            one,
            f"{one}/versions/{{version}}/content",
            f"{one}/versions/{{version}}/thumbnail",
        ]

    async def test_a_document_is_found_through_its_own_case_only(self, service: Service, reference: str) -> None:
        document = await added(service, reference)
        other = (await log(service, tier="moderate")).reference
        for path in ("", "/versions/1/content", "/versions/1/thumbnail"):
            response = await service.get(OFFICER, f"/cases/{other}/documents/{document['id']}{path}")
            refused(response, 404)
        refused(await service.get(OFFICER, f"/cases/{reference}/documents/{document['id']}/versions/2/content"), 404)

    async def test_a_stranger_finds_nothing(self, service: Service, reference: str) -> None:
        document = await added(service, reference)
        place = f"/cases/{reference}/documents"
        for path in ("", f"/{document['id']}", f"/{document['id']}/versions/1/content"):
            refused(await service.get(STRANGER, place + path), 404)
        refused(await send(service, STRANGER, place, kind="letter"), 404)
        refused(await send(service, STRANGER, f"{place}/{document['id']}/versions"), 404)
        refused(await service.post(STRANGER, f"{place}/{document['id']}/withdrawal", {"reason": "mistake"}), 404)

    async def test_what_is_missing_from_the_store_is_told_before_anything_is_sent(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference)
        folder = service.app.state.settings.data_dir / "documents"
        async with service.owner.transaction() as session:
            statement = text("SELECT object_key FROM document_versions WHERE document_id = :id")
            key = await session.scalar(statement, {"id": document["id"]})
        (folder / key).unlink()
        refused(await content(service, document["versions"][0]["content"]), 404)


def _is_harmless(response) -> None:
    assert response.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "private, no-store"
    if "content-encoding" not in response.headers:
        assert int(response.headers["content-length"]) == len(response.content)


class TestTakingAway:
    async def test_a_withdrawn_document_is_hidden_at_once_and_the_fact_stays(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference, name="Wrong Dummie.jpg", about="Somebody else's bath")
        path = f"/cases/{reference}/documents"
        response = await service.post("assessor", f"{path}/{document['id']}/withdrawal", {"reason": "wrong_person"})
        assert response.status_code == 201, response.text
        gone = response.json()
        assert (gone["about"], gone["withdrawn"]["by"], gone["withdrawn"]["reason"]) == (
            None,
            "Assessor",
            "wrong_person",
        )
        [version] = gone["versions"]
        assert (version["name"], version["content"], version["thumbnail"]) == (None, None, None)
        assert version["sha256"] == document["versions"][0]["sha256"]
        for name in ("content", "thumbnail"):
            told = refused(await content(service, document["versions"][0][name]), 404)
            assert "withdrawn" in told["detail"]
        for shown in (
            await service.get(OFFICER, path),
            await service.get(OFFICER, f"{path}/{document['id']}"),
            await service.get(OFFICER, f"/cases/{reference}/events"),
        ):
            assert "Wrong" not in shown.text
            assert "Somebody else" not in shown.text
        event = (await service.get(OFFICER, f"/cases/{reference}/events")).json()["items"][-1]
        assert event["kind"] == "document_withdrawn"
        assert event["details"] == {"document": document["id"], "kind": "photograph", "reason": "wrong_person"}

    async def test_what_was_withdrawn_takes_no_version_and_is_withdrawn_once(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference)
        path = f"/cases/{reference}/documents/{document['id']}"
        assert (await service.post(OFFICER, f"{path}/withdrawal", {"reason": "twice"})).status_code == 201
        again = refused(await service.post(OFFICER, f"{path}/withdrawal", {"reason": "twice"}), 409)
        version = refused(await send(service, OFFICER, f"{path}/versions"), 409)
        assert blocker(again) == blocker(version) == "withdrawn"

    async def test_a_reason_that_is_not_in_the_list_is_refused(self, service: Service, reference: str) -> None:
        document = await added(service, reference)
        path = f"/cases/{reference}/documents/{document['id']}/withdrawal"
        response = refused(await service.post(OFFICER, path, {"reason": "it is Davina's"}), 422)
        assert pointers(response) == ["/reason"]

    async def test_withdrawing_puts_in_the_job_that_erases_and_it_erases_for_good(self, fresh_service: Service) -> None:
        reference = (await log(fresh_service, tier="moderate")).reference
        stays = await added(fresh_service, reference)
        goes = await added(fresh_service, reference)
        path = f"/cases/{reference}/documents/{goes['id']}"
        assert (await send(fresh_service, OFFICER, f"{path}/versions", picture("PNG"))).status_code == 201
        assert len(kept(fresh_service)) == 6
        assert (await fresh_service.post(OFFICER, f"{path}/withdrawal", {"reason": "mistake"})).status_code == 201
        async with fresh_service.owner.transaction() as session:
            jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'erase_documents'")
            assert await session.scalar(jobs) == 1
        store = fresh_service.app.state.documents.store
        assert await erase_withdrawn(fresh_service.owner, store) == 2
        assert await erase_withdrawn(fresh_service.owner, store) == 0
        assert kept(fresh_service) == await on_record(fresh_service)
        assert len(kept(fresh_service)) == 2
        shown = (await fresh_service.get(OFFICER, path)).json()
        assert [v["name"] for v in shown["versions"]] == [None, None]
        assert (await content(fresh_service, stays["versions"][0]["content"])).status_code == 200


class TestDoingItTwice:
    async def test_the_same_key_gives_the_same_answer_and_one_document(self, fresh_service: Service) -> None:
        reference = (await log(fresh_service, tier="moderate")).reference
        path, headers = f"/cases/{reference}/documents", {"Idempotency-Key": "once"}
        first, again = [
            await send(fresh_service, OFFICER, path, picture(), name="a.jpg", kind="photograph", headers=headers)
            for _ in range(2)
        ]
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert (await records(fresh_service))[:2] == (1, 1)
        assert kept(fresh_service) == await on_record(fresh_service)
        other = await send(fresh_service, OFFICER, path, pdf(), name="a.jpg", kind="photograph", headers=headers)
        assert pointers(refused(other, 422)) == ["/Idempotency-Key"]
        assert kept(fresh_service) == await on_record(fresh_service)

    async def test_a_case_that_has_moved_on_says_what_moved_it(self, service: Service, reference: str) -> None:
        seen = {"If-Match": '"1"'}
        before = kept(service)
        told = refused(await send(service, OFFICER, f"/cases/{reference}/documents", kind="letter", headers=seen), 412)
        assert told["since"][0]["action"] == "screen"
        assert kept(service) == before

    async def test_a_refusal_for_the_state_of_the_document_is_remembered(
        self, service: Service, reference: str
    ) -> None:
        document = await added(service, reference)
        path = f"/cases/{reference}/documents/{document['id']}"
        await service.post(OFFICER, f"{path}/withdrawal", {"reason": "twice"})
        key = {"Idempotency-Key": f"late {reference}"}
        first, again = [await send(service, OFFICER, f"{path}/versions", headers=key) for _ in range(2)]
        assert refused(first, 409) == refused(again, 409)

    async def test_uploads_at_once_are_numbered_one_after_another(self, service: Service, reference: str) -> None:
        document = await added(service, reference)
        path = f"/cases/{reference}/documents/{document['id']}/versions"
        answers = await asyncio.gather(*(send(service, OFFICER, path, picture(size=(n, 9))) for n in range(9, 15)))
        assert [answer.status_code for answer in answers] == [201] * 6
        newest = sorted(answer.json()["versions"][0]["version"] for answer in answers)
        assert newest == [2, 3, 4, 5, 6, 7]
        shown = (await service.get(OFFICER, f"/cases/{reference}/documents/{document['id']}")).json()
        assert [v["version"] for v in shown["versions"]] == [7, 6, 5, 4, 3, 2, 1]
