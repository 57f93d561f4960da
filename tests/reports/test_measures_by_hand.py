"""Every shipped measure, in SQL and by hand, on random journals: the same units and the same figures."""

import os
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON, local_date
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.pathways.measures import Measure
from app.reports.measuring.columns import columns_of
from app.reports.measuring.running import Question, figures, run
from app.reports.runner import Surroundings
from app.settings import ROOT
from tests.reports.by_hand import Unit, count, told_of
from tests.reports.measure_walks import measure_walks, newest_first_contact
from tests.reports.test_end_to_end_figures import percentile
from tests.reports.walks import Walk
from tests.support.journals import write_case
from tests.support.service import Service

# What Hypothesis would print of a failing set of journals is long, and welcome.
pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

TODAY = date(2026, 10, 1)
FOLDER = ROOT / "pathways"
CATALOGUE = load_pathways(FOLDER, load_calendars(FOLDER / "calendars"))
AROUND = Surroundings.told(CATALOGUE.all(), TODAY)


def confirmed(measure: Measure) -> list[Measure]:
    """A measure as it is used: one that asks to be confirmed, with each answer that it may be given."""
    asked = measure.definition.confirm
    if asked is None:
        return [measure]
    return [Measure(measure.definition, point, None, measure.published) for point in asked.choices.values()]


EXAMPLES = int(os.environ.get("ADAPT_MEASURE_EXAMPLES", "6"))
"""How many sets of journals; more by hand."""


def on_every_pathway(measure: Measure) -> Measure:
    """The same measure without its choice of pathways, tiers and tenures: random cases are of one pathway."""
    free = measure.definition.model_copy(update={"cases": type(measure.definition.cases)()})
    return Measure(free, measure.start, None, measure.published)


MEASURES = [on_every_pathway(one) for measure in CATALOGUE.measures.all() for one in confirmed(measure)]


@given(
    written=st.lists(measure_walks(), min_size=1, max_size=8), after=st.one_of(st.none(), st.integers(0, 700)),
    period=st.one_of(st.none(), st.integers(0, 400)), cohort=st.booleans(),
)  # fmt: skip
@settings(max_examples=EXAMPLES, deadline=None, print_blob=False)
async def test_sql_counts_what_a_person_would(
    counting: Service,
    calendars: dict[str, Calendar],
    written: list[Walk],
    after: int | None,
    period: int | None,
    cohort: bool,
) -> None:
    known_on = None if after is None else local_date(written[0].steps[0].at, LONDON) + timedelta(days=after)
    since = None if period is None else date(2024, 4, 1) + timedelta(days=period)
    custody = counting.cast.organisations["clydeview"]
    today = TODAY if known_on is None else min(known_on, TODAY)
    source = secrets.token_hex(8)
    values = {"source": source, "as_known_on": known_on, "completed_from": since}
    question = Question("tenure", cohort, values)
    async with counting.owner.engine.connect() as session:
        for walk in written:
            await write_case(
                session, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on,
                tenure=walk.tenure, source=source,
            )  # fmt: skip
        for measure in MEASURES:
            hand = [
                (walk.tenure, place, unit)
                for place, walk in enumerate(written)
                for unit in count(
                    measure,
                    told_of(walk, known_on, custody),
                    newest_first_contact(walk, known_on),
                    calendar=calendars["scotland"],
                    today=today,
                )
                if _wanted(measure, unit, since, cohort=cohort)
            ]
            each = await run(session, measure, question, "measure.units", AROUND.values())
            told = [_unit(row, of_event=measure.definition.kind == "cost") for row in each]
            assert sorted(told) == sorted(unit for *_, unit in hand), measure.name
            rows = await figures(session, measure, question, AROUND.values())
            assert {row["group"]: _plain(row) for row in rows} == {
                tenure: _summed(measure, [(place, unit) for of, place, unit in hand if of == tenure])
                for tenure in {of for of, *_ in hand}
            }, measure.name
        await session.rollback()


def _wanted(measure: Measure, unit: Unit, since: date | None, *, cohort: bool) -> bool:
    if measure.definition.kind == "open":
        return unit.status == "open"
    if since is None or (unit.status == "open" and not cohort):
        return True
    return (unit.started_on if cohort else unit.ended_on) >= since


def _unit(row: dict[str, Any], *, of_event: bool) -> Unit:
    return Unit(
        row["status"], row["started_on"], row["ended_on"], row["calendar_days"], row["working_days"],
        row["net_working_days"], float(row["amount"] or 0), row["doubtful"],
        row["sequence"] if of_event else 0,
    )  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in TOLD if name in row}
    return {name: pytest.approx(value, abs=1e-6) if value is not None else None for name, value in told.items()}


TOLD = (
    "completed", "median_working_days", "p90_working_days", "mean_working_days", "median_calendar_days",
    "longest_working_days", "net_median_working_days", "still_open", "open_longest_working_days", "left_before",
    "doubtful", "pounds", "works",
)  # fmt: skip


def _summed(measure: Measure, found: Sequence[tuple[int, Unit]]) -> dict[str, Any]:
    units = [unit for _, unit in found]
    events = {(place, unit.of or number) for number, (place, unit) in enumerate(found)}
    doubted = {
        (place, unit.of or number)
        for number, (place, unit) in enumerate(found)
        if unit.doubtful and unit.status == "done"
    }
    done = [unit for unit in units if unit.status == "done"]
    waiting = [unit for unit in units if unit.status == "open"]
    working = [unit.working for unit in done]
    told: dict[str, Any] = {
        "completed": len(done),
        "median_working_days": median(working) if done else None,
        "p90_working_days": percentile(working, 0.9) if done else None,
        "mean_working_days": round(mean(working), 4) if done else None,
        "median_calendar_days": median(unit.calendar for unit in done) if done else None,
        "longest_working_days": max(working) if done else None,
        "net_median_working_days": median(unit.net_working for unit in done) if done else None,
        "still_open": len(waiting),
        "open_longest_working_days": max(unit.working for unit in waiting) if waiting else None,
        "left_before": sum(unit.status == "left" for unit in units),
        "doubtful": len(doubted),
        "works": len(events),
        # Where nobody recorded a cost, none is known: not nothing.
        "pounds": sum(unit.amount for unit in units) or None,
    }
    return {name: value for name, value in told.items() if name in columns_of(measure)}
