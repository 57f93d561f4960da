"""The demo partnership with the cases that pages are looked at with: long names, two hundred events, on hold, ended."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from starlette.requests import Request

from tests.support.authenticator import MovedClock, enrolled
from tests.support.browsing import PASSWORD, browsing
from tests.support.files import picture
from tests.support.served import MORNING, Site, StandingClock, served_demo
from tests.support.uploads import LETTER, added, send
from tests.support.walks import CONVERSATION, Walk, log

A_FAULT: Final = "/a-fault"
"""An address at which the service fails, as it might anywhere."""
WITH_TELEPHONE: Final = "housing_officer.northburn@demo.example"
"""Somebody who signs in with a code."""
LONG_NAME: Final = (
    "Wilhelmina-Constantinopolitana Featherstonehaugh-Cholmondeley-Majoribanks of Sampleshire-upon-Fixture"
)
LONG_WORD: Final = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
RIGHT_TO_LEFT: Final = "דוגמה אברהם בן־יצחק"
MANY_EVENTS: Final = 200
_TWICE: Final = {"name": "Nettie Repeat-Sample", "date_of_birth": "1944-02-29", "nhs_number": None}
_HOME: Final = {"address": "2 Again Lane, Fixtureton", "postcode": "FK2 2TT"}
_ASSESS: Final = ("screen", "start_assessment")
_RECOMMEND: Final = (*_ASSESS, "recommend")
_FUND: Final = (*_RECOMMEND, "approve_recommendation")
_REVIEW: Final = ("screen", "place_order", "complete_works", "pass_check")
_WALKS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "new": ("moderate", ()),
    "unassigned": ("moderate", ("screen",)),
    "assessed": ("moderate", _ASSESS),
    "talked": ("moderate", (*_ASSESS, "conversation")),
    "recommended": ("moderate", _RECOMMEND),
    "funding": ("non_complex", _FUND),
    "approved": ("direct_access", ("screen",)),
    "ordered": ("direct_access", ("screen", "place_order")),
    "review": ("direct_access", _REVIEW),
    "to_panel": ("complex", (*_ASSESS, "refer_to_panel")),
    "asked": ("complex", (*_ASSESS, "refer_to_panel")),
    "on_hold": ("moderate", ("screen", "hold")),
    "ended": ("non_complex", ("close_not_proceeding",)),
    "completed": ("direct_access", (*_REVIEW, "record_outcome")),
    "stale": ("moderate", _ASSESS),
}
"""The tier in which a case begins, and what has been done with it."""


@dataclass(frozen=True)
class Scene:
    """The partnership on its morning, and its cases by what is special about them."""

    site: Site
    cases: Mapping[str, str]
    """By name: references of cases, and numbers of documents of the one that is `assessed`."""


@asynccontextmanager
async def set_scene(url: str) -> AsyncIterator[Scene]:
    """The demo on an empty database, served, with one case of each kind."""
    async with served_demo(url) as site:
        site.service.app.add_route(A_FAULT, _fail)
        await _give_telephone(site)
        cases = {name: await _walked(site, name) for name in _WALKS}
        cases |= await _special(site)
        await _clock(site).put(MORNING)
        cases |= await _documents(site, cases["assessed"]) | await _provided(site)
        cases |= await _panel(site, cases["asked"])
        cases |= await _answered_for(site)
        yield Scene(site, cases)


async def _answered_for(site: Site) -> dict[str, str]:
    """A target with a quarter that is signed off, and a snapshot with a sampled case."""
    wanted = {
        "title": "People wait less", "measure": "end-to-end", "figure": "median_working_days", "better": "lower",
        "officer": site.service.cast["service_manager"].email, "baseline": "90", "baseline_told": "2024-25, all tenures",
        "year": 2025, "target": "60",
    }  # fmt: skip
    answer = await site.service.post("service_manager", "/indicators", wanted)
    assert answer.status_code == 201, answer.text
    number = answer.json()["id"]
    base = f"/indicators/{number}/years/2025/quarters/1"
    said = {"commentary": "Two assessors were ill in May.", "judged": "amber", "judged_because": "Both are back."}
    answer = await site.service.post("service_manager", base, said)
    assert answer.status_code == 201, answer.text
    shown = {"shown": answer.json()["quarters"][0]["shown"]}
    answer = await site.service.post("service_manager", f"{base}/sign-off", shown)
    assert answer.status_code == 201, answer.text
    more = await _more_indicators(site, wanted)
    return {"indicator": str(number), **more, **await _sampled(site)}


_DISTRICT: Final = text(
    "SELECT split_part(postcode, ' ', 1) FROM homes WHERE postcode IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
)


async def _more_indicators(site: Site, wanted: dict[str, Any]) -> dict[str, str]:
    """One of an organisation, with this year's quarter under way; one of a locality; and one that was withdrawn."""
    async with site.service.owner.transaction() as session:
        organisation = await session.scalar(text("SELECT min(name) FROM organisations"))
        district = await session.scalar(_DISTRICT)
    found = {}
    for name, changes in {
        "running": {"scope": "organisation", "scope_value": organisation, "year": 2026},
        "local": {"scope": "locality", "scope_value": district, "figure": "p90_working_days", "baseline": "1250.5"},
        "in_error": {"title": LONG_NAME, "figure": "mean_calendar_days"},
    }.items():
        answer = await site.service.post("service_manager", "/indicators", {**wanted, **changes})
        assert answer.status_code == 201, answer.text
        found[name] = str(answer.json()["id"])
    reason = {"reason": f"It was entered with the wrong measure. {LONG_WORD}"}
    answer = await site.service.post("service_manager", f"/indicators/{found['in_error']}/withdrawal", reason)
    assert answer.status_code == 201, answer.text
    return found


async def _sampled(site: Site) -> dict[str, str]:
    """The year that goes on with a sampled case, and the one before: a part submitted, another nearly complete."""
    for year in (2025, 2026):
        drawn = {"year": year, "seed": "7 19 23 31 40 44", "seed_source": "The lottery of 28 March.", "one_in": 2}
        answer = await site.service.post("service_manager", "/snapshots", drawn)
        assert answer.status_code == 201, answer.text
    *entered, left = (await site.service.get("service_manager", "/snapshots/2025/cases")).json()["items"]
    for number, item in enumerate(entered):
        asked = item["stage"] == "completed" and number % 4 > 0
        entry: dict[str, object] = {
            "outcome_told": "Gets in and out alone again, and goes to the lunch club." if asked else "Still waits.",
            "surveyed": asked,
            "professions": ["Speech and language therapist"] if number % 5 == 0 else [],
        }
        if not asked:
            entry["not_asked_because"] = "not_reached" if item["stage"] == "completed" else "nothing_in_place"
        answer = await site.service.post("service_manager", f"/snapshots/2025/cases/{item['reference']}", entry)
        assert answer.status_code == 201, answer.text
    parts = {
        item["organisation"]: item["reference"] for item in entered if item["organisation"] != left["organisation"]
    }
    organisation, submitted = next(iter(parts.items()))
    keys = (await site.service.get("service_manager", "/snapshots/2025")).json()["parts"]
    key = next(part["key"] for part in keys if part["organisation"] == organisation)
    handed = {"organisation": key, "note": "Two people could not be reached."}
    answer = await site.service.post("service_manager", "/snapshots/2025/submissions", handed)
    assert answer.status_code == 201, answer.text
    sampled = (await site.service.get("occupational_therapist", "/snapshots/2026/cases")).json()["items"]
    return {"sampled": sampled[0]["reference"], "submitted": submitted, "left": left["reference"]}


async def _documents(site: Site, reference: str) -> dict[str, str]:
    """A photograph in two versions, a letter with a long name, and one that was taken away."""
    photograph = await added(
        site.service, reference, picture("JPEG", (900, 600)), name="bath.jpg", about="The bath before the works"
    )
    path = f"/cases/{reference}/documents"
    newer = picture("JPEG", (600, 900))
    answer = await send(site.service, "assessor", f"{path}/{photograph['id']}/versions", newer, name="bath again.jpg")
    assert answer.status_code == 201, answer.text
    await added(site.service, reference, LETTER, kind="letter", name=f"{LONG_WORD}.txt", about=f"{LONG_WORD} said so")
    gone = await added(site.service, reference, LETTER, kind="consent", name="wrong.txt")
    answer = await site.service.post("assessor", f"{path}/{gone['id']}/withdrawal", {"reason": "wrong_person"})
    assert answer.status_code == 201, answer.text
    return {"photograph": str(photograph["id"]), "gone": str(gone["id"])}


async def _give_telephone(site: Site) -> None:
    """Let `WITH_TELEPHONE` sign in with codes, from the pages where anybody does."""
    async with browsing(site.service, base=site.base) as browser:
        await browser.sign_in(WITH_TELEPHONE)
        await enrolled(browser, MovedClock(MORNING), password=PASSWORD)


_PROVIDED: Final = text(
    """
    SELECT c.reference, a.id AS item
      FROM cases c JOIN home_adaptations_now a ON a.case_id = c.id
     WHERE c.outcome = 'adapted'
     ORDER BY (SELECT count(DISTINCT e.kind) FROM case_events e
                WHERE e.case_id = c.id AND e.kind IN ('quote_received', 'survey_answered')) DESC,
              a.mark IS NULL, a.reusable DESC, c.id LIMIT 1
    """
)

_REUSABLE: Final = text("SELECT id FROM home_adaptations_now WHERE reusable AND mark IS NULL ORDER BY id LIMIT 2")


async def _provided(site: Site) -> dict[str, str]:
    """The demo's case that has most to show of provision, and the number of an item in its home."""
    async with site.service.owner.transaction() as session:
        row = (await session.execute(_PROVIDED)).one()
        reusable = (await session.scalars(_REUSABLE)).all()
    for item in reusable:
        body = {"mark": "for_recycling", "marked_on": site.service.app.state.clock.now().date().isoformat()}
        answer = await site.service.post("technical_officer", f"/home-adaptations/{item}/marks", body)
        assert answer.status_code == 201, answer.text
    return {"provided": row.reference, "item": str(row.item)}


_OPEN_ITEM: Final = text(
    """
    SELECT i.reference, i.meeting_id FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id
     WHERE i.closed_at IS NULL AND m.cancelled_at IS NULL
     ORDER BY (SELECT count(*) FROM panel_assents a WHERE a.item_id = i.id) DESC, i.id LIMIT 1
    """
)
_NEXT_MEETING: Final = text(
    "SELECT id FROM panel_meetings WHERE papers_due_on > :today AND cancelled_at IS NULL ORDER BY held_on LIMIT 1"
)


async def _panel(site: Site, asked: str) -> dict[str, str]:
    """A case on an agenda with an interest declared in it, one that was put off, and the task that came of it."""
    async with site.service.owner.transaction() as session:
        open_item = (await session.execute(_OPEN_ITEM)).one()
        coming = await session.scalar(_NEXT_MEETING, {"today": MORNING.date()})
        member = await session.scalar(text("SELECT min(id) FROM panel_members WHERE member_to IS NULL"))
    path = f"/meetings/{open_item.meeting_id}/cases/{open_item.reference}"
    interest = {"nature": "I assessed the person some years ago.", "effect": "stays"}
    answer = await site.service.post("panel_member", f"{path}/interests", interest)
    assert answer.status_code == 201, answer.text
    question = await _papers(site, path)
    deferral = {
        "decision": "defer",
        "answers": {
            "what_is_needed": "A second opinion on the drainage under the store.",
            "from_whom": "The technical officer",
            "by_when": (MORNING + timedelta(days=21)).date().isoformat(),
        },
    }
    path = f"/cases/{asked}/actions/schedule_for_panel"
    answer = await site.service.post("panel_coordinator", path, {"meeting": coming})
    assert answer.status_code == 201, answer.text
    answer = await site.service.post("panel_coordinator", f"/meetings/{coming}/cases/{asked}/decision", deferral)
    assert answer.status_code == 201, answer.text
    return {
        "meeting": str(open_item.meeting_id),
        "on_agenda": open_item.reference,
        "held": str(coming),
        "coming": str(coming),
        "member": str(member),
        "decided": asked,
        "question": question,
        "heard": await _hearing(site),
        "task": str(answer.json()["tasks"][0]["id"]),
    }


async def _hearing(site: Site) -> str:
    """A case with an appeal whose hearing is set."""
    async with site.service.owner.transaction() as session:
        appealed = str(await session.scalar(text("SELECT min(reference) FROM cases WHERE stage = 'appeal'")))
    hearers = [site.service.cast[who].email for who in ("service_manager", "auditor")]
    body = {"ground": "exceptional", "held_on": "2026-06-17", "members": hearers, "chair": hearers[0]}
    answer = await site.service.post("panel_coordinator", f"/cases/{appealed}/hearing", body)
    assert answer.status_code == 201, answer.text
    return appealed


async def _papers(site: Site, item: str) -> str:
    """A second version of the papers, with something withheld, and a question about them; its number."""
    options = [
        {"name": "A ground-floor shower room", "cost": "18500.00", "meaning": "Washing without help, staying put."},
        {"name": "A ground-floor flat", "meaning": "A longer wait, away from the carer next door."},
    ]
    for who, path, body in (
        ("panel_coordinator", "papers/options", {"options": options}),
        ("panel_coordinator", "papers/withheld", {"part": "person.landlord", "reason": "It has no bearing on this."}),
        ("panel_coordinator", "papers", {"why": "The quote has come."}),
        ("panel_member", "questions", {"kind": "comment", "told": "The store has no window."}),
        ("panel_member", "questions", {"kind": "question", "told": "Has the drain been looked at?"}),
    ):
        answer = await site.service.post(who, f"{item}/{path}", body)
        assert answer.status_code == 201, answer.text
    return str(answer.json()["items"][-1]["id"])


async def _fail(request: Request) -> None:
    message = "A fault on purpose"
    raise RuntimeError(message)


def _clock(site: Site) -> StandingClock:
    assert site.clock is not None
    return site.clock


async def _walked(site: Site, name: str) -> str:
    """A case with a week between one step and the next, the last of them a week ago."""
    tier, actions = _WALKS[name]
    begun = MORNING - timedelta(weeks=len(actions) + 1)
    walk = await _log(site, begun, tier=tier)
    for weeks, action in enumerate(actions, 1):
        await _clock(site).put(begun + timedelta(weeks=weeks))
        if action == "conversation":
            await walk.record("occupational_therapist", action, CONVERSATION)
        else:
            await walk.take(action)
    return walk.reference


async def _log(site: Site, at: datetime, **more: Any) -> Walk:
    await _clock(site).put(at)
    contact = at.date().isoformat()
    consent = {"share_with_partners": True, "recorded_on": contact, "given_by": "the person"}
    return await log(site.service, first_contact_on=contact, consent=consent, **more)


async def _special(site: Site) -> dict[str, str]:
    last_week = MORNING - timedelta(weeks=1)
    long = await _log(
        site,
        last_week,
        tier="complex",
        person={"name": LONG_NAME, "preferred_contact": LONG_WORD * 2},
        home={"address": f"Flat 3/2, {LONG_WORD}, {LONG_WORD} Avenue, Fixtureton-under-Sample"},
        need={"description": f"{LONG_WORD} " * 3 + "Cannot get into the bath, nor out of it. " * 40},
    )
    right_to_left = await _log(site, last_week, tier="non_complex", person={"name": RIGHT_TO_LEFT})
    offered = await _log(site, last_week, tier="moderate")
    await offered.take("screen")
    await offered.record("housing_officer", "handover", {"organisation": "eastlaw", "reason": "They assess."})
    first = await _log(site, last_week, tier="moderate", person=_TWICE, home=_HOME)
    again = await _log(site, last_week, tier="moderate", person=_TWICE, home=_HOME)
    return {
        "long": long.reference,
        "right_to_left": right_to_left.reference,
        "many_events": await _much_written(site),
        "offered": offered.reference,
        "first": first.reference,
        "repeat": again.reference,
    }


async def _much_written(site: Site) -> str:
    """A case on which something was written down every day for most of a year."""
    begun = MORNING - timedelta(days=MANY_EVENTS)
    walk = await _log(site, begun, tier="moderate")
    await walk.take("screen")
    for days in range(walk.sequence, MANY_EVENTS):
        await _clock(site).put(begun + timedelta(days=days))
        await walk.record("housing_officer", "notes", {"note": f"Call {days}: rang, and nobody answered."})
    return walk.reference
