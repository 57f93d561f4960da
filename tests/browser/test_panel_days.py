"""A panel's days on its pages: what coordinator, member, therapist and manager do, case by case, to an end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.hands import Hands, refresh
from tests.journeys.test_panel_appeals import REFUSAL, hearing
from tests.journeys.test_panel_journeys import HEALTH, HOUSING, ON_THE_WAY, Item, an_item
from tests.support.panels import COORDINATOR, a_meeting, a_panel, meeting_now
from tests.support.served import Site
from tests.support.walks import log, walked

pytestmark = pytest.mark.browser
scripts_on_and_off = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
MEMBER = "panel_member"


@dataclass
class Day:
    """Who works on an item today, each at a screen of their own."""

    site: Site
    visit: Visit
    scripts: bool = False
    item: Item | None = None
    at_work: dict[str, Hands] = field(default_factory=dict)

    @property
    def here(self) -> Item:
        assert self.item is not None
        return self.item

    async def hands(self, who: str) -> Hands:
        if who not in self.at_work:
            self.at_work[who] = Hands(await self.visit(self.site, who, scripts=self.scripts), who)
        return self.at_work[who]

    async def send(self, who: str, path: str, **answers: Any) -> str:
        """Fill in a form and send it; what the next page says."""
        hands = await self.hands(who)
        await hands.person.goto(path)
        await hands.fill(answers)
        await hands.send()
        said = await hands.says()
        assert "There is a problem" not in said, said
        return said

    async def reads(self, who: str, path: str) -> str:
        hands = await self.hands(who)
        await hands.person.goto(path)
        return await hands.says()

    async def attend(self) -> None:
        came = {f"member_{member['id']}": "yes" for member in self.here.meeting["members"]}
        await self.send(COORDINATOR, f"/meetings/{self.here.meeting['id']}/attendance", **came)

    async def all_agree(self) -> None:
        await self.send(MEMBER, f"{self.here.path}/assents", assents=True)
        await self.send(COORDINATOR, f"{self.here.path}/assents", assents=True, organisation=HEALTH)

    async def circulate(self, **answers: str) -> str:
        return await self.send(COORDINATOR, f"{self.here.path}/papers/prepare", **answers)

    async def decide(self, decision: str, who: str = COORDINATOR, **more: Any) -> str:
        answers = {
            "solution": "A ground-floor shower room in the present store.",
            "reasons": "It meets the person's goals.",
            "review_on": self.here.ahead(60),
        }
        return await self.send(who, f"{self.here.path}/decision/{decision}", **(answers | more))

    async def defer(self) -> None:
        path = f"{self.here.path}/decision/defer"
        needed = {
            "what_is_needed": "A second opinion on the drainage.",
            "from_whom": "The technical officer",
            "by_when": self.here.ahead(10),
        }
        await self.send(COORDINATOR, path, **needed)


Begin = Callable[..., Awaitable[Day]]


@pytest.fixture
def begin(office: Site, visit: Visit) -> Begin:
    """A day that begins with a case on an agenda."""

    async def beginning(*, scripts: bool = False) -> Day:
        return Day(office, visit, scripts=scripts, item=await an_item(office.service))

    return beginning


@scripts_on_and_off
async def test_agreed(begin: Begin, scripts: bool) -> None:
    day = await begin(scripts=scripts)
    await day.circulate()
    own = await day.reads(MEMBER, "/my-panel")
    assert day.here.walk.reference in own
    assert "Read the papers" in own
    assert "In the person’s own words" in await day.reads(MEMBER, f"{day.here.path}/papers")
    await day.send(MEMBER, f"{day.here.path}/questions", kind="question", told="Has the drain been looked at?")
    [question] = (await day.here.service.get(COORDINATOR, f"{day.here.path}/papers")).json()["questions"]
    answered = f"{day.here.path}/questions/{question['id']}"
    assert "Yes, in March." in await day.send("occupational_therapist", answered, answer="Yes, in March.")
    await day.attend()
    await day.all_agree()
    assert "Agreed" in await day.decide("agree")
    assert await day.here.stage() == "funding"
    assert "The letter to the person" in await day.reads(COORDINATOR, day.here.path)


@scripts_on_and_off
async def test_agreed_with_conditions(begin: Begin, scripts: bool) -> None:
    day = await begin(scripts=scripts)
    await day.circulate()
    await day.attend()
    await day.all_agree()
    owner = day.site.service.cast["housing_officer"].email
    condition = {"told": "The landlord agrees to the change of use.", "due_on": day.here.ahead(15), "owner": owner}
    assert "Agreed with conditions" in await day.decide("agree_with_conditions", tasks=[condition])
    assert "The landlord agrees to the change of use." in await day.reads("housing_officer", "/panel-tasks")
    [task] = (await day.here.now())["tasks"]
    await day.send("housing_officer", f"/panel-tasks/{task['id']}/end", outcome="done")
    assert "Done." in await day.reads(COORDINATOR, day.here.path)


async def test_deferred_twice_then_agreed(begin: Begin) -> None:
    day = await begin()
    for _ in range(2):
        await day.defer()
        meeting = await a_meeting(day.site.service)
        await refresh(day.here.walk)
        await (await day.hands(COORDINATOR)).take(day.here.walk, "schedule_for_panel", meeting=meeting["id"])
        day.item = Item(day.site.service, day.here.walk, meeting)
    await day.circulate()
    await day.attend()
    await day.all_agree()
    assert "Agreed" in await day.decide("agree")
    timeline = await day.reads(COORDINATOR, f"/cases/{day.here.walk.reference}/timeline")
    assert timeline.count("A second opinion on the drainage.") == 2


async def test_refused_appealed_and_upheld(begin: Begin) -> None:
    day = await begin()
    service, reference = day.site.service, day.here.walk.reference
    await day.circulate()
    await day.attend()
    await day.all_agree()
    answers = {"solution": None, "review_on": None, **REFUSAL}
    await day.send(
        COORDINATOR, f"{day.here.path}/decision/refuse", **{k: v for k, v in answers.items() if v is not None}
    )
    await day.send(COORDINATOR, f"{day.here.path}/letter")
    assert "you may appeal" in (await service.get(COORDINATOR, f"{day.here.path}/letter")).json()["body"]
    await refresh(day.here.walk)
    await (await day.hands("housing_officer")).take(day.here.walk, "appeal")
    assert reference in await day.reads(COORDINATOR, "/appeals")
    heard = {name: value for name, value in hearing(service).items() if name != "place"}
    said = await day.send(COORDINATOR, f"/cases/{reference}/hearing/set", **heard)
    assert "Our rules were applied wrongly" in said
    await day.send(COORDINATOR, f"/cases/{reference}/hearing/attended", attended="with_supporter")
    await (await day.hands("service_manager")).take(day.here.walk, "uphold_appeal")
    assert "The appeal was upheld" in await day.reads(COORDINATOR, f"/cases/{reference}/hearing")
    assert await day.here.stage() == "assessment"


async def test_inquorate_after_a_declared_interest(begin: Begin) -> None:
    day = await begin()
    await day.attend()
    await day.all_agree()
    said = await day.send(MEMBER, f"{day.here.path}/interests", nature="The person is my neighbour.", effect="leaves")
    assert day.here.walk.reference not in said
    said = await day.reads(COORDINATOR, f"{day.here.path}/decision/agree")
    assert "the meeting does not have the members it needs" in said
    assert "Record who came" in said
    assert await day.here.stage() == "panel_scheduled"


async def test_dissent_of_one_partner(begin: Begin) -> None:
    day = await begin()
    await day.attend()
    await day.send(MEMBER, f"{day.here.path}/assents", assents=False, reasons="The cost is not settled.")
    await day.send(COORDINATOR, f"{day.here.path}/assents", assents=True, organisation=HEALTH)
    said = await day.reads(COORDINATOR, day.here.path)
    assert "Clydeview Housing Association: does not agree" in said
    assert "The cost is not settled." in said
    await day.send(MEMBER, f"{day.here.path}/assents", assents=True)
    assert "Agreed" in await day.decide("agree")


async def test_urgent_by_correspondence(office: Site, visit: Visit) -> None:
    service = office.service
    day = Day(office, visit)
    panel = await a_panel(service)
    walk = await log(service, tier="complex")
    await walk.take("screen", fast_track="end_of_life")
    await walk.take("start_assessment")
    await walk.take("refer_to_panel")
    closes = Item(service, walk, {"id": 0}).ahead(3)
    said = await day.send(COORDINATOR, f"/panels/{panel}/correspondence", reference=walk.reference, closes_on=closes)
    assert "Decisions by correspondence until" in said
    number = int((await day.hands(COORDINATOR)).person.path.rsplit("/", 1)[-1])
    day.item = Item(service, walk, await meeting_now(service, number))
    assert "Answer by" in await day.reads(MEMBER, "/my-panel")
    await day.circulate()
    await day.all_agree()
    assert "by correspondence" in await day.decide("agree")


async def test_a_member_is_replaced_in_mid_item(begin: Begin) -> None:
    day = await begin()
    service, panel = day.site.service, day.here.meeting["panel"]
    [seat] = [one for one in day.here.meeting["members"] if one["email"] == service.cast[MEMBER].email]
    await day.send(MEMBER, f"{day.here.path}/assents", assents=False, reasons="Not before the drawings are seen.")
    new = service.cast["team_manager"].email
    await day.send(COORDINATOR, f"/panels/{panel}/members/{seat['id']}", what="replace", email=new)
    member = await day.hands(MEMBER)
    await member.person.goto(day.here.path, status=404)
    day.item = Item(service, day.here.walk, await meeting_now(service, day.here.meeting["id"]))
    await day.attend()
    said = await day.reads(COORDINATOR, day.here.path)
    assert "Clydeview Housing Association: does not agree" in said
    for organisation in (HOUSING, HEALTH):
        await day.send(COORDINATOR, f"{day.here.path}/assents", assents=True, organisation=organisation)
    assert "Agreed" in await day.decide("agree")


async def test_a_meeting_is_cancelled_with_cases_on_it(begin: Begin) -> None:
    day = await begin()
    service = day.site.service
    other = await a_meeting(service, key=day.here.meeting["panel"], ahead=30)
    path = f"/meetings/{day.here.meeting['id']}/cancel"
    said = await day.send(COORDINATOR, path, move_to=other["id"], reason="Snow.")
    assert "Cancelled Snow." in said
    moved = await day.reads(MEMBER, f"/meetings/{other['id']}")
    assert day.here.walk.reference in moved


@scripts_on_and_off
async def test_papers_are_changed_after_circulation(begin: Begin, scripts: bool) -> None:
    day = await begin(scripts=scripts)
    await day.circulate()
    await day.attend()
    await day.all_agree()
    option = {"name": "A ground-floor flat", "cost": "1200.50", "meaning": "A longer wait."}
    await day.send("occupational_therapist", f"{day.here.path}/papers/options", options=[option])
    await day.send(
        COORDINATOR, f"{day.here.path}/papers/withheld", part="person.landlord", reason="It has no bearing on this."
    )
    said = await day.circulate(why="Another home was offered.")
    assert "What has changed since version 1" in said
    assert "It would cost £1,200.50." in said
    assert "Asked again" in await day.reads(MEMBER, day.here.path)
    await day.all_agree()
    assert "Agreed" in await day.decide("agree")


async def test_a_panel_is_set_up_and_holds_its_first_meetings(office: Site, visit: Visit) -> None:
    day = Day(office, visit, scripts=True)
    service = office.service
    await day.send(
        COORDINATOR,
        "/panels/new",
        name="Adaptations board",
        key="adaptations-board",
        quorum="1",
        papers_working_days="3",
    )
    members = {"email": service.cast[MEMBER].email, "sector": "housing", "organisation": "clydeview"}
    assert "Adaptations board" in await day.send(COORDINATOR, "/panels/adaptations-board/members", **members)
    await day.send(
        COORDINATOR,
        "/panels/adaptations-board/series",
        every="1",
        unit="months",
        weekday="2",
        week_of_month="2",
        first_on="2032-01-01",
        last_on="2032-03-31",
        capacity="4",
        starts_at="10:00",
    )
    listed = await day.reads(COORDINATOR, "/panels")
    for held_on in ("14 January 2032", "11 February 2032", "10 March 2032"):
        assert held_on in listed
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    checked = f"/panels/adaptations-board/referrals/{walk.reference}"
    assert "Accepted" in await day.send(COORDINATOR, checked, outcome="accepted")
    meetings = (await service.get(COORDINATOR, "/panels/adaptations-board/meetings")).json()["items"]
    await (await day.hands(COORDINATOR)).take(walk, "schedule_for_panel", meeting=meetings[0]["id"])
    assert "10:00, 30 minutes" in await day.reads(COORDINATOR, f"/meetings/{meetings[0]['id']}")
