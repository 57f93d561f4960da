"""A new version of a pathway takes over running cases: nothing happens to them, and their clocks go on."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cases.actions.migrate_pathway import MigratePathway, migrate_pathway
from app.cases.casework import Casework
from app.cases.timekeeping import Timekeeper
from app.checks.run import run_checks
from app.checks.verify import verify
from app.kernel.clock import SystemClock
from app.kernel.problems import Conflict
from app.pathways.loader import UnknownPathway, load_pathways
from app.pathways.published import lock_with
from app.settings import ROOT
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database

MIGRATE = MigratePathway(key="housing-solutions", from_version=1, to_version=2)
RENAMED = {"awaiting_assessment": "waiting_list"}
Make = Callable[..., Casework]


@pytest.fixture
def second_version(tmp_path: Path, fresh_service: Service) -> Make:
    """Write version 2 beside a copy of the pathways: a stage renamed, another in another group."""

    def make(
        *, published: bool = True, without: str = "", regroup: tuple[str, str] = ("feasibility", "delivering")
    ) -> Casework:
        folder = tmp_path / "pathways"
        shutil.copytree(ROOT / "pathways", folder)
        home = folder / MIGRATE.key
        v1 = (home / "v1.yaml").read_text("utf-8")
        stages = re.findall(r"^  (\w+):$", v1.partition("\nstages:\n")[2].partition("\nstage_sets:")[0], re.MULTILINE)
        goes = "".join(f"    {stage}: {RENAMED.get(stage, stage)}\n" for stage in stages)
        v2 = v1.replace("awaiting_assessment", "waiting_list")
        v2 = v2.replace("\nversion: 1\n", f"\nversion: 2\nreplaces:\n  version: 1\n  stages:\n{goes}", 1)
        stage, group = regroup
        v2 = re.sub(rf"(\n  {stage}:\n(?:    .*\n)*?    group: )\w+", rf"\g<1>{group}", v2, count=1)
        if without:
            v2 = v2.replace("catalogue: catalogue.yaml", "catalogue: catalogue-2.yaml")
            catalogue = (home / "catalogue.yaml").read_text("utf-8")
            (home / "catalogue-2.yaml").write_text(re.sub(rf"\b{without}:", f"{without}_2:", catalogue), "utf-8")
        (home / "v2.yaml").write_text(v2, "utf-8")
        if published:
            lock = lock_with(folder, (), MIGRATE.key, 2, ["v2.yaml"])
            (folder / "published.lock").write_text(lock, "utf-8")
        casework: Casework = fresh_service.app.state.casework
        pathways = load_pathways(folder, casework.timekeeper.calendars)
        return Casework(
            pathways=pathways,
            timekeeper=Timekeeper(pathways, casework.timekeeper.calendars),
            default_pathway=casework.default_pathway,
            meetings=casework.meetings,
            followers=casework.followers,
        )

    return make


_ROW = text("SELECT * FROM cases WHERE reference = :reference")


async def _row(service: Service, reference: str) -> dict[str, object]:
    async with service.owner.transaction() as session:
        return (await session.execute(_ROW, {"reference": reference})).one()._asdict()


async def test_a_dry_run_counts_by_stage_and_changes_nothing(fresh_service: Service, second_version: Make) -> None:
    case = await walked(fresh_service, "screen", tier="moderate")
    await walked(fresh_service, "screen", tier="moderate")
    await walked(fresh_service, tier="complex")
    await walked(fresh_service, "signpost", tier="moderate")
    before = await _row(fresh_service, case.reference)
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=second_version(), apply=False)
    assert migration.lines() == [
        "3 cases would be moved, 0 cannot be; 1 finished stay.",
        "1 from complex/received to complex/received",
        "2 from moderate/awaiting_assessment to moderate/waiting_list",
    ]
    assert await _row(fresh_service, case.reference) == before


async def test_a_moved_case_goes_on_in_the_new_version_with_its_clocks(
    fresh_service: Service, second_version: Make
) -> None:
    case = await walked(fresh_service, "screen", tier="moderate")
    ended = await walked(fresh_service, "signpost", tier="moderate")
    before, finished = await _row(fresh_service, case.reference), await _row(fresh_service, ended.reference)
    casework = second_version()
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    assert migration.lines()[0] == "1 cases were moved, 0 cannot be; 1 finished stay."
    fresh_service.app.state.casework = casework
    after = await _row(fresh_service, case.reference)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"stage", "pathway_version", "sequence", "last_occurred_at", "head_hash", "memory"}
    assert (after["stage"], after["pathway_version"], after["stage_since"]) == (
        "waiting_list",
        2,
        before["stage_since"],
    )
    assert after["memory"]["entered"]["waiting_list"] == before["memory"]["entered"]["awaiting_assessment"]
    assert await _row(fresh_service, ended.reference) == finished
    event = (await case.events())[-1]
    assert (event["kind"], event["actor"]) == ("pathway_migrated", "system")
    assert event["details"] == {"pathway": "housing-solutions", "from_version": 1, "to_version": 2}
    assert (await verify(fresh_service.owner)).broken == 0
    report = await run_checks(fresh_service.owner, casework=casework, clock=SystemClock())
    assert report.exit_code == 0
    case.pathway = casework.pathways.get(MIGRATE.key, 2)
    await case.take("start_assessment")
    assert case.stage == "assessment"


async def test_a_case_on_hold_comes_back_to_the_stage_under_its_new_name(
    fresh_service: Service, second_version: Make
) -> None:
    case = await walked(fresh_service, "screen", "hold", tier="moderate")
    casework = second_version()
    await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    fresh_service.app.state.casework = casework
    case.pathway = casework.pathways.get(MIGRATE.key, 2)
    assert (await _row(fresh_service, case.reference))["resume_stage"] == "waiting_list"
    await case.take("resume")
    assert case.stage == "waiting_list"
    assert (await run_checks(fresh_service.owner, casework=casework, clock=SystemClock())).exit_code == 0


async def test_a_stage_in_another_group_takes_its_cases_along(fresh_service: Service, second_version: Make) -> None:
    case = await walked(
        fresh_service, "screen", "start_assessment", "recommend", "approve_recommendation", tier="complex"
    )
    assert case.stage == "feasibility"
    casework = second_version()
    await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    assert (await _row(fresh_service, case.reference))["stage_group"] == "delivering"
    assert (await run_checks(fresh_service.owner, casework=casework, clock=SystemClock())).exit_code == 0


async def test_a_second_run_finds_nothing_more_to_move(fresh_service: Service, second_version: Make) -> None:
    case = await walked(fresh_service, tier="moderate")
    casework = second_version()
    await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    before = await _row(fresh_service, case.reference)
    again = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    assert again.moved.total() == 0
    assert await _row(fresh_service, case.reference) == before


async def test_more_cases_than_one_batch_are_all_moved(
    fresh_service: Service, second_version: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cases.actions.migrate_pathway.BATCH", 2)
    for _ in range(5):
        await walked(fresh_service, tier="moderate")
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=second_version(), apply=True)
    assert migration.moved.total() == 5


async def test_cases_that_cannot_be_moved_stay_and_are_named_and_the_others_go(
    fresh_service: Service, second_version: Make
) -> None:
    unknown = await walked(fresh_service, tier="moderate")
    damaged = await walked(fresh_service, tier="complex")
    goes = await walked(fresh_service, tier="direct_access")
    async with fresh_service.owner.transaction() as session:
        await session.execute(
            text("UPDATE cases SET priority = 'critical' WHERE reference = :r"), {"r": damaged.reference}
        )
    casework = second_version(without="level_access_shower")
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)
    assert migration.exit_code == 1
    assert {stuck.reference: stuck.why for stuck in migration.stuck} == {
        unknown.reference: "Version 2 does not know: level_access_shower.",
        damaged.reference: "Its row does not follow its journal. `adapt check` tells what to do.",
    }
    versions = {
        row: (await _row(fresh_service, row))["pathway_version"]
        for row in (unknown.reference, damaged.reference, goes.reference)
    }
    assert versions == {unknown.reference: 1, damaged.reference: 1, goes.reference: 2}


async def test_a_version_that_would_end_a_running_case_moves_none_of_its_stage(
    fresh_service: Service, second_version: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await walked(fresh_service, tier="moderate")
    casework = second_version()
    stages = casework.pathways.get(MIGRATE.key, 2).definition.stages
    monkeypatch.setitem(stages, "received", stages["received"].model_copy(update={"group": "ended"}))
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=False)
    [stuck] = migration.stuck
    assert stuck.reference == case.reference
    assert "moderate/received is intake and moderate/received is ended" in stuck.why


async def test_a_stage_that_the_new_version_does_not_place_is_named(
    fresh_service: Service, second_version: Make
) -> None:
    await walked(fresh_service, tier="moderate")
    casework = second_version()
    replaces = casework.pathways.get(MIGRATE.key, 2).definition.replaces
    assert replaces is not None
    del replaces.stages["received"]
    migration = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=False)
    assert migration.stuck[0].why == "Version 2 does not say where moderate/received goes."


async def test_a_version_that_is_not_published_is_looked_at_but_not_moved_to(
    fresh_service: Service, second_version: Make
) -> None:
    await walked(fresh_service, tier="moderate")
    casework = second_version(published=False)
    dry = await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=False)
    assert "not published yet" in dry.lines()[-1]
    with pytest.raises(Conflict, match="Publish version 2 first"):
        await migrate_pathway(fresh_service.owner, MIGRATE, casework=casework, apply=True)


async def test_versions_that_do_not_replace_one_another_or_are_not_there_are_refused(
    fresh_service: Service, second_version: Make
) -> None:
    casework = second_version()
    for command, problem in (
        (MigratePathway(key=MIGRATE.key, from_version=2, to_version=1), Conflict),
        (MigratePathway(key=MIGRATE.key, from_version=1, to_version=3), UnknownPathway),
        (MigratePathway(key="nowhere", from_version=1, to_version=2), UnknownPathway),
    ):
        with pytest.raises(problem):
            await migrate_pathway(fresh_service.owner, command, casework=casework, apply=False)
