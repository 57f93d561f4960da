"""An exported journal can be verified by Python alone: the hashes are those that PostgreSQL works out."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.checks import offline
from app.checks.export import export
from app.checks.offline import jsonb_text, verify_lines, verify_text
from app.checks.seals import seal
from tests.checks.ground import Ground, lay
from tests.support.databases import TestServer
from tests.support.service import running_service

pytestmark = pytest.mark.database


class _Raw:
    """A number as it is typed, which a JSON writer would change."""

    def __init__(self, digits: str) -> None:
        self.digits = digits

    def __repr__(self) -> str:
        return self.digits


# What PostgreSQL's text can hold: any character but NUL and lone surrogates.
_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12)
_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), _TEXTS, _NUMBERS.map(_Raw)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def _typed(value: Any) -> str:
    """Any way of writing JSON; PostgreSQL must understand the same from it as Python."""
    match value:
        case _Raw():
            return value.digits
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{_typed(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_typed, value)) + "]"
        case _:
            return json.dumps(value)


@pytest.fixture(scope="module")
def postgres(ground: Ground) -> Any:
    """A plain connection: what is asked of it a thousand times needs no session."""
    url = make_url(ground.service.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@settings(max_examples=400, deadline=None)
@given(value=_VALUES)
def test_python_writes_any_value_as_postgresql_writes_jsonb(postgres: Any, value: Any) -> None:
    typed = _typed(value)
    [[written]] = postgres.execute("SELECT jsonb_build_array(%s::jsonb)::text", (typed,)).fetchall()
    assert jsonb_text([json.loads(typed, parse_float=Decimal)]) == written
    # And once more from what PostgreSQL wrote, which is what an export holds.
    assert jsonb_text(json.loads(written, parse_float=Decimal)) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1.10", "1.10"),
        ("1e2", "100"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("1.5e-3", "0.0015"),
        ('{"bb": 1, "a": 2, "é": 3, "": 4}', '{"": 4, "a": 2, "bb": 1, "é": 3}'),
        (r'"\u0001\u007f\u2028\"\\\/\n"', '"\\u0001\x7f\u2028\\"\\\\/\\n"'),
    ],
)
def test_numbers_keys_and_escapes_are_written_as_postgresql_does(postgres: Any, typed: str, written: str) -> None:
    [[theirs]] = postgres.execute("SELECT %s::jsonb::text", (typed,)).fetchall()
    assert jsonb_text(json.loads(typed, parse_float=Decimal)) == theirs == written


def _run_alone(journal: Path) -> subprocess.CompletedProcess[str]:
    """Copy the verifier away from everything else and run it without site packages."""
    alone = shutil.copy(offline.__file__, journal.parent / "offline.py")
    return subprocess.run([sys.executable, "-I", "-S", alone, journal], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
async def sealed(database_server: TestServer, worker_name: str) -> AsyncIterator[Ground]:
    """Cases of a database of their own, sealed four events at a time."""
    with database_server.fresh(f"{worker_name}_sealed") as url:
        async with running_service(url) as service:
            ground = await lay(service)
            await seal(service.owner, size=4)
            yield ground


async def _exported(ground: Ground, reference: str | None = None) -> list[str]:
    return [line async for line in export(ground.service.owner, reference)]


async def test_an_export_of_everything_verifies_without_the_database(sealed: Ground, tmp_path: Path) -> None:
    lines = await _exported(sealed)
    path = tmp_path / "journal.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    found = verify_lines(path)
    async with sealed.service.owner.transaction() as session:
        events = await session.scalar(text("SELECT count(*) FROM case_events"))
        seals = await session.scalar(text("SELECT count(*) FROM journal_seals"))
        heads = {
            row.id: (row.sequence, row.head_hash.hex()) for row in await session.execute(text("SELECT * FROM cases"))
        }
    assert found.broken == []
    assert (found.events, found.seals, found.exit_code) == (events, seals, 0)
    assert seals >= events / 4
    assert found.heads == heads


async def test_the_verifier_runs_alone_with_nothing_but_python(ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text("\n".join(await _exported(ground, ground["assessed"])), encoding="utf-8")
    ran = await asyncio.to_thread(_run_alone, path)
    assert ran.returncode == 0, ran.stderr
    assert "Verified 1 cases" in ran.stdout
    assert "Every link and every seal holds." in ran.stdout


async def test_a_file_that_is_missing_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert offline.main([]) == 2
    assert "Name the exported file" in capsys.readouterr().err


async def test_a_changed_detail_an_event_taken_out_and_a_line_of_nonsense_are_told(ground: Ground) -> None:
    lines = await _exported(ground, ground["assessed"])
    changed = [json.dumps(json.loads(lines[0]) | {"details": {"adaptations": []}}), *lines[1:]]
    assert verify_text(changed).broken == [f"{ground['assessed']}, event 1: its hash does not fit its content."]
    assert verify_text(lines[:1] + lines[2:]).broken == [
        f"{ground['assessed']}, event 3: the event before it is missing."
    ]
    assert verify_text([*lines, "[1]", '{"seal": 1}', "{"]).broken == [
        f"Line {len(lines) + n} is not an event or a seal as they are exported." for n in (1, 2, 3)
    ]


async def test_an_event_made_anew_with_its_own_hash_breaks_the_link_after_it(ground: Ground) -> None:
    lines = await _exported(ground, ground["assessed"])
    forged = json.loads(lines[0]) | {"details": {}}
    forged["hash"] = offline.event_hash(forged)
    assert verify_text([json.dumps(forged), *lines[1:]]).broken == [
        f"{ground['assessed']}, event 2: it does not carry the hash of the event before it."
    ]


async def test_a_case_taken_out_of_an_export_breaks_the_seals_over_it(sealed: Ground) -> None:
    lines = await _exported(sealed)
    without = [line for line in lines if json.loads(line).get("reference") != sealed["received"]]
    broken = verify_text(without).broken
    assert broken
    assert all(told.startswith("Seal ") and "of those are there" in told for told in broken)


async def test_seals_taken_out_or_changed_are_told(sealed: Ground) -> None:
    lines = await _exported(sealed)
    places = [n for n, line in enumerate(lines) if "seal" in json.loads(line)]
    # Without a seal the next one covers more than it says.
    assert (
        "does not follow the seal before it"
        in verify_text([x for n, x in enumerate(lines) if n != places[0]]).broken[0]
    )
    changed = json.dumps(json.loads(lines[places[0]]) | {"sealed_at": "2020-01-01T00:00:00.000000Z"})
    assert "does not fit the events" in verify_text([*lines[: places[0]], changed, *lines[places[0] + 1 :]]).broken[0]
