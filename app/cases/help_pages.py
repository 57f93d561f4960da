"""Help: how cases travel in this partnership, from the pathway's own words, and what each reason means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response

from app.access.roles import label
from app.cases.sheets import casework_at
from app.edge.pages import AtPageDesk, View
from app.edge.templating import plural
from app.pathways.blockers import BLOCKERS
from app.pathways.definition import TargetRow
from app.pathways.pathway import CompiledPathway

router = APIRouter(include_in_schema=False)
GROUPS: Final[Mapping[str, str]] = {
    "intake": "Coming in",
    "assessing": "Finding out what would help",
    "deciding": "Deciding",
    "delivering": "Putting it in place",
    "checking": "Making sure that it works",
    "held": "Waiting for somebody",
    "ended": "Ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageHelp:
    """A stage in words. `targets` say how long it should last, for whom."""

    key: str
    label: str
    help: str
    waits_for: str
    owner: str | None
    targets: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonHelp:
    """Why an action may not be possible, and which actions ask about it."""

    key: str
    explanation: str
    actions: tuple[str, ...]


@router.get("/help")
async def get_help(desk: AtPageDesk) -> Response:
    """How cases travel, for everybody: nothing on it is about a person."""
    casework = casework_at(desk)
    pathway = casework.pathways.latest(casework.default_pathway)
    context = {
        "pathway": pathway.definition,
        "groups": [(heading, list(_stages(pathway, group))) for group, heading in GROUPS.items()],
        "reasons": list(_reasons(pathway)),
    }
    return await desk.show(View("cases/templates/help.html", context))


def _stages(pathway: CompiledPathway, group: str) -> Iterator[StageHelp]:
    for key, stage in pathway.definition.stages.items():
        if stage.group == group:
            yield StageHelp(
                key=key,
                label=stage.label,
                help=stage.help,
                waits_for=stage.waits_for,
                owner=label(stage.owner) if stage.owner else None,
                targets=tuple(_targets(pathway, key)),
                actions=tuple(_actions(pathway, key)),
            )


def _targets(pathway: CompiledPathway, stage: str) -> Iterator[str]:
    rows = pathway.definition.targets.stages.get(stage)
    if isinstance(rows, str):
        yield "Looked at again on the day that was named when it was put on hold"
        return
    for row in rows or ():
        yield f"{_length(row)}{_for_whom(row, pathway)}"


def _length(row: TargetRow) -> str:
    return plural(row.months, "month") if row.months else plural(row.working_days or 0, "working day")


def _for_whom(row: TargetRow, pathway: CompiledPathway) -> str:
    said = [pathway.definition.tiers[tier].label.lower() for tier in row.tiers or ()]
    if row.urgent:
        said.append("urgent")
    return f" ({', '.join(said)})" if said else ""


def _actions(pathway: CompiledPathway, stage: str) -> Iterator[str]:
    for name in pathway.actions:
        action = pathway.action(name)
        if any(state is not None and state.stage == stage for state in action.arcs):
            yield action.definition.label


def _reasons(pathway: CompiledPathway) -> Iterator[ReasonHelp]:
    for key, rule in BLOCKERS.items():
        asking = tuple(
            pathway.label(name)
            for name in pathway.actions
            if any(blocked.blocker == key for blocked in pathway.action(name).definition.blocked_when)
        )
        if asking:
            yield ReasonHelp(key, rule.explanation, asking)
