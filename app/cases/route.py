"""The picture of a case on its pathway: where it has been, where it is, what usually comes next. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.cases.models import Case
from app.cases.time_schemas import StageTimeOut
from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway
from app.pathways.ways import way_ahead

Place = Literal["been", "now", "ahead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stage on the way. `working_days` are those spent there; None for what lies ahead."""

    label: str
    place: Place
    working_days: int | None = None
    entered_at: datetime | None = None
    help: str = ""


def stops(case: Case, visits: Sequence[StageTimeOut], pathway: CompiledPathway) -> list[Stop]:
    """Every stay in a stage in order, the present one, and the usual way from here."""
    return [*_been(visits), *_ahead(case, pathway)]


def _been(visits: Sequence[StageTimeOut]) -> Iterator[Stop]:
    for visit in visits:
        now = visit is visits[-1]
        yield Stop(
            label=visit.label,
            place="now" if now else "been",
            working_days=visit.working_days,
            entered_at=visit.entered_at,
        )


def _ahead(case: Case, pathway: CompiledPathway) -> Iterator[Stop]:
    state = case.state
    stage = state.resume_stage if state.stage_group == "held" and state.resume_stage else state.stage
    if stage != state.stage:
        yield _stop(stage, pathway)
    for step in way_ahead(pathway, State(state.tier, stage), solved=state.solution is not None):
        yield _stop(step.stage, pathway)


def _stop(stage: str, pathway: CompiledPathway) -> Stop:
    about = pathway.stage(stage)
    return Stop(label=about.label, place="ahead", help=about.help)
