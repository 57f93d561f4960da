"""Papers of a case: prepared, withheld in part, circulated, changed, asked about, and read by those alone who may."""

import asyncio
import hashlib
import io

import orjson
import pikepdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.journeys.test_panel_journeys import HEALTH, HOUSING, Item, _exceptions, an_item
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.files import picture
from tests.support.panels import COORDINATOR, coordinate
from tests.support.service import API, Service

pytestmark = pytest.mark.database
THERAPIST = "occupational_therapist"
OPTIONS = {
    "options": [
        {"name": "A ground-floor shower room", "cost": "18500.00", "meaning": "Washing without help."},
        {"name": "A ground-floor flat", "meaning": "A longer wait, away from the carer."},
    ]
}


async def circulated(service: Service, item: Item, **more: str) -> dict:
    return await coordinate(service, f"{item.path}/papers", more)


def part(papers: dict, key: str) -> dict[str, list[str]]:
    [found] = [one for one in papers["parts"] if one["key"] == key]
    return {line["label"]: line["texts"] for line in found["lines"]}


async def test_papers_are_put_together_from_the_case(service: Service) -> None:
    item = await an_item(service)
    assert (await service.get("panel_member", f"{item.path}/papers")).status_code == 404
    draft = (await service.get(THERAPIST, f"{item.path}/papers/draft")).json()
    assert draft["missing"] == ["goals", "options"]
    assert (await service.post(THERAPIST, f"{item.path}/papers/options", OPTIONS)).status_code == 201
    assert (await service.post("panel_member", f"{item.path}/papers/options", OPTIONS)).status_code == 403
    papers = await circulated(service, item)
    case = (await service.get(COORDINATOR, f"/cases/{item.walk.reference}")).json()
    assert part(papers, "person")["Name"] == [case["person"]["name"]]
    assert part(papers, "need")["What was asked for"] == [case["need"]["description"]]
    assert part(papers, "views")["What matters"]
    assert set(part(papers, "referral")) == {
        "Why is there no straightforward solution",
        "Which options have been tried or ruled out",
    }
    assert part(papers, "options")["A ground-floor shower room"] == [
        "It would cost £18,500.00.",
        "For the person: Washing without help.",
    ]
    assert part(papers, "options")["A ground-floor flat"][0] == "Its cost is not known yet."
    told = str(papers["parts"])
    for never in ("phone", "email", "chi_number", "date_of_birth"):
        if case["person"][never]:
            assert str(case["person"][never]) not in told
    assert (papers["version"], papers["changes"], papers["why"]) == (1, [], None)
    read = (await service.get("panel_member", f"{item.path}/papers")).json()
    assert read["parts"] == papers["parts"]
    assert (await service.get(STRANGER, f"{item.path}/papers")).status_code == 404
    async with service.owner.transaction() as session:
        row = (await session.execute(text("SELECT content, sha256 FROM panel_packs ORDER BY id DESC LIMIT 1"))).one()
    written = orjson.dumps(row.content, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(written).digest() == bytes(row.sha256) == bytes.fromhex(papers["sha256"])


async def test_papers_that_change_after_circulation_are_shown_as_changes_and_partners_are_asked_again(
    service: Service,
) -> None:
    item = await an_item(service)
    await item.attend()
    await circulated(service, item)
    await item.all_agree()
    assert (await item.now())["missing_assents"] == []
    same = await service.post(COORDINATOR, f"{item.path}/papers", {})
    assert (same.status_code, blocker(same.json())) == (409, "unchanged")
    await service.post(THERAPIST, f"{item.path}/papers/options", OPTIONS)
    assert pointers((await service.post(COORDINATOR, f"{item.path}/papers", {})).json()) == ["/why"]
    papers = await circulated(service, item, why="The quote has come.")
    assert (papers["version"], papers["why"]) == (2, "The quote has come.")
    assert [(one["kind"], one["label"]) for one in papers["changes"]] == [
        ("came", "A ground-floor shower room"),
        ("came", "A ground-floor flat"),
    ]
    first = (await service.get("panel_member", f"{item.path}/papers?version=1")).json()
    assert (first["version"], first["newest"], part(first, "options")) == (1, 2, {})
    assert (await service.get("panel_member", f"{item.path}/papers?version=3")).status_code == 404
    stands = await item.now()
    assert len(stands["missing_assents"]) == 2
    assert [word["current"] for word in stands["assents"]] == [False, False]
    assert [one["code"] for one in (await item.decide("agree")).json()["blockers"]] == ["assent_missing"]
    await item.all_agree()
    assert (await item.decide("agree")).status_code == 201
    assert await _exceptions(service, item) == []
    late = await service.post(COORDINATOR, f"{item.path}/papers", {"why": "Too late."})
    assert (late.status_code, blocker(late.json())) == (409, "off_the_agenda")


async def test_what_was_circulated_stays_as_it_was(service: Service) -> None:
    item = await an_item(service)
    before = await circulated(service, item)
    note = {"note": "The daughter has moved away."}
    await service.post(THERAPIST, f"/cases/{item.walk.reference}/notes", note)
    await service.post(THERAPIST, f"{item.path}/papers/options", OPTIONS)
    assert (await service.get("panel_member", f"{item.path}/papers")).json() == before
    for change in ("UPDATE panel_packs SET why = 'x'", "DELETE FROM panel_packs"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with service.app.state.db.transaction() as session:
                await session.execute(text(change))


async def test_members_do_not_see_what_is_withheld_nor_the_case_itself(service: Service) -> None:
    item = await an_item(service)
    case, withheld = f"/cases/{item.walk.reference}", f"{item.path}/papers/withheld"
    address = (await service.get(COORDINATOR, case)).json()["home"]["address"]
    assert (await service.get("panel_member", case)).status_code == 200
    body = {"part": "person.home", "reason": "Nobody needs it to decide."}
    assert pointers((await service.post(COORDINATOR, withheld, {**body, "part": "person.shoes"})).json()) == ["/part"]
    assert pointers((await service.post(COORDINATOR, withheld, {"part": "person.home"})).json()) == ["/reason"]
    assert (await service.post("panel_member", withheld, body)).status_code == 403
    assert (await service.post(COORDINATOR, withheld, body)).status_code == 201
    papers = await circulated(service, item)
    assert address not in str(papers)
    assert part(papers, "person")["Withheld"] == ["Nobody needs it to decide."]
    for path in (case, f"{case}/events", f"{case}/documents", f"{item.path}/papers/draft"):
        assert (await service.get("panel_member", path)).status_code == 404
    for wanted in (item.walk.reference, address):
        found = (await service.get("panel_member", "/cases", search=wanted)).json()["items"]
        assert item.walk.reference not in [one["reference"] for one in found]
    assert (await service.get("panel_member", f"{item.path}/papers")).json()["parts"] == papers["parts"]
    # Nor in what was circulated before: neither among the changes, nor in the earlier version.
    name = part(papers, "person")["Name"][0]
    await coordinate(service, withheld, {"part": "person.name", "reason": "The panel decides without names."})
    later = await circulated(service, item, why="Without names.")
    first = (await service.get("panel_member", f"{item.path}/papers?version=1")).json()
    for seen in (later, first, (await service.get("panel_member", f"{item.path}/papers")).json()):
        assert name not in str(seen)
    await coordinate(service, withheld, {"part": "person.name"})
    assert (await service.post(COORDINATOR, withheld, {"part": "person.home"})).status_code == 201
    again = await circulated(service, item, why="The address is needed for the drawings.")
    assert address in str(again)
    assert (await service.get("panel_member", case)).status_code == 200


async def test_drawings_go_with_the_papers_unless_they_are_withheld(service: Service) -> None:
    item = await an_item(service)
    documents = f"{API}/cases/{item.walk.reference}/documents"
    ids = []
    for _ in range(2):
        added = await service.http.post(
            documents,
            files={"file": ("plan.jpg", picture())},
            data={"kind": "drawing"},
            headers=service.cast[THERAPIST].headers,
        )
        assert added.status_code == 201, added.text
        ids.append(added.json()["id"])
    body = {"part": f"documents.document_{ids[0]}", "reason": "It shows the neighbour."}
    await coordinate(service, f"{item.path}/papers/withheld", body)
    papers = await circulated(service, item)
    assert papers["documents"] == ids[1:]
    # The case is closed to the member, and the drawing can be read with the papers all the same.
    content = [await service.get("panel_member", f"{item.path}/papers/documents/{one}/content") for one in ids]
    assert [one.status_code for one in content] == [404, 200]
    assert (await service.get(STRANGER, f"{item.path}/papers/documents/{ids[1]}/content")).status_code == 404
    # Withheld after all, it is at once, before anything is circulated anew.
    held = {"part": f"documents.document_{ids[1]}", "reason": "It shows the neighbour too."}
    await coordinate(service, f"{item.path}/papers/withheld", held)
    late = await service.get("panel_member", f"{item.path}/papers/documents/{ids[1]}/content")
    assert late.status_code == 404
    assert (await service.get("panel_member", f"{item.path}/papers")).json()["documents"] == []
    await coordinate(service, f"{item.path}/papers/withheld", {"part": held["part"]})
    leaving = {"nature": "The person is my neighbour.", "effect": "leaves"}
    assert (await service.post("panel_member", f"{item.path}/interests", leaving)).status_code == 201
    for path in ("papers", "papers.pdf", f"papers/documents/{ids[1]}/content"):
        assert (await service.get("panel_member", f"{item.path}/{path}")).status_code == 404


async def test_papers_are_taken_as_pdf_one_by_one_and_for_the_whole_meeting(service: Service) -> None:
    item = await an_item(service)
    papers = await circulated(service, item)
    meeting = f"/meetings/{item.meeting['id']}"
    for path in (f"{item.path}/papers.pdf", f"{meeting}/papers.pdf"):
        response = await service.get("panel_member", path)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
        assert item.walk.reference not in response.headers["content-disposition"]
        pdf = pikepdf.open(io.BytesIO(response.content))
        assert str(pdf.docinfo["/Title"]).startswith("Papers")
    together = (await service.get("panel_member", f"{meeting}/papers")).json()["items"]
    assert [one["parts"] for one in together] == [papers["parts"]]
    assert (await service.get(STRANGER, f"{meeting}/papers")).json()["items"] == []


async def test_a_member_asks_before_the_meeting_and_is_answered(service: Service) -> None:
    item = await an_item(service)
    question = {"kind": "question", "told": "Has the drain been looked at?"}
    asked = await service.post("panel_member", f"{item.path}/questions", question)
    assert asked.status_code == 201, asked.text
    remark = {"kind": "comment", "told": "The store has no window."}
    [first, second] = (await service.post("panel_member", f"{item.path}/questions", remark)).json()["items"]
    for who, status in (("housing_officer", 403), (STRANGER, 404)):
        assert (await service.post(who, f"{item.path}/questions", question)).status_code == status
    answer = {"answer": "Yes, in March."}
    path = f"{item.path}/questions/{first['id']}/answer"
    assert (await service.post("panel_member", path, answer)).status_code == 403
    no_question = await service.post(THERAPIST, f"{item.path}/questions/{second['id']}/answer", answer)
    assert (no_question.status_code, blocker(no_question.json())) == (409, "no_question")
    both = await asyncio.gather(service.post(THERAPIST, path, answer), service.post(COORDINATOR, path, answer))
    assert sorted(one.status_code for one in both) == [201, 409]
    papers = await circulated(service, item)
    assert [one["answer"] for one in papers["questions"]] == ["Yes, in March.", None]


async def test_a_decision_without_papers_is_an_exception_on_record(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.assent(HOUSING)
    await item.assent(HEALTH)
    assert (await item.decide("agree")).status_code == 201
    assert await _exceptions(service, item) == ["decided_without_papers"]


async def test_papers_and_a_word_at_once_leave_no_word_that_counts_on_papers_unread(service: Service) -> None:
    for _ in range(4):
        item = await an_item(service)
        given, sent = await asyncio.gather(
            service.post("panel_member", f"{item.path}/assents", {"assents": True}),
            service.post(COORDINATOR, f"{item.path}/papers", {}),
        )
        assert (given.status_code, sent.status_code) == (201, 201)
        async with service.owner.transaction() as session:
            known = {"reference": item.walk.reference}
            about = await session.scalar(
                text(
                    "SELECT a.pack_version FROM panel_assents a JOIN panel_items i ON i.id = a.item_id"
                    " WHERE i.reference = :reference"
                ),
                known,
            )
        [word] = (await item.now())["assents"]
        assert word["current"] is (about == 1)


async def test_members_lose_sight_of_papers_some_days_after_the_decision(service: Service) -> None:
    item = await an_item(service)
    await circulated(service, item)
    await item.attend()
    await item.all_agree()
    assert (await item.decide("agree")).status_code == 201
    # The case is closed to them with the decision, the papers fourteen days later by the terms.
    assert (await service.get("panel_member", f"/cases/{item.walk.reference}")).status_code == 404
    for days, status in ((13, 200), (15, 404)):
        async with service.owner.transaction() as session:
            await session.execute(text("ALTER TABLE panel_items DISABLE TRIGGER panel_item_guard"))
            await session.execute(
                text(
                    "UPDATE panel_items SET closed_at = now() - make_interval(days => :days) WHERE reference = :reference"
                ),
                {"days": days, "reference": item.walk.reference},
            )
            await session.execute(text("ALTER TABLE panel_items ENABLE TRIGGER panel_item_guard"))
        for path in (item.path, f"{item.path}/papers", f"{item.path}/papers.pdf"):
            assert (await service.get("panel_member", path)).status_code == status
        meeting = (await service.get("panel_member", f"/meetings/{item.meeting['id']}/papers")).json()["items"]
        assert len(meeting) == (status == 200)
    assert (await service.get(COORDINATOR, f"{item.path}/papers")).status_code == 200


async def test_papers_circulated_twice_at_once_are_one_version(service: Service) -> None:
    item = await an_item(service)
    both = await asyncio.gather(*(service.post(COORDINATOR, f"{item.path}/papers", {}) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [201, 409]
    assert (await service.get(COORDINATOR, f"{item.path}/papers")).json()["newest"] == 1
