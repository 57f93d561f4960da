"""The journal as open event data: well formed, whole, in order, and without anybody's name or words."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text

from app.access.permissions import GRANTS, Permission
from app.access.roles import Role
from app.reports.exports.ocel import ocel
from app.reports.exports.pseudonyms import Pseudonyms
from app.reports.exports.xes import xes
from tests.support.journals import Step, Written, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

XES, OCEL = "/exports/journal.xes", "/exports/journal.ocel.json"
NS = "{http://www.xes-standard.org/}"
SECRETS = ("Davina", "Dummie", "Sample Street", "Made up", "kitchen stairs", "Clydeview", "clydeview", "test.example")


@pytest.fixture(scope="module")
async def written(counting: Service) -> Written:
    """A case whose second event has words in it and was corrected later."""
    steps = [
        Step(at=noon("2025-01-06")),
        Step(at=noon("2025-01-08"), to="works", details={"note": 'Fell on the kitchen stairs <&">'}),
        Step(at=noon("2025-01-09"), to="installed", effects={"clock": "stops", "solution": "adapted"}),
        Step(
            at=noon("2025-01-10"),
            kind="corrected",
            details={"sequence": 2, "field": "occurred_at", "now": noon("2025-01-07").isoformat(), "why": "Made up."},
        ),
    ]
    async with counting.owner.transaction() as session:
        found = counting.cast.organisations
        return await write_case(
            session, steps, custody_id=found["clydeview"], first_contact_on="2025-01-06", actor_kind="user"
        )


async def pseudonym(service: Service, case: Written) -> str:
    async with service.owner.transaction() as session:
        return (await Pseudonyms.of_database(session)).of("case", case.id)


async def test_an_xes_log_is_whole_and_in_order(counting: Service, written: Written) -> None:
    answer = await counting.get("service_manager", XES)
    assert answer.headers["content-type"] == "application/xml"
    log = ET.fromstring(answer.content)
    assert (log.tag, log.get("xes.version")) == (f"{NS}log", "1.0")
    kinds = [element.tag.removeprefix(NS) for element in log]
    assert kinds == sorted(kinds, key=["extension", "global", "classifier", "string", "trace"].index)
    name = await pseudonym(counting, written)
    [trace] = [trace for trace in log.iter(f"{NS}trace") if _values(trace)["concept:name"] == name]
    told = [_values(event) for event in trace.iter(f"{NS}event")]
    assert [(event["concept:name"], event["time:timestamp"][:10]) for event in told] == [
        ("step", "2025-01-06"),
        ("step", "2025-01-07"),
        ("step", "2025-01-09"),
        ("corrected", "2025-01-10"),
    ]
    assert told[2]["clock"] == "stops"
    assert all({"lifecycle:transition", "org:resource", "org:group"} <= event.keys() for event in told)
    traces = len(log.findall(f"{NS}trace"))
    async with counting.owner.transaction() as session:
        assert traces == await session.scalar(text("SELECT count(*) FROM cases"))


def _values(element: ET.Element) -> dict[str, str]:
    children = [child for child in element if child.get("key")]
    values = {child.get("key", ""): child.get("value", "") for child in children}
    assert len(values) == len(children), "a key stands once"
    return values


async def test_an_ocel_log_refers_only_to_what_it_has(counting: Service, written: Written) -> None:
    log = (await counting.get("service_manager", OCEL)).json()
    assert set(log) == {"objectTypes", "eventTypes", "objects", "events"}
    objects = {entry["id"]: entry["type"] for entry in log["objects"]}
    assert set(objects.values()) == {"case", "organisation", "staff"} == {kind["name"] for kind in log["objectTypes"]}
    types = {kind["name"]: {a["name"] for a in kind["attributes"]} for kind in log["eventTypes"]}
    for event in log["events"]:
        assert {a["name"] for a in event["attributes"]} <= types[event["type"]]
        assert {related["objectId"] for related in event["relationships"]} <= set(objects)
        assert datetime.fromisoformat(event["time"]).tzinfo == UTC
    assert len({event["id"] for event in log["events"]}) == len(log["events"])
    name = await pseudonym(counting, written)
    mine = [event for event in log["events"] if event["id"].startswith(name)]
    assert [event["time"][:10] for event in mine] == ["2025-01-06", "2025-01-07", "2025-01-09", "2025-01-10"]


@pytest.mark.parametrize("path", [XES, OCEL])
async def test_nobody_is_named_and_nothing_is_quoted(counting: Service, written: Written, path: str) -> None:
    content = (await counting.get("auditor", path)).text
    assert written.reference not in content
    for secret in SECRETS:
        assert secret not in content
    assert (await pseudonym(counting, written)) in content


async def test_the_order_of_an_export_tells_nobodys_number(fresh_service: Service) -> None:
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.transaction() as session:
        cases = [
            await write_case(
                session, [Step(at=noon("2025-01-06")), Step(at=noon("2025-01-07"), to="works")], custody_id=custody,
                first_contact_on="2025-01-06",
            )
            for _ in range(150)
        ]  # fmt: skip
        names = await Pseudonyms.of_database(session)
        people = list(await session.scalars(text("SELECT id FROM users ORDER BY id")))
    numbered = [names.of("case", one.id) for one in cases]
    traces = ET.fromstring((await fresh_service.get("service_manager", XES)).content).iter(f"{NS}trace")
    told = [_values(trace)["concept:name"] for trace in traces]
    log = (await fresh_service.get("service_manager", OCEL)).json()
    objects = {kind: [o["id"] for o in log["objects"] if o["type"] == kind] for kind in ("case", "staff")}
    events = [event["id"] for event in log["events"]]
    assert sorted(told) == sorted(objects["case"]) == sorted(numbered)
    for order, by_number in ((told, numbered), (objects["case"], numbered), (objects["staff"], None)):
        known = by_number if by_number is not None else [names.of("staff", number) for number in people]
        assert order != known
        # By chance about one of them would stand where its number says.
        assert sum(one == other for one, other in zip(order, known, strict=True)) <= 5
    # More than are read at once, and each case's events stay together and in order.
    assert events == [f"{name}-{sequence}" for name in told for sequence in (1, 2)]
    again = (await fresh_service.get("service_manager", OCEL)).json()
    assert again == log


def test_a_pseudonym_needs_the_salt() -> None:
    one, other = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    assert one.of("case", 7) == one.of("case", 7)
    assert len({one.of("case", 7), one.of("case", 8), one.of("staff", 7), other.of("case", 7)}) == 4


@pytest.mark.parametrize("path", [XES, OCEL])
@pytest.mark.parametrize("role", list(Role))
async def test_exports_are_for_those_with_the_permission(counting: Service, role: Role, path: str) -> None:
    answer = await counting.get(role.value, path)
    assert answer.status_code == (200 if role in GRANTS[Permission.EXPORT_READ] else 403)


@pytest.mark.parametrize("path", [XES, OCEL])
async def test_nobody_exports_without_a_token(counting: Service, path: str) -> None:
    assert (await counting.http.get(f"/api/v1{path}")).status_code == 401


@pytest.mark.parametrize("write", [xes, ocel])
async def test_an_export_comes_in_pieces_that_do_not_grow_with_the_journal(fresh_service: Service, write: Any) -> None:
    notes = [Step(at=noon("2025-01-06", minutes=n), kind="note_added") for n in range(1, 1_200)]
    async with fresh_service.owner.engine.connect() as session:
        custody = fresh_service.cast.organisations["clydeview"]
        steps = [Step(at=noon("2025-01-06")), *notes]
        await write_case(session, steps, custody_id=custody, first_contact_on="2025-01-06")
        sizes = [len(piece) async for piece in write(session)]
        await session.rollback()
    assert len(sizes) > 2
    assert max(sizes) < sum(sizes) * 0.6


@pytest.mark.parametrize("path", [XES, OCEL])
async def test_an_export_is_on_record_with_every_case_and_kept_by_no_cache(
    counting: Service, written: Written, path: str
) -> None:
    answer = await counting.get("service_manager", path)
    assert answer.headers["cache-control"] == "no-store"
    read = await counting.get("service_manager", f"/cases/{written.reference}/reads")
    assert f"GET {path}" in {one["route"] for one in read.json()["items"]}
    unrecorded = text(
        "SELECT count(*) FROM cases c WHERE NOT EXISTS"
        " (SELECT FROM case_reads r WHERE r.route = :route AND r.case_ids @> ARRAY[c.id])"
    )
    async with counting.owner.transaction() as session:
        assert await session.scalar(unrecorded, {"route": f"GET {path}"}) == 0
