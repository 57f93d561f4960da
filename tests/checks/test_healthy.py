"""A database in good order gives no error, and the report says so to people and to programs."""

import json
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import text

from app.checks.documents import PAGE, checks_page
from app.checks.doubtful_times import DOUBTFUL_TIMES
from app.checks.findings import Severity
from app.checks.keeping import keep
from app.checks.registry import RULES, UnknownRule, rules_named
from app.checks.run import run_checks
from app.checks.shown import as_json, as_table
from app.kernel.clock import SystemClock
from app.settings import ROOT
from tests.checks.ground import Ground

pytestmark = pytest.mark.database


async def test_a_database_in_good_order_has_no_findings_but_the_case_that_ended_at_once(ground: Ground) -> None:
    report = await run_checks(ground.service.owner, casework=ground.casework, clock=SystemClock())
    found = {outcome.rule.key: [f.reference for f in outcome.findings] for outcome in report.outcomes if outcome.count}
    assert found == {DOUBTFUL_TIMES.key: [ground["ended"]]}
    assert report.cases == len(ground.cases)
    assert report.exit_code == 0
    assert report.total(Severity.ERROR) == 0


async def test_a_report_is_shown_as_a_table_and_as_json(ground: Ground) -> None:
    report = await run_checks(ground.service.owner, casework=ground.casework, clock=SystemClock())
    console = Console(width=160, record=True, file=StringIO())
    console.print(as_table(report))
    told = console.export_text()
    assert "0 errors, 1 warnings" in told
    assert ground["ended"] in told
    data = json.loads(as_json(report))
    assert [rule["rule"] for rule in data["rules"]] == [rule.key for rule in RULES]
    assert data["errors"] == 0


async def test_a_run_is_kept_with_its_findings(ground: Ground) -> None:
    owner = ground.service.owner
    report = await run_checks(owner, casework=ground.casework, clock=SystemClock())
    run_id = await keep(owner, report)
    async with owner.transaction() as session:
        run = (await session.execute(text("SELECT * FROM check_runs WHERE id = :id"), {"id": run_id})).one()
        rows = (await session.execute(text("SELECT * FROM check_findings WHERE run_id = :id"), {"id": run_id})).all()
    assert (run.cases, run.errors, run.warnings) == (len(ground.cases), 0, 1)
    assert [(row.rule, row.severity, row.reference) for row in rows] == [("doubtful_times", "warning", ground["ended"])]


async def test_findings_are_seen_by_those_who_may_see_the_case_and_by_nobody_else(ground: Ground) -> None:
    report = await run_checks(ground.service.owner, casework=ground.casework, clock=SystemClock())
    run_id = await keep(ground.service.owner, report)
    for who, seen in (("service_manager", 1), ("housing_officer", 1), ("stranger", 0)):
        async with ground.service.app.state.db.transaction() as session:
            await session.execute(text("SELECT door.enter_as(:id)"), {"id": ground.service.cast[who].id})
            statement = text("SELECT count(*) FROM check_findings WHERE run_id = :id")
            assert await session.scalar(statement, {"id": run_id}) == seen, who


def test_rules_are_chosen_by_name_and_an_unknown_name_lists_those_there_are() -> None:
    assert [rule.key for rule in rules_named(("training_expired", "chain_is_whole"))] == [
        "chain_is_whole",
        "training_expired",
    ]
    assert rules_named(()) == RULES
    with pytest.raises(UnknownRule, match="chain_is_whole"):
        rules_named(("no_such_rule",))


def test_every_rule_says_what_it_means_and_what_to_do_and_looks_at_something() -> None:
    assert len({rule.key for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.means.endswith("."), rule.key
        assert rule.mend.endswith("."), rule.key
        assert rule.find or rule.judge, rule.key


def test_the_page_about_the_checks_is_the_one_that_the_registry_gives() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == checks_page(), "Run `make docs`."
