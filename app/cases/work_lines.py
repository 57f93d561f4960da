"""Lines of a worklist in words: who, where, how long waited, what comes next, what the reader can do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.access.actor import Actor
from app.access.roles import label
from app.cases.answers import CaseOut
from app.cases.casework import Casework
from app.cases.presenters import CaseLine, case_line
from app.cases.waiting import Waited, waited
from app.cases.worklist import Listed
from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway

_MOST_OFFERED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A wait beside its target as a picture, in hundredths of the longer of the two."""

    waited: int
    target: int
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """One line. `can` is what the reader's roles allow now, whatever else may stand in the way."""

    id: int
    line: CaseLine
    sequence: int
    priority: str | None
    waited: Waited | None
    waited_words: str
    bar: Bar | None
    since_contact: int
    """Working days since first contact, whatever stage they were spent in."""
    next: str
    can: Sequence[str]


def work_line(listed: Listed, actor: Actor, *, casework: Casework, today: date) -> WorkLine:
    """Put a listed case into words, with nothing asked of the database."""
    case, keeper = listed.case, casework.timekeeper
    pathway = casework.pathways.get(case.pathway.key, case.pathway.version)
    calendar = keeper.calendar(pathway.key, pathway.version)
    target = pathway.target(case.tier, case.stage, case.priority, case.fast_track)
    wait = waited(listed.stay, target, today=today, calendar=calendar, zone=keeper.zone)
    until = keeper.day(case.ended_at) if case.ended_at else today
    return WorkLine(
        id=listed.id,
        line=case_line(case, pathway),
        sequence=case.sequence,
        priority=_priority(case, pathway),
        waited=wait,
        waited_words=_waited_words(
            wait, pathway.stage(target.since_stage).label if target and target.since_stage else None
        ),
        bar=_bar(wait),
        since_contact=calendar.working_days(case.first_contact_on, max(until, case.first_contact_on)),
        next=_next(listed, pathway),
        can=_can(listed, actor, pathway),
    )


def _priority(case: CaseOut, pathway: CompiledPathway) -> str | None:
    known = pathway.definition.choices.get("priority", {}).get(case.priority or "")
    return known.label if known else case.priority


def _waited_words(wait: Waited | None, since_stage: str | None) -> str:
    """`since_stage` is the earlier stage from which the target counts, where it does not count from this one."""
    if wait is None:
        return ""
    days = "1 working day" if wait.days == 1 else f"{wait.days:,} working days"
    if wait.target is None:
        return days
    since = f" since “{since_stage}” began" if since_stage else ""
    return f"{days}{since}, target {wait.target:,}"


def _bar(wait: Waited | None) -> Bar | None:
    if wait is None or wait.target is None:
        return None
    whole = max(wait.days, wait.target, 1)
    return Bar(
        waited=round(100 * wait.days / whole), target=round(100 * wait.target / whole), over=wait.days > wait.target
    )


def _next(listed: Listed, pathway: CompiledPathway) -> str:
    case = listed.case
    if case.ended_at is not None:
        return f"Nothing: {_outcome(case, pathway)}"
    if listed.handover_to is not None:
        return f"An answer from {listed.handover_to}, which has been offered the case"
    stage = pathway.stage(case.stage)
    if case.stage_group == "held":
        return _held(listed, pathway)
    who = f" ({label(stage.owner)})" if stage.owner else ""
    return f"{stage.waits_for[:1].upper()}{stage.waits_for[1:]}{who}"


def _outcome(case: CaseOut, pathway: CompiledPathway) -> str:
    words = pathway.definition.outcomes.get(case.outcome or "", "ended")
    return f"{words[:1].lower()}{words[1:]}"


def _held(listed: Listed, pathway: CompiledPathway) -> str:
    hold = listed.stay.holds[-1] if listed.stay.holds else {}
    choice = pathway.definition.choices.get("waits_on", {}).get(hold.get("waits_on", ""))
    return f"On hold. It waits for: {choice.label if choice else 'somebody'}"


def _can(listed: Listed, actor: Actor, pathway: CompiledPathway) -> Sequence[str]:
    """What leaves this very stage; holding, closing and the like are possible almost anywhere and would hide it."""
    case = listed.case
    held = actor.roles_on(listed.party_ids)
    names = pathway.actions_from(State(case.tier, case.stage)) if case.ended_at is None else []
    fitting = (
        name
        for name in names
        if case.stage in pathway.action(name).definition.from_ and not held.isdisjoint(pathway.roles_for(name))
    )
    return [pathway.label(name) for name in fitting][:_MOST_OFFERED]
