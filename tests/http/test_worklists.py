"""Named lists, filters, orders and search over HTTP: what is on each, for whom, and what is refused by name."""

from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest
from sqlalchemy import text

from app.cases.lists import LISTS, ListName
from app.cases.orders import ORDERS, OrderName
from tests.support.answers import pointers
from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.queries import counted
from tests.support.referrals import referral
from tests.support.service import Service, running_service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER, THERAPIST, MANAGER = "housing_officer", "occupational_therapist", "team_manager"


@pytest.fixture(scope="module")
async def cases(database_server: TestServer, worker_name: str) -> AsyncIterator["Cases"]:
    """A partnership with a case of each kind, which the tests here only read."""
    with database_server.fresh(f"{worker_name}_worklists") as url:
        async with running_service(url) as service:
            yield await Cases.made(service)


class Cases:
    """One case of each kind, by what it is."""

    def __init__(self, service: Service, walks: dict[str, Walk], stranger: str) -> None:
        self.service = service
        self.walks = walks
        self.stranger = stranger

    @classmethod
    async def made(cls, service: Service) -> "Cases":
        walks = {
            "new": await log(service, tier="moderate"),
            "mine": await walked(service, tier="moderate"),
            "colleague": await walked(service, "screen", tier="moderate"),
            "offered": await walked(service, "screen", tier="complex"),
            "held": await walked(service, "screen", "hold", tier="moderate"),
            "ended": await walked(service, "close_not_proceeding", tier="moderate"),
            "late": await walked(service, tier="moderate"),
        }
        await walks["mine"].record(OFFICER, "assignment", {"assigned_to": "me"})
        therapist = service.cast[THERAPIST].email
        await walks["colleague"].record(OFFICER, "assignment", {"assigned_to": therapist})
        await walks["offered"].record(OFFICER, "handover", {"organisation": "eastlaw", "reason": "Needs an OT."})
        stranger = await service.post(STRANGER, "/referrals", referral(home={"landlord": "Elsewhere Council"}))
        async with service.owner.transaction() as session:
            late = text("UPDATE cases SET due_on = current_date - 3 WHERE reference = :reference")
            await session.execute(late, {"reference": walks["late"].reference})
        return cls(service, walks, stranger.json()["reference"])

    async def on(self, who: str, **wanted: Any) -> set[str]:
        """What somebody finds, by the names above; the stranger's is `theirs`."""
        response = await self.service.get(who, "/cases", limit=200, **wanted)
        assert response.status_code == 200, response.text
        known = {walk.reference: name for name, walk in self.walks.items()} | {self.stranger: "theirs"}
        return {known[case["reference"]] for case in response.json()["items"]}


OPEN = {"new", "mine", "colleague", "offered", "held", "late"}


@pytest.mark.parametrize(
    ("who", "name", "found"),
    [
        (OFFICER, "mine", {"mine"}),
        (THERAPIST, "mine", {"colleague"}),
        (STRANGER, "mine", set()),
        (OFFICER, "team", OPEN),
        (STRANGER, "team", {"theirs"}),
        (OFFICER, "unassigned", OPEN - {"mine", "colleague"}),
        # Screening is the housing officer's; a case assigned to a colleague with another role still waits on her.
        (OFFICER, "waiting", {"new", "mine", "late"}),
        # The stage is hers, and the case is hers or nobody's; and her other organisation was offered one.
        (THERAPIST, "waiting", {"colleague", "offered"}),
        ("senior_occupational_therapist", "waiting", {"offered"}),
        ("funding_officer", "waiting", set()),
        (OFFICER, "overdue", {"late"}),
        (STRANGER, "overdue", set()),
        ("auditor", "overdue", {"late"}),
        (OFFICER, "handovers", {"offered"}),
        (THERAPIST, "handovers", {"offered"}),
        ("service_manager", "handovers", {"offered"}),
        (STRANGER, "handovers", set()),
        (OFFICER, "open", OPEN),
        ("service_manager", "open", OPEN | {"theirs"}),
        ("panel_member", "open", set()),
    ],
)
async def test_each_list_holds_what_it_says(cases: Cases, who: str, name: str, found: set[str]) -> None:
    assert await cases.on(who, list=name) == found


async def test_a_case_no_longer_waits_on_me_when_a_colleague_with_my_role_has_it(cases: Cases) -> None:
    service = cases.service
    walk = await log(service, tier="moderate")
    path = {"list": "waiting", "q": walk.reference}
    assert len((await service.get(OFFICER, "/cases", **path)).json()["items"]) == 1
    await walk.record(OFFICER, "assignment", {"assigned_to": service.cast[STRANGER].email})
    assert (await service.get(OFFICER, "/cases", **path)).json()["items"] == []
    assert len((await service.get(STRANGER, "/cases", **path)).json()["items"]) == 1
    await walk.take("close_not_proceeding")
    assert (await service.get(STRANGER, "/cases", **path)).json()["items"] == []
    cases.walks["closed"] = walk


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"tier": "complex"}, {"offered"}),
        ({"stage": "awaiting_assessment"}, {"colleague", "offered"}),
        ({"stage": "awaiting_assessment", "tier": "moderate"}, {"colleague"}),
        ({"group": "held"}, {"held"}),
        ({"on_hold": True}, {"held"}),
        ({"on_hold": False, "list": "unassigned"}, {"new", "offered", "late"}),
        ({"tenure": "rsl_tenant", "list": "open"}, OPEN),
        ({"tenure": "owner_occupier"}, set()),
        ({"priority": "none", "list": "open"}, {"new", "mine", "late"}),
        ({"fast_track": "true"}, set()),
        ({"fast_track": "hospital_discharge"}, set()),
        ({"due": "overdue"}, {"late"}),
        ({"due": "on_hold"}, {"held"}),
        ({"organisation": "clydeview", "list": "open"}, OPEN),
        ({"organisation": "Eastlaw HSCP Occupational Therapy"}, set()),
        ({"assigned_to": "me"}, {"mine"}),
        ({"assigned_to": "nobody", "list": "open", "group": "assessing"}, {"offered"}),
        ({"assigned_to": "occupational_therapist@test.example"}, {"colleague"}),
        ({"adaptation": "level_access_shower", "list": "mine"}, {"mine"}),
        ({"adaptation": "ground_floor_shower_room"}, {"offered"}),
    ],
)
async def test_filters_narrow_and_are_combined(cases: Cases, wanted: dict[str, Any], found: set[str]) -> None:
    assert await cases.on(OFFICER, **wanted) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tier", "enormous"), ("stage", "limbo"), ("group", "x"), ("tenure", "castle"), ("priority", "urgent!"),
        ("fast_track", "maybe"), ("due", "never"), ("organisation", "nowhere"), ("assigned_to", "nobody@nowhere.example"),
        ("assigned_to", "2000000000"), ("assigned_to", "Davina"), ("adaptation", "moat"), ("on_hold", "perhaps"),
        ("list", "theirs"), ("sort", "height"),
    ],
)  # fmt: skip
async def test_a_value_that_nobody_knows_is_refused_by_name(cases: Cases, name: str, value: str) -> None:
    response = await cases.service.get(OFFICER, "/cases", **{name: value})
    assert response.status_code == 422, response.text
    assert pointers(response.json()) == [f"/{name}"]


async def test_every_fault_is_named_at_once(cases: Cases) -> None:
    response = await cases.service.get(OFFICER, "/cases", tier="x", stage="y", organisation="z", list="mine")
    assert pointers(response.json()) == ["/tier", "/stage", "/organisation"]


@pytest.mark.parametrize("order", ORDERS)
async def test_an_order_is_read_page_by_page_without_gap_or_double(cases: Cases, order: OrderName) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await cases.service.get(OFFICER, "/cases", sort=order, limit=2, **cursor)).json()
        seen += [case["reference"] for case in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    whole = (await cases.service.get(OFFICER, "/cases", sort=order, limit=200)).json()["items"]
    assert seen == [case["reference"] for case in whole]
    assert len(set(seen)) == len(seen) >= 7
    keys = {
        "due": lambda case: (case["ended_at"] is not None, case["due_on"] or "9999"),
        "waited": lambda case: (case["ended_at"] is not None, case["first_contact_on"]),
        "newest": lambda case: -int(case["reference"].split("-")[1]),
        "name": lambda case: case["person"]["name"].split()[-1].casefold().replace("-", " ").split()[-1],
        "first": lambda case: case["ended_at"] is not None,
    }
    assert [keys[order](case) for case in whole] == sorted(keys[order](case) for case in whole)


async def test_a_cursor_of_one_order_is_refused_by_another_and_holds_no_name(cases: Cases) -> None:
    service = cases.service
    cursors = {
        order: (await service.get(OFFICER, "/cases", sort=order, limit=1)).json()["next_cursor"] for order in ORDERS
    }
    for order in ORDERS:
        for other, cursor in cursors.items():
            response = await service.get(OFFICER, "/cases", sort=order, cursor=cursor)
            assert response.status_code == (200 if order == other else 422)


def test_the_names_of_lists_and_orders_are_those_of_the_document() -> None:
    assert tuple(LISTS) == tuple(sorted(get_args(ListName), key=list(LISTS).index))
    assert set(ORDERS) == set(get_args(OrderName))


async def test_a_page_of_a_list_costs_a_few_statements_however_many_rows(cases: Cases) -> None:
    for wanted, most in (({}, 3), ({"list": "waiting"}, 3), ({"organisation": "clydeview"}, 4), ({"q": "Dummie"}, 4)):
        with counted(cases.service) as statements:
            response = await cases.service.get(OFFICER, "/cases", limit=200, **wanted)
        assert len(response.json()["items"]) >= 1
        assert statements.count <= most, str(statements)
