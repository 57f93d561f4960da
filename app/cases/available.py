"""What may be done with a case now, by whom, and why not: the list that the API and the pages build forms from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access.actor import Actor
from app.access.policy import refusal
from app.cases import facts as case_facts
from app.cases.casework import Casework
from app.cases.models import Case
from app.kernel.database import Session
from app.pathways.facts import Facts
from app.pathways.pathway import CompiledPathway


async def available_actions(
    session: Session, actor: Actor, case: Case, *, casework: Casework, now: datetime
) -> list[dict[str, Any]]:
    """Every action that leaves the case's state, in the pathway's order, judged for this actor."""
    pathway = casework.pathways.get(case.pathway_key, case.state.pathway_version)
    today = casework.timekeeper.day(now)
    facts = await case_facts.load_all(session, actor, case, casework=casework, today=today)
    meetings = await casework.meetings.upcoming(session, today)
    return [_judged(action, actor, case, pathway, facts, meetings) for action in pathway.actions_from(case.state.state)]


async def judged_actions(
    session: Session, actor: Actor, case: Case, *, casework: Casework, now: datetime
) -> list[dict[str, Any]]:
    """The same without forms and destinations, for a page that only links to them."""
    pathway = casework.pathways.get(case.pathway_key, case.state.pathway_version)
    today = casework.timekeeper.day(now)
    facts = await case_facts.load_all(session, actor, case, casework=casework, today=today)
    return [
        {
            "action": action,
            "label": pathway.label(action),
            "blockers": [
                {"code": code, "message": said} for code, said in judge(action, actor, case, pathway, facts).items()
            ],
        }
        for action in pathway.actions_from(case.state.state)
    ]


def judge(action: str, actor: Actor, case: Case, pathway: CompiledPathway, facts: Facts) -> dict[str, str]:
    """Everything that stands in the way of an action for this actor before its form is filled in: code -> words."""
    roles = pathway.roles_for(action)
    found = {}
    if actor.roles_on(case.state.acting_party_ids).isdisjoint(roles):
        found["not_permitted"] = refusal(roles)
    return found | {b.code: b.message for b in pathway.blockers(case.state.state, action, facts)}


def _judged(
    action: str, actor: Actor, case: Case, pathway: CompiledPathway, facts: Facts, meetings: Sequence[int]
) -> dict[str, Any]:
    blockers = [{"code": code, "message": said} for code, said in judge(action, actor, case, pathway, facts).items()]
    example = pathway.example_details(action, facts, meetings=meetings)
    return {
        "action": action,
        "label": pathway.label(action),
        "to": [
            {"tier": state.tier, "stage": state.stage}
            for state in pathway.destinations(case.state.state, action, case.state.resume_stage)
        ],
        "allowed": not blockers,
        "blockers": blockers,
        "form": pathway.form_schema(action, example=example),
    }
