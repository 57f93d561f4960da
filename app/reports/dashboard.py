"""The dashboard: what a manager looks at every Monday, of one moment, each part with its picture and its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.access.actor import Actor
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.measures import Measure
from app.reports import pictures
from app.reports.answers import Answer, answer_measure, answer_report, find_measure
from app.reports.catalogue import CUMULATIVE_FLOW
from app.reports.charts import Chart
from app.reports.filters import CumulativeFlowFigures, MeasureFigures, View
from app.reports.labels import Labels
from app.reports.periods import Period

MEASURE: Final = "end-to-end"
PARTS: Final = ("trend", "distribution", "flow", "cumulative", "equity", "ageing")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the dashboard: an answer, by what it is told, and its picture."""

    key: str
    title: str
    answer: Answer
    by: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The parts and the figures that stand above them."""

    head: Mapping[str, Any]
    answer: Answer
    parts: Sequence[Part]


async def show_dashboard(  # noqa: PLR0913 # what was chosen, and the surroundings
    session: Session,
    actor: Actor,
    period: Period,
    narrowed: Mapping[str, str],
    *,
    keeper: Timekeeper,
    now: datetime,
    base: str,
    only: str | None = None,
) -> Dashboard:
    """Put the dashboard together; `only` one part of it for a file."""
    labels = Labels(keeper.pathways)
    today = keeper.day(now)
    measure = find_measure(keeper, MEASURE)
    target = target_of(measure, narrowed.get("tier"))
    days = {"completed_from": period.first, "completed_to": min(period.last, today) if period.last else None}

    async def ask(view: View, by: str = "none") -> Answer:
        wanted = MeasureFigures.model_validate({**days, **narrowed, "by": by, "view": view})
        address = f"{base}/{MEASURE}"
        return await answer_measure(session, actor, MEASURE, wanted, keeper=keeper, now=now, base=address)

    async def cumulative() -> Answer:
        few = {name: narrowed[name] for name in ("tier", "tenure") if name in narrowed}
        wanted = CumulativeFlowFigures.model_validate(
            {"happened_from": days["completed_from"], "happened_to": days["completed_to"], **few}
        )
        address = f"{base}/{CUMULATIVE_FLOW.key}"
        return await answer_report(session, actor, CUMULATIVE_FLOW, wanted, keeper=keeper, now=now, base=address)

    # Month by month all there is would be too much to read.
    lately = ", the last twelve months" if period.first is None else ""
    all_ = await ask("figures")
    parts: list[Part] = []
    for key in PARTS if only is None else (only,):
        match key:
            case "trend":
                title, by, told = "How long it takes, month by month", "month", await ask("figures", "month")
                done = [row for row in told.rows if row["completed"]]
                chart = pictures.trend(title, done, target=target)
                told = replace(told, rows=done)
            case "distribution":
                title, by, told = "How waits spread", "none", await ask("distribution")
                chart = pictures.distribution(title, told.rows)
            case "flow":
                title, by, told = f"In and out{lately}", "none", await ask("flow")
                chart = pictures.flow(title, told.rows)
            case "cumulative":
                title, by, told = f"Where open cases are, as months ended{lately}", "month", await cumulative()
                chart = pictures.cumulative(title, told.rows)
            case "equity":
                title, by, told = "Does it depend on the tenure?", "tenure", await ask("compare", "tenure")
                chart = pictures.equity(title, told.rows, "tenure", labels)
            case _:
                title, by, told = "How long those who wait today have waited", "tier", await ask("ageing", "tier")
                chart = pictures.ageing(title, told.rows)
        parts.append(Part(key, title, told, by, chart))
    return Dashboard(all_.rows[0] if all_.rows else {}, all_, parts)


def target_of(measure: Measure, tier: str | None) -> float | None:
    """What is aimed at in a tier; None for all tiers together where they have different targets."""
    target = measure.definition.target
    if target is None:
        return None
    of_all = {rule.working_days for rule in target.rules}
    days = target.working_days_in(tier) if tier is not None else of_all.pop() if len(of_all) == 1 else None
    return None if days is None else float(days)
