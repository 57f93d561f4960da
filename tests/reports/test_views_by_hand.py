"""The other ways to tell a measure, by hand on random journals: flow, ageing, how it spreads, estimates, cumulative flow."""

import secrets
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.calendars import Calendar
from app.reports.catalogue import CUMULATIVE_FLOW
from app.reports.filters import CumulativeFlowFigures
from app.reports.measuring.running import Question
from app.reports.measuring.running import figures as of_measure
from app.reports.measuring.views import VIEWS
from app.reports.runner import figures
from tests.reports.by_hand import MOVES, Unit, count, told_of
from tests.reports.measure_walks import measure_walks, newest_first_contact
from tests.reports.test_measures_by_hand import AROUND, CATALOGUE
from tests.reports.walks import Walk
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

MEASURE = CATALOGUE.measures.versions["end-to-end", 1]
FIRST, LAST = date(2024, 3, 1), date(2024, 12, 31)
PATHWAY = CATALOGUE.get("housing-solutions", 1)
STAGES = {name: stage.group for name, stage in PATHWAY.definition.stages.items()}
BANDS = [(0, 5), (6, 20), (21, 60), (61, 120), (121, 250), (251, 10**6)]


def months() -> list[tuple[int, int]]:
    return [(2024, month) for month in range(3, 13)]


def in_month(day: date) -> tuple[int, int]:
    return day.year, day.month


@given(written=st.lists(measure_walks(), min_size=1, max_size=8), today=st.dates(date(2024, 4, 20), date(2025, 6, 1)))
@settings(max_examples=25, deadline=None)
async def test_every_way_to_tell_it_is_what_a_person_would_say(
    counting: Service, calendars: dict[str, Calendar], written: list[Walk], today: date
) -> None:
    custody = counting.cast.organisations["clydeview"]
    units = [
        unit
        for walk in written
        for unit in count(
            MEASURE, told_of(walk, None, custody), newest_first_contact(walk, None), calendar=calendars["scotland"],
            today=today,
        )
    ]  # fmt: skip
    source = secrets.token_hex(8)
    # A day at which some wait for a week and some for a year, so that every band has somebody in it.
    known = {**AROUND.values(), "today": today}
    everything = Question(values={"source": source})
    period = Question(values={"source": source, "completed_from": FIRST, "completed_to": LAST})
    async with counting.owner.engine.connect() as session:
        for walk in written:
            await write_case(
                session, walk.steps, custody_id=custody, first_contact_on=walk.first_contact_on, tenure=walk.tenure,
                source=source,
            )  # fmt: skip
        told = {
            view: await VIEWS[view].run(session, MEASURE, period if view == "flow" else everything, known)
            for view in ("flow", "ageing", "distribution", "estimate")
        }
        wanted = CumulativeFlowFigures(source=source, happened_from=FIRST, happened_to=LAST)
        stages = await figures(session, CUMULATIVE_FLOW, wanted, AROUND)
        await session.rollback()
    _flow(told["flow"], units, today)
    _ageing(told["ageing"], units)
    _distribution(told["distribution"], units)
    _estimate(told["estimate"], units)
    _stages(stages, written, custody)


def _flow(rows: list[dict[str, Any]], units: list[Unit], today: date) -> None:
    # Nothing is told of months that are still to come.
    until = [month for month in months() if month <= in_month(today)]
    assert [row["month"] for row in rows] == [f"{year}-{month:02}" for year, month in until]
    for row, month in zip(rows, until, strict=True):
        over = [unit for unit in units if unit.status != "open"]
        assert row["came_in"] == sum(in_month(unit.started_on) == month for unit in units)
        assert row["completed"] == sum(u.status == "done" and in_month(u.ended_on) == month for u in over)
        assert row["left_before"] == sum(u.status == "left" and in_month(u.ended_on) == month for u in over)
        began = sum(in_month(unit.started_on) <= month for unit in units)
        assert row["open_at_end"] == began - sum(in_month(unit.ended_on) <= month for unit in over)
        exits = ("refused", "declined_contribution", "withdrawn", "died")
        assert sum(row[name] for name in exits) <= row["left_before"]


def _ageing(rows: list[dict[str, Any]], units: list[Unit]) -> None:
    waiting = [unit.working for unit in units if unit.status == "open"]
    if not waiting:
        assert rows == []
        return
    [row] = rows
    names = [name for name in row if name.startswith(("up_to", "from_", "over_250"))]
    assert [row[name] for name in names] == [sum(low <= days <= high for days in waiting) for low, high in BANDS]
    assert (row["still_open"], row["longest_working_days"]) == (len(waiting), max(waiting))


def _distribution(rows: list[dict[str, Any]], units: list[Unit]) -> None:
    for name, status in (("completed", "done"), ("still_open", "open")):
        days = [unit.working for unit in units if unit.status == status]
        assert sum(row[name] for row in rows) == len(days)
        for row in rows:
            high = 10**6 if row["to_working_days"] is None else row["to_working_days"]
            assert row[name] == sum(row["from_working_days"] <= one <= high for one in days)


def _estimate(rows: list[dict[str, Any]], units: list[Unit]) -> None:
    """The product of those who go on waiting, day by day, as in any textbook, until fewer than half do."""
    if not units:
        assert rows == []
        return
    [row] = rows
    done = Counter(unit.working for unit in units if unit.status == "done")
    gone = Counter(unit.working for unit in units if unit.status != "done")
    at_risk, still, found = len(units), 1.0, None
    for days in sorted({*done, *gone}):
        still *= 1 - done[days] / at_risk
        at_risk -= done[days] + gone[days]
        if found is None and still < 0.5 - 1e-9:
            found = days
    assert row["estimated_median_working_days"] == found


def _stages(rows: list[dict[str, Any]], written: list[Walk], custody: int) -> None:
    for row, month in zip(rows, months(), strict=True):
        groups: Counter[str] = Counter()
        for walk in written:
            known = [
                STAGES.get(told.event.to.stage)
                for told in told_of(walk, None, custody)
                if told.event.kind in MOVES and in_month(told.day) <= month
            ]
            # Of a stage that the pathway does not have nothing can be said.
            groups.update(group for group in known[-1:] if group is not None)
        names = ("intake", "assessing", "deciding", "delivering", "checking", "held", "ended")
        assert {name: row[name] for name in names} == {name: groups[name] for name in names}, row["month"]


async def test_each_grouping_tells_what_it_says(counting: Service) -> None:
    """One case of each, asked by everything that a measure may be told by."""
    source = secrets.token_hex(8)
    steps = [
        Step(at=noon("2025-03-03"), action="log_referral"),
        Step(at=noon("2025-03-04"), action="screen", to="awaiting_assessment",
             effects={"sets": {"priority": "critical", "fast_track": "end_of_life"}}),
        Step(at=noon("2025-03-20"), action="approve_funding", to="approved", details={"source": "hra"}),
        Step(at=noon("2025-04-02"), action="complete_works", to="installed",
             effects={"clock": "stops", "solution": "adapted"}),
        Step(at=noon("2025-04-03"), action="screen", to="review", effects={"sets": {"priority": "low"}}),
    ]  # fmt: skip
    expected = {
        "none": {"all"}, "tenure": {"council_tenant"}, "tier": {"moderate"},
        "organisation": {"Clydeview Housing Association"},
        # As it was when the solution came, not as it is now.
        "priority": {"critical"}, "fast_track": {"end_of_life"},
        # Eighteen on the day after first contact.
        "age_band": {"under_18"}, "adaptation": {"grab_rail", "stairlift"}, "locality": {"FK9"}, "funding": {"hra"},
        "landlord": {"another_landlord"}, "outcome": {"not_ended"}, "month": {"2025-04"}, "quarter": {"2025-26 Q1"},
        "year": {"2025-26"},
    }  # fmt: skip
    async with counting.owner.engine.connect() as session:
        case = await write_case(
            session, steps, custody_id=counting.cast.organisations["clydeview"], first_contact_on="2025-03-03",
            tenure="council_tenant", source=source,
        )  # fmt: skip
        values = {"id": case.id, "born": date(2007, 3, 4)}
        for statement in (
            "UPDATE people SET date_of_birth = :born WHERE id = (SELECT person_id FROM cases WHERE id = :id)",
            "UPDATE homes SET postcode = 'FK9 1AB' WHERE id = (SELECT home_id FROM cases WHERE id = :id)",
            "UPDATE cases SET adaptations = '{grab_rail,stairlift}', landlord = 'Sample Homes' WHERE id = :id",
        ):
            given_ = {name: value for name, value in values.items() if f":{name}" in statement}
            await session.execute(text(statement), given_)
        for by, groups in expected.items():
            rows = await of_measure(session, MEASURE, Question(by, values={"source": source}), AROUND.values())
            assert {row["group"] for row in rows if row["completed"]} == groups, by
            if by in ("none", "outcome", "month", "quarter", "year"):
                continue
            for group in groups:
                narrowed = Question(values={"source": source, by: group})
                [row] = await of_measure(session, MEASURE, narrowed, AROUND.values())
                assert row["completed"] == 1, (by, group)
            [row] = await of_measure(session, MEASURE, Question(values={"source": source, by: "else"}), AROUND.values())
            assert row["completed"] == 0, by
        for day, side in (("2025-04-02", "after"), ("2025-04-03", "before")):
            split = Question(values={"source": source, "split_on": date.fromisoformat(day)})
            assert [row["group"] for row in await of_measure(session, MEASURE, split, AROUND.values())] == [side]
        await session.rollback()


async def test_every_band_has_its_edges(counting: Service, calendars: dict[str, Calendar]) -> None:
    """Somebody who has waited as long as each band begins, and somebody as long as it ends."""
    scotland, today = calendars["scotland"], date(2026, 3, 31)
    edges = sorted({day for low, high in BANDS for day in (low, high) if day < 10**6})
    source = secrets.token_hex(8)
    known = {**AROUND.values(), "today": today}
    async with counting.owner.engine.connect() as session:
        for days in edges:
            first = max(
                day
                for day in (date.fromordinal(today.toordinal() - back) for back in range(2 * days + 60))
                if scotland.working_days(day, today) == days
            )
            await write_case(
                session, [Step(at=noon(first), action="log_referral")], source=source, first_contact_on=first,
                custody_id=counting.cast.organisations["clydeview"],
            )  # fmt: skip
        question = Question(values={"source": source})
        ageing = await VIEWS["ageing"].run(session, MEASURE, question, known)
        spread = await VIEWS["distribution"].run(session, MEASURE, question, known)
        await session.rollback()
    units = [Unit("open", today, today, 0, days, 0, 0.0, doubtful=False) for days in edges]
    _ageing(ageing, units)
    _distribution(spread, units)
