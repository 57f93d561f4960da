"""The exported logs read by another program, pm4py, give the same durations, variants and objects as the journal."""

import warnings
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.reports.exports.pseudonyms import Pseudonyms
from tests.reports.measure_walks import measure_walks
from tests.reports.walks import Walk
from tests.support.journals import write_case
from tests.support.service import Service

pytestmark = pytest.mark.database
_EVENTS = text(
    """
    SELECT case_id, array_agg(coalesce(action, kind) ORDER BY sequence) AS variant,
           max(effective_at) - min(effective_at) AS took, count(*) AS events
      FROM events_as_corrected GROUP BY case_id
    """
)


@pytest.fixture(scope="module")
async def written(counting: Service) -> Service:
    """Forty random journals beside whatever else there is."""
    drawn: list[Walk] = []

    @seed(20_261_126)
    @settings(max_examples=40, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        drawn.append(data.draw(measure_walks()))

    draw()
    async with counting.owner.transaction() as session:
        for walk in drawn:
            await write_case(
                session, walk.steps, custody_id=counting.cast.organisations["clydeview"],
                first_contact_on=walk.first_contact_on, tenure=walk.tenure,
            )  # fmt: skip
    return counting


async def journal(service: Service) -> dict[str, Any]:
    async with service.owner.transaction() as session:
        names = await Pseudonyms.of_database(session)
        return {names.of("case", row.case_id): row for row in (await session.execute(_EVENTS)).all()}


async def test_pm4py_finds_the_same_durations_and_variants(written: Service, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py  # noqa: PLC0415 # a heavy library that warns

        path = tmp_path / "journal.xes"
        path.write_bytes((await written.get("service_manager", "/exports/journal.xes")).content)
        log = pm4py.read_xes(str(path))
        variants = pm4py.get_variants(log)
        durations = {case: pm4py.get_case_duration(log, case) for case in log["case:concept:name"].unique()}
    ours = await journal(written)
    assert len(ours) >= 40
    assert set(durations) == set(ours)
    for case, seconds in durations.items():
        assert timedelta(seconds=seconds) == pytest.approx(ours[case].took, abs=timedelta(milliseconds=2)), case
    assert {tuple(key): count for key, count in variants.items()} == Counter(
        tuple(row.variant) for row in ours.values()
    )


async def test_pm4py_reads_the_object_centred_log_with_every_event_and_object(written: Service, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py  # noqa: PLC0415

        path = tmp_path / "journal.jsonocel"
        path.write_bytes((await written.get("service_manager", "/exports/journal.ocel.json")).content)
        log = pm4py.read_ocel2_json(str(path))
    ours = await journal(written)
    assert len(log.events) == sum(row.events for row in ours.values())
    cases = log.objects[log.objects["ocel:type"] == "case"]["ocel:oid"]
    assert set(cases) == set(ours)
    related = log.relations[log.relations["ocel:type"] == "case"].groupby("ocel:oid").size().to_dict()
    assert related == {case: row.events for case, row in ours.items()}
