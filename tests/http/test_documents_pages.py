"""Documents in the browser: seen, added, taken away; a form sent twice, gone stale, too large or foreign."""

import httpx
import pytest

from app.documents.formats import ACCEPT
from tests.support.browsing import PASSWORD, Browser, Page, faulty
from tests.support.cast import STRANGER
from tests.support.files import MARK, pdf, photograph, picture
from tests.support.service import Service
from tests.support.uploads import LETTER, added, kept, on_record
from tests.support.walks import log

pytestmark = pytest.mark.database
OFFICER = "housing_officer@test.example"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def reference(offices: Service) -> str:
    return (await log(offices, tier="moderate")).reference


@pytest.fixture
async def officer(browser: Browser) -> Browser:
    assert (await browser.sign_in(OFFICER)).status_code == 303
    return browser


async def upload(
    browser: Browser, path: str, content: bytes, *, name: str = "letter.txt", hidden: dict | None = None, **fields: str
) -> httpx.Response:
    """Send the form at `path` with a file, from its own page or with the hidden fields of an earlier one."""
    hidden = Page((await browser.http.get(path)).text).hidden if hidden is None else hidden
    return await browser.http.post(path, data={**hidden, **fields}, files={"file": (name, content)})


class TestSeeing:
    async def test_the_list_says_what_by_whom_when_and_shows_pictures(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        base = f"/cases/{reference}/documents"
        empty = await officer.http.get(base)
        assert "Nothing has been added to this case yet." in empty.text
        photo = await added(offices, reference, photograph(), about="The bath before the works", name="bath.jpg")
        letter = await added(offices, reference, LETTER, kind="letter", name="letter.txt")
        shown = await officer.http.get(base)
        page = Page(shown.text)
        assert page.title.startswith(f"Documents – {reference}")
        assert shown.text.index("letter.txt") < shown.text.index("The bath before the works")
        assert "Added by Housing Officer" in shown.text
        assert f"{base}/{letter['id']}/versions/1/content" in page.links
        sources = [value for name, value in page.attributes if name == "src"]
        assert f"{base}/{photo['id']}/versions/1/thumbnail" in sources
        assert not any(source.startswith("/api/") for source in sources)
        small = await officer.http.get(f"{base}/{photo['id']}/versions/1/thumbnail")
        assert small.headers["content-type"] == "image/jpeg"
        whole = await officer.http.get(f"{base}/{letter['id']}/versions/1/content")
        assert (whole.content, whole.headers["x-content-type-options"]) == (LETTER, "nosniff")
        assert whole.headers["content-disposition"].startswith("attachment; ")
        assert whole.headers["content-security-policy"] == "sandbox; default-src 'none'"

    async def test_more_than_a_page_leads_on(self, offices: Service, officer: Browser, reference: str) -> None:
        for number in range(26):
            await added(offices, reference, LETTER, kind="letter", about=f"Letter {number:02}")
        base = f"/cases/{reference}/documents"
        first = Page((await officer.http.get(base)).text)
        [older] = [link for link in first.links if "cursor=" in link]
        rest = await officer.http.get(older)
        assert "Letter 00" in rest.text
        assert "Letter 01" not in rest.text
        assert base in Page(rest.text).links

    async def test_every_page_that_shows_a_document_is_on_record(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        document = await added(offices, reference)
        base = f"/cases/{reference}/documents"
        one = f"{base}/{document['id']}"
        for path in (base, one, f"{one}/versions/1/content", f"{one}/versions/1/thumbnail"):
            assert (await officer.http.get(path)).status_code == 200
        reads = (await offices.get("auditor", f"/cases/{reference}/reads")).json()["items"]
        of_one = "GET /cases/{reference}/documents/{document_id}"
        assert [read["route"] for read in reads][::-1] == [
            "GET /cases/{reference}/documents",
            of_one,
            f"{of_one}/versions/{{version}}/content",
            f"{of_one}/versions/{{version}}/thumbnail",
        ]

    async def test_a_stranger_finds_no_page_and_somebody_signed_out_signs_in(
        self, offices: Service, reference: str, browser: Browser
    ) -> None:
        document = await added(offices, reference)
        base = f"/cases/{reference}/documents"
        one = f"{base}/{document['id']}"
        paths = (base, f"{base}/new", one, f"{one}/versions", f"{one}/withdrawal", f"{one}/versions/1/content")
        for path in paths:
            sent = await browser.http.get(path)
            assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?next={path}")
        await browser.sign_in(f"{STRANGER}@test.example")
        for path in paths:
            assert (await browser.http.get(path)).status_code == 404

    async def test_who_may_only_look_is_offered_nothing_to_do(
        self, offices: Service, reference: str, browser: Browser
    ) -> None:
        document = await added(offices, reference)
        await browser.sign_in("auditor@test.example")
        base = f"/cases/{reference}/documents"
        assert not any(link.endswith("/new") for link in Page((await browser.http.get(base)).text).links)
        links = Page((await browser.http.get(f"{base}/{document['id']}")).text).links
        assert not any(link.endswith(("/versions", "/withdrawal")) for link in links)
        for path in ("new", f"{document['id']}/versions", f"{document['id']}/withdrawal"):
            assert (await browser.http.get(f"{base}/{path}")).status_code == 403


class TestAdding:
    async def test_a_photograph_goes_in_and_the_list_shows_it(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        base = f"/cases/{reference}/documents"
        form = Page((await officer.http.get(f"{base}/new")).text)
        assert form.ids["file"]["accept"] == ACCEPT
        names = [value for name, value in form.attributes if name == "name"]
        assert names.index("csrf_token") < names.index("file")
        sent = await upload(
            officer, f"{base}/new", photograph(), name="IMG_1.jpg", kind="photograph", about="The stairs"
        )
        assert sent.status_code == 303, sent.text
        assert sent.headers["location"].startswith(f"{base}#document-")
        shown = await officer.http.get(base)
        assert "The stairs" in shown.text
        assert sent.headers["location"].partition("#")[2] in Page(shown.text).ids

    @pytest.mark.parametrize("between", ["\u2010", "%0d%0a", " "])
    async def test_it_leads_to_the_list_however_the_reference_was_written(
        self, offices: Service, officer: Browser, reference: str, between: str
    ) -> None:
        written = f"/cases/{reference.replace('-', between)}/documents"
        sent = await upload(officer, f"{written}/new", LETTER, kind="letter")
        assert sent.status_code == 303, sent.text
        place, _, mark = sent.headers["location"].partition("#document-")
        assert place == f"/cases/{reference}/documents"
        gone = await officer.send(f"{written}/{mark}/withdrawal", f"{written}/{mark}/withdrawal", reason="mistake")
        assert gone.headers["location"] == f"{place}#document-{mark}"

    async def test_page_and_api_record_the_same(self, offices: Service, officer: Browser, reference: str) -> None:
        await added(offices, reference, pdf(), kind="quote", name="quote.pdf")
        base = f"/cases/{reference}/documents"
        sent = await upload(officer, f"{base}/new", pdf(), name="quote.pdf", kind="quote")
        assert sent.status_code == 303, sent.text
        by_api, by_page = (await offices.get("auditor", f"/cases/{reference}/events")).json()["items"][-2:]
        varying = {"sequence", "occurred_at", "recorded_at"}
        by_api["details"].pop("document")
        by_page["details"].pop("document")
        assert {k: v for k, v in by_api.items() if k not in varying} == {
            k: v for k, v in by_page.items() if k not in varying
        }

    async def test_a_newer_version_is_added_beside_the_older(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        document = await added(offices, reference, LETTER, kind="letter")
        one = f"/cases/{reference}/documents/{document['id']}"
        sent = await upload(officer, f"{one}/versions", pdf(), name="signed.pdf")
        assert (sent.status_code, sent.headers["location"]) == (303, one)
        shown = await officer.http.get(one)
        assert "Version 2 (newest)" in shown.text
        assert "signed.pdf" in shown.text

    @pytest.mark.parametrize(
        ("content", "fields", "field", "message"),
        [
            (b"<!DOCTYPE html>" + MARK.encode(), {"kind": "letter"}, "file", "web page"),
            (b"", {"kind": "letter"}, "file", "This file is empty"),
            (LETTER, {}, "kind", "This is missing."),
            (LETTER, {"kind": "letter", "about": "x" * 201}, "about", "200 characters or fewer"),
        ],
    )
    async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
        self, offices: Service, officer: Browser, reference: str, content: bytes, fields: dict, field: str, message: str
    ) -> None:
        path = f"/cases/{reference}/documents/new"
        sent = await upload(officer, path, content, **{"about": f"about {SCRIPT}", **fields})
        assert sent.status_code == 422, sent.text
        page = Page(sent.text)
        assert page.title.startswith("Error: ")
        assert f"#{field}" in page.links
        assert message in sent.text
        assert SCRIPT not in sent.text
        assert page.ids["about"]["value"] == fields.get("about", f"about {SCRIPT}")
        assert kept(offices) == await on_record(offices)

    async def test_a_form_without_a_file_says_so(self, officer: Browser, reference: str) -> None:
        path = f"/cases/{reference}/documents/new"
        sent = await upload(officer, path, b"", name="", kind="letter")
        faulty(sent, 422, "file", "Choose a file.")

    async def test_script_in_every_field_is_shown_and_not_run(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        base = f"/cases/{reference}/documents"
        sent = await upload(officer, f"{base}/new", LETTER, name=f"{SCRIPT}.txt", kind="letter", about=SCRIPT)
        assert sent.status_code == 303, sent.text
        shown = await officer.http.get(base)
        assert SCRIPT not in shown.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
        assert Page(shown.text).scripts_are_ours


class TestForms:
    async def test_a_form_sent_twice_adds_once_and_gives_the_same_answer(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        path = f"/cases/{reference}/documents/new"
        hidden = Page((await officer.http.get(path)).text).hidden
        first, again = [
            await upload(officer, path, picture(), name="a.jpg", kind="photograph", hidden=hidden) for _ in range(2)
        ]
        assert (first.status_code, first.headers["location"]) == (again.status_code, again.headers["location"])
        assert len((await offices.get("auditor", f"/cases/{reference}/documents")).json()["items"]) == 1
        other = await upload(officer, path, pdf(), name="a.jpg", kind="photograph", hidden=hidden)
        assert other.status_code == 409
        assert "You have sent this form before" in other.text
        assert kept(offices) == await on_record(offices)

    async def test_a_form_without_its_token_or_from_elsewhere_keeps_nothing(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        path = f"/cases/{reference}/documents/new"
        hidden = Page((await officer.http.get(path)).text).hidden
        for headers, form in (
            ({}, {}),
            ({}, {**hidden, "csrf_token": "x.y"}),
            ({"Sec-Fetch-Site": "cross-site"}, hidden),
        ):
            sent = await officer.http.post(
                path, data={**form, "kind": "letter"}, files={"file": ("a.txt", LETTER)}, headers=headers
            )
            assert sent.status_code == 403
        body = (
            b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n'
            b'--a\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n%s\r\n--a--\r\n'
        ) % hidden["csrf_token"].encode()
        late = await officer.http.post(path, content=body, headers={"Content-Type": "multipart/form-data; boundary=a"})
        assert late.status_code == 403
        assert (await offices.get("auditor", f"/cases/{reference}/documents")).json()["items"] == []
        assert kept(offices) == await on_record(offices)

    async def test_a_lost_session_keeps_what_was_typed_and_asks_for_the_file_again(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        path = f"/cases/{reference}/documents/new"
        hidden = Page((await officer.http.get(path)).text).hidden
        async with offices.owner.transaction() as session:
            await session.exec_driver_sql("UPDATE sessions SET ended_at = now()")
        sent = await upload(officer, path, LETTER, kind="letter", about="From the landlord", hidden=hidden)
        page = Page(sent.text)
        assert sent.status_code == 401
        assert page.title.startswith("Sign in")
        back = await officer.http.post("/sign-in", data={**page.hidden, "email": OFFICER, "password": PASSWORD})
        assert (back.status_code, back.headers["location"]) == (303, f"{path}?draft=1")
        form = await officer.http.get(back.headers["location"])
        assert Page(form.text).ids["about"]["value"] == "From the landlord"
        assert "Choose the file again." in form.text
        assert kept(offices) == await on_record(offices)

    async def test_too_large_a_file_gets_a_page_that_says_what_to_do(self, officer: Browser, reference: str) -> None:
        sent = await officer.http.post(
            f"/cases/{reference}/documents/new",
            content=b"x",
            headers={"Content-Type": "multipart/form-data; boundary=a", "Content-Length": str(2 * 1024**3)},
        )
        assert sent.status_code == 413
        assert sent.headers["content-type"].startswith("text/html")
        assert "At most 25 MB are taken here." in sent.text
        assert "photographs" in sent.text


class TestTakingAway:
    async def test_a_document_is_taken_away_with_a_reason(
        self, offices: Service, officer: Browser, reference: str
    ) -> None:
        document = await added(offices, reference, name="Wrong Dummie.jpg", about="Somebody else")
        base = f"/cases/{reference}/documents"
        one = f"{base}/{document['id']}"
        missing = await officer.send(f"{one}/withdrawal", f"{one}/withdrawal")
        assert missing.status_code == 422
        assert "This is missing." in missing.text
        sent = await officer.send(f"{one}/withdrawal", f"{one}/withdrawal", reason="wrong_person")
        assert (sent.status_code, sent.headers["location"]) == (303, f"{base}#document-{document['id']}")
        for path in (base, one):
            shown = (await officer.http.get(path)).text
            assert "taken away" in shown
            assert "It is about another person" in shown or "it is about another person" in shown
            assert "Wrong" not in shown
            assert "Somebody else" not in shown
        assert (await officer.http.get(f"{one}/versions/1/content")).status_code == 404
        for path in ("versions", "withdrawal"):
            assert (await officer.http.get(f"{one}/{path}")).status_code == 409

    async def test_who_comes_second_is_told(self, offices: Service, officer: Browser, reference: str) -> None:
        document = await added(offices, reference)
        path = f"/cases/{reference}/documents/{document['id']}/withdrawal"
        hidden = Page((await officer.http.get(path)).text).hidden
        assert (await offices.post("assessor", path, {"reason": "mistake"})).status_code == 201
        sent = await officer.http.post(path, data={**hidden, "reason": "mistake"})
        assert sent.status_code == 409
        assert "withdrawn already" in sent.text
