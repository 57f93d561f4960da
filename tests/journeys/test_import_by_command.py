"""`adapt import`: the report in words, exit codes, who answers for it, and the rejected rows in a file."""

import csv
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import text

from app.imports.commands import ImportFile, import_file
from app.kernel.clock import SystemClock
from app.kernel.problems import NotPermitted, Unprocessable
from tests.support.extracts import MANAGER, a_row, facts, sheet
from tests.support.service import Service

pytestmark = pytest.mark.database
Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def run(fresh_service: Service, tmp_path: Path) -> Run:
    """Write an extract and import it by command: the exit code and what was printed."""

    async def importing(*rows: dict[str, str], content: bytes | None = None, **asked: Any) -> tuple[int, str, str]:
        path = tmp_path / "extract.csv"
        path.write_bytes(sheet(*rows) if content is None else content)
        out, err = Console(file=StringIO(), width=200), Console(file=StringIO(), width=200)
        casework = fresh_service.app.state.casework
        command = ImportFile(**({"path": path, "source": "by command"} | asked))
        code = await import_file(
            fresh_service.owner, command, casework=casework, now=SystemClock().now(), out=out, err=err
        )
        assert isinstance(out.file, StringIO)
        assert isinstance(err.file, StringIO)
        return code, out.file.getvalue(), err.file.getvalue()

    return importing


async def test_the_report_is_printed_with_its_errors_and_progress_goes_elsewhere(run: Run) -> None:
    code, out, err = await run(a_row(), a_row(source_reference="GLEN-2", tenure="n/k"))
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["accepted", "1"] in lines
    assert ["rejected", "1"] in lines
    assert "row 3, Tenure:" in out
    assert "2/2" in err


async def test_a_file_that_cannot_be_imported_says_why_and_exits_with_1(fresh_service: Service, run: Run) -> None:
    before = await facts(fresh_service)
    code, out, err = await run(content=b"a,b\n1,2\n")
    assert (code, out) == (1, "")
    assert "no column" in err
    assert await facts(fresh_service) == before


async def test_a_path_that_is_not_there_says_so(run: Run, tmp_path: Path) -> None:
    code, _, err = await run(a_row(), path=tmp_path / "elsewhere.csv")
    assert code == 1
    assert "cannot be read" in err


async def test_whoever_is_named_answers_for_it_and_must_be_allowed_to(fresh_service: Service, run: Run) -> None:
    manager = fresh_service.cast[MANAGER]
    with pytest.raises(NotPermitted):
        await run(a_row(), email=fresh_service.cast["housing_officer"].email)
    with pytest.raises(Unprocessable):
        await run(a_row(), email="nobody@test.example")
    assert (await run(a_row(), email=manager.email.upper()))[0] == 0
    assert (await run(a_row(source_reference="GLEN-2")))[0] == 0
    async with fresh_service.owner.transaction() as session:
        imports = (await session.execute(text("SELECT run_by FROM imports ORDER BY id"))).scalars().all()
        actors = (await session.execute(text("SELECT DISTINCT actor_id FROM case_events"))).scalars().all()
    assert imports == [manager.id, None]
    assert set(actors) == {manager.id, None}


async def test_a_source_without_a_name_is_refused(run: Run) -> None:
    with pytest.raises(Unprocessable):
        await run(a_row(), source=" ")


async def test_a_dry_run_writes_the_rejected_rows_to_mend_and_no_case(
    fresh_service: Service, run: Run, tmp_path: Path
) -> None:
    before = await facts(fresh_service)
    rejected = tmp_path / "rejected.csv"
    row = a_row(tenure="n/k")
    code, out, _ = await run(row, a_row(source_reference="GLEN-2"), dry_run=True, rejected_to=rejected)
    assert code == 0
    assert "nothing was written" in out
    [told] = csv.DictReader(StringIO(rejected.read_text(encoding="utf-8-sig")))
    assert {name: told[name] for name in row} == row
    assert await facts(fresh_service) == before


async def test_another_pathway_takes_what_it_has_stages_for(fresh_service: Service, run: Run) -> None:
    casework = fresh_service.app.state.casework
    fresh_service.app.state.casework = replace(casework, default_pathway="disabled-facilities-grant")
    chain = ("screened", "assessed", "recommended", "panel_date", "approved", "ordered", "works_started")
    days = {name: f"0{n}/03/2025" for n, name in enumerate((*chain, "works_completed", "checked"), start=1)}
    rows = [
        a_row(source_reference=f"{outcome}-{tier}", tier=tier, adaptations="through floor lift", outcome=outcome,
              closed="20/03/2025", **(days if outcome == "adapted" else {"screened": "", "works_completed": ""}))
        for tier in ("simple", "complex", "")
        for outcome in ("adapted", "refused", "withdrawn", "advice only", "rehoused")
    ]  # fmt: skip
    code, out, _ = await run(*rows)
    assert code == 0, out
    assert ["accepted", str(len(rows))] in [line.split() for line in out.splitlines()]
    async with fresh_service.owner.transaction() as session:
        pathways = (await session.execute(text("SELECT DISTINCT pathway_key, stage_group FROM cases"))).all()
    assert [tuple(row) for row in pathways] == [("disabled-facilities-grant", "ended")]
