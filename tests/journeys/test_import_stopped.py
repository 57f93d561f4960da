"""An import that is killed leaves nothing behind, a long one needs no more memory, and nobody else has to wait."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from app.settings import ROOT
from tests.support.extracts import MANAGER, a_row, facts, generated, imported, send, sheet
from tests.support.service import Service

pytestmark = pytest.mark.database
LONG = 8_000
SLOPE_KB = 10_000


def start(service: Service, path: Path, source: str) -> subprocess.Popen[str]:
    user = str(service.cast[MANAGER].id)
    command = [sys.executable, "-m", "tests.support.importing", service.url, str(path), source, user]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def rows_and_memory(line: str) -> tuple[int, int]:
    rows, memory = line.split()
    return int(rows), int(memory)


async def test_an_import_that_is_killed_leaves_nothing_and_run_again_ends_the_same(
    fresh_service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "extract"
    content, _ = generated(2_500)
    path.write_bytes(content)
    before = await facts(fresh_service)
    with start(fresh_service, path, "killed") as process:
        await asyncio.to_thread(told(process).readline)
        rows, _ = rows_and_memory(await asyncio.to_thread(told(process).readline))
        process.kill()
    assert 0 < rows < 2_500
    assert await facts(fresh_service) == before
    async with fresh_service.owner.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM imports")) == 0
    # The database may still be taking back what the killed one wrote: the source's lock makes this one wait for it.
    report = await imported(fresh_service, content, source="killed")
    assert (report["accepted"], report["rejected"]) == (2_500, 0)
    again = await imported(fresh_service, content, source="killed")
    assert again["unchanged"] == 2_500


async def test_memory_does_not_grow_with_the_rows(fresh_service: Service, tmp_path: Path) -> None:
    path = tmp_path / "extract"
    path.write_bytes(sheet(*(a_row(source_reference=f"LONG-{n:06}") for n in range(LONG))))
    with start(fresh_service, path, "long") as process:
        marks = [rows_and_memory(line) for line in await asyncio.to_thread(told(process).readlines)]
    assert process.returncode == 0
    assert marks[-1][0] == LONG
    early = next(memory for rows, memory in marks if rows >= LONG // 5)
    assert marks[-1][1] - early < SLOPE_KB
    assert (await facts(fresh_service))["cases"] == LONG


async def test_others_are_answered_while_an_import_goes_on(fresh_service: Service) -> None:
    content, _ = generated(2_000)
    running = asyncio.create_task(send(fresh_service, content, source="long"))
    answered = 0
    while not running.done():
        assert (await fresh_service.get("housing_officer", "/me")).status_code == 200
        answered += 1
    assert (await running).status_code == 201
    assert answered > 20
