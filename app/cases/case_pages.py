"""The pages of one case: where it stands and what can be done now, its timeline, its possible repeats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.cases import shown
from app.cases.agreed import agreed
from app.cases.available import judged_actions
from app.cases.due_explained import why_end_to_end
from app.cases.events import newest_events, shown_event
from app.cases.handover import pending_handover
from app.cases.offers import offers_of, recordable
from app.cases.opened import CaseTab, OpenedCase, frame
from app.cases.presenters import TENURE_WORDS
from app.cases.route import stops
from app.cases.sheets import casework_at, open_at
from app.cases.time_shown import show_time
from app.cases.wording import Told, tell
from app.edge.pages import AtPageDesk, PageDesk, View
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.paging import decode_number, encode
from app.pathways.pathway import CompiledPathway

router = APIRouter(include_in_schema=False)
CASE_TABS: Final = (CaseTab("Overview"), CaseTab("Timeline", "timeline"))
ENTRIES: Final = 40
KEY_EVENTS: Final = 200
Recorded = Annotated[int | None, Query(ge=1, le=10**6)]


@router.get("/cases/{reference}")
async def get_case(reference: str, desk: AtPageDesk, recorded: Recorded = None) -> Response:
    """Where the case stands, what can be done now and what cannot and why. `recorded`: what has just been done."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        return View("cases/templates/case.html", await _overview(session, actor, desk, opened, recorded))

    return await desk.read(work)


async def _overview(
    session: Session, actor: Actor, desk: PageDesk, opened: OpenedCase, recorded: int | None
) -> dict[str, Any]:
    casework, case, reference = casework_at(desk), opened.case, opened.shown.reference
    judged = await judged_actions(session, actor, case, casework=casework, now=desk.now())
    time = await show_time(session, case, casework.timekeeper, now=desk.now())
    events = (await newest_events(session, case.id, before=None, limit=KEY_EVENTS))[::-1]
    pending = await pending_handover(session, actor, case)
    just = await shown_event(session, case.id, recorded) if recorded else None
    return {
        **frame(desk.request, opened),
        "offers": offers_of(judged, opened.pathway, reference),
        "recordable": list(recordable(actor, case, reference, offered_to_us=pending is not None and pending.to_us)),
        "time": time,
        "stops": stops(case, time.stages, opened.pathway),
        "why_end_to_end": why_end_to_end(case.state, case.end_to_end_due_on, opened.terms),
        "agreed": agreed(events, opened.pathway),
        "pending": pending,
        "repeats": [r for r in await shown.show_repeats(session, case.id) if r.blocks and r.decision is None],
        "just": tell(just, opened.pathway) if just else None,
        "newest": [tell(event, opened.pathway) for event in reversed(events[-3:])],
        "need": need_words(opened),
        "person_facts": person_facts(opened),
        "words": partial(choice_words, opened.pathway),
        "audits": permits(actor, Permission.READS_AUDIT, case.state.party_ids),
    }


def need_words(opened: OpenedCase) -> Mapping[str, Sequence[str]]:
    """What is needed, in the catalogue's and triage's own words."""
    known, flags = opened.pathway.choices["adaptations"], opened.pathway.triage.flags
    need = opened.shown.need
    return {
        "adaptations": [known.get(key, key) for key in need.adaptations],
        "flags": [flags[key].label if key in flags else key for key in need.flags],
    }


def choice_words(pathway: CompiledPathway, choices: str, value: str) -> str:
    """An answer of a list of the pathway in words."""
    known = pathway.definition.choices.get(choices, {}).get(value)
    return known.label if known else value.replace("_", " ").capitalize()


def person_facts(opened: OpenedCase) -> list[tuple[str, str]]:
    """Who the person is and where they live, without what is not known."""
    person, home = opened.shown.person, opened.shown.home
    said = (
        ("Name", person.name),
        ("Born", day(person.date_of_birth) if person.date_of_birth else None),
        ("CHI number", person.chi_number),
        ("NHS number", person.nhs_number),
        ("Telephone", person.phone),
        ("E-mail", person.email),
        ("Prefers", person.preferred_contact),
        ("Home", ", ".join(part for part in (home.address, home.postcode) if part)),
        ("Tenure", TENURE_WORDS.get(home.tenure, home.tenure)),
        ("Landlord", home.landlord),
        ("UPRN", home.uprn),
    )
    return [(label, value) for label, value in said if value]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """Some of the journal, newest first."""

    entries: Sequence[Told]
    following: str | None
    later: bool


@router.get("/cases/{reference}/timeline")
async def get_timeline(
    reference: str, desk: AtPageDesk, cursor: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The journal in plain words, newest first."""
    before = decode_number(cursor)

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        found = await newest_events(session, opened.case.id, before=before, limit=ENTRIES + 1)
        shown_now = found[:ENTRIES]
        page = TimelinePage(
            entries=[tell(event, opened.pathway) for event in shown_now],
            following=encode(str(shown_now[-1]["sequence"])) if len(found) > ENTRIES else None,
            later=before is not None,
        )
        corrects = permits(actor, Permission.CASE_CORRECT, opened.case.state.acting_party_ids)
        context = {**frame(desk.request, opened, part="timeline"), "page": page, "corrects": corrects}
        return View("cases/templates/timeline.html", context)

    return await desk.read(work)


@router.get("/cases/{reference}/repeats")
async def get_repeats(reference: str, desk: AtPageDesk) -> Response:
    """The possible repeats found for this case, and what was decided about each."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        context = {
            **frame(desk.request, opened, part="repeats"),
            "repeats": await shown.show_repeats(session, opened.case.id),
            "decides": permits(actor, Permission.CASE_REPEAT, opened.case.state.acting_party_ids),
        }
        return View("cases/templates/repeats.html", context)

    return await desk.read(work)
