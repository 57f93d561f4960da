"""Where time goes adds up: by stage, by holder and by hold, the parts are the end-to-end days of the same episodes."""

import secrets
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.calendars import Calendar
from app.reports.catalogue import WHERE_TIME_GOES
from app.reports.filters import WhereTimeGoesFigures
from app.reports.measuring.running import Question, run
from app.reports.runner import figures
from tests.reports.measure_walks import measure_walks
from tests.reports.test_measures_by_hand import AROUND, CATALOGUE
from tests.reports.walks import Walk
from tests.support.journals import write_case
from tests.support.service import Service

pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]


@given(written=st.lists(measure_walks(), min_size=1, max_size=8), known=st.one_of(st.none(), st.integers(0, 400)))
@settings(max_examples=20, deadline=None)
async def test_the_parts_are_the_whole(
    counting: Service, calendars: dict[str, Calendar], written: list[Walk], known: int | None
) -> None:
    source = secrets.token_hex(8)
    known_on = None if known is None else date.fromordinal(date(2024, 4, 1).toordinal() + known)
    found = {}
    async with counting.owner.engine.connect() as session:
        for place, walk in enumerate(written):
            holder = ("clydeview", "eastlaw")[place % 2]
            await write_case(
                session, walk.steps, custody_id=counting.cast.organisations[holder],
                first_contact_on=walk.first_contact_on, tenure=walk.tenure, source=source,
            )  # fmt: skip
        measure = CATALOGUE.measures.versions["end-to-end", 1]
        question = Question(values={"source": source, "as_known_on": known_on})
        units = [
            row for row in await run(session, measure, question, "measure.units", AROUND.values())
            if row["status"] == "done"
        ]  # fmt: skip
        for by in ("stage", "organisation", "waits_on", "cause"):
            wanted = WhereTimeGoesFigures(source=source, as_known_on=known_on, by=by)
            found[by] = await figures(session, WHERE_TIME_GOES, wanted, AROUND)
        await session.rollback()
    for by, rows in found.items():
        for unit in ("working_days", "calendar_days"):
            assert sum(row[unit] for row in rows) == sum(one[unit] for one in units), (by, unit)
    held = {row["group"]: row["working_days"] for row in found["waits_on"]}
    on_hold = [row["working_days"] for row in found["stage"] if row["group"] == "on_hold"]
    assert sum(days for group, days in held.items() if group != "not_on_hold") == sum(on_hold)
