"""A database to measure on: the embedded server with production-like settings, a cast, and as many cases as wanted.

Cases are made by set-based SQL as the schema's owner, each with the one event that its state follows from, so that the
journal's own checks hold for them at commit.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.commands.preparation import prepare
from app.kernel.database import Database, Session, owner_engine
from app.kernel.embedded import embedded_server
from app.kernel.references import case_reference
from app.settings import Settings
from tests.support.cast import Cast, gather


@dataclass(frozen=True, slots=True)
class World:
    """Where the measured database is, and who is in it."""

    url: str
    cast: Cast
    folder: Path


@contextmanager
def world(cases: int) -> Iterator[World]:
    """Make a world and take it down."""
    folder = Path(tempfile.mkdtemp(prefix="adapt-bench-"))
    try:
        with embedded_server(folder) as url:
            prepare(url, Settings())
            cast = asyncio.run(_people(url, cases))
            yield World(url, cast, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def add_cases(url: str, count: int) -> None:
    """Add `count` cases more."""
    asyncio.run(_with(url, count))


async def _people(url: str, cases: int) -> Cast:
    db = Database(owner_engine(url))
    try:
        async with db.transaction() as session:
            cast = await gather(session)
            await grow(session, cases)
        await vacuum(db)
        return cast
    finally:
        await db.close()


async def _with(url: str, count: int) -> None:
    db = Database(owner_engine(url))
    try:
        async with db.transaction() as session:
            await grow(session, count)
        await vacuum(db)
    finally:
        await db.close()


async def vacuum(db: Database) -> None:
    """Tidy up and count anew what the planner goes by, as autovacuum does when there is time."""
    async with db.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))


_PEOPLE = """
INSERT INTO people (id, name, date_of_birth, nhs_number, name_keys)
SELECT i, n.given[1 + i * 7919 % 31] || ' ' || n.first[1 + i * 6007 % 37] || n.middle[1 + i * 4513 % 23]
          || n.last[1 + i * 3301 % 17],
       date '1930-01-01' + (i % 25000)::integer, NULL, ARRAY['K' || i % 5000]
  FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) i,
       (SELECT string_to_array('Agnes Aileen Alan Bridget Calum Catriona Davina Donald Eilidh Ewan Fatima Fergus Flora '
                 'Grace Hamish Hugh Iain Isla Jean Kirsty Lachlan Mairi Morag Neil Nkechi Olga Piotr Ross Sheila Tariq '
                 'Una', ' ') AS given,
               string_to_array('Ba Be Bo Bra Ca Co Cu Da De Do Du Fa Fe Ga Gle Ha In Ka Ki La Lo Ma Mo Na Ni Pa Pe Ra '
                 'Ro Sa Sha Sto Ta To Tu Wa Wi', ' ') AS first,
               string_to_array('ba ce da do fa ga ge ko la li lo ma mi na no po ra ri so ta ti va vo', ' ') AS middle,
               string_to_array('bie ckett dale der ford gan kie land lin mie ner nn rie ron son ter ton',
                 ' ') AS last) n
"""
"""Names of nobody: 448,000 pairs of a given name and one put together from pieces, each about as often as another."""
_HOMES = """
INSERT INTO homes (id, address, postcode, address_key)
SELECT i, i || ' Sample Street', 'FK' || 1 + i % 90 || ' ' || i % 10 || 'AB', 'fk' || i
  FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) i
"""
_CASES = """
INSERT INTO cases (id, reference, pathway_key, pathway_version, person_id, home_id, tenure, need_description,
                   adaptations, sequence, tier, stage, custody_id, head_hash, stage_group, stage_since, party_ids,
                   assigned_to, priority, fast_track, proposed_tier, consent_to_share, first_contact_on, received_at,
                   last_occurred_at, due_on, due_soon_on)
SELECT i, (CAST(:references AS text[]))[i - CAST(:first AS integer) + 1], 'housing-solutions', 1, i, i, 'rsl_tenant',
       'Cannot get into the bath.',
       '{level_access_shower}', 1, 'moderate', 'received', o.ids[1 + i % 2], '', 'intake', at, ARRAY[o.ids[1 + i % 2]],
       CASE WHEN i % 500 = 0 THEN CAST(:actor AS integer) END,
       (ARRAY['critical', 'substantial', 'moderate', 'low'])[1 + i % 4],
       CASE WHEN i % 25 = 0 THEN 'hospital_discharge' END, 'moderate', true, at::date, at, at,
       at::date + (i % 40)::integer, at::date + (i % 30)::integer
  FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) i,
       LATERAL (SELECT date_trunc('milliseconds', now()) - make_interval(hours => 1 + (i % 4000)::integer) AS at) t,
       (SELECT array_agg(id ORDER BY id) AS ids FROM organisations WHERE key <> 'elsewhere') o
"""
_EVENTS = """
INSERT INTO case_events (case_id, sequence, kind, action, to_tier, to_stage, custody_id, occurred_at, actor_id,
                         organisation_id, details, effects)
SELECT c.id, 1, 'moved', 'log_referral', c.tier, c.stage, c.custody_id, c.received_at, :actor, c.custody_id, '{}',
       jsonb_build_object('stage_group', 'intake', 'sets', jsonb_build_object(
         'proposed_tier', 'moderate', 'consent_to_share', true, 'pathway_version', 1,
         'first_contact_on', c.first_contact_on, 'priority', c.priority, 'fast_track', c.fast_track,
         'assigned_to', c.assigned_to))
  FROM cases c WHERE c.id BETWEEN :first AND :last
"""
_HEADS = """
UPDATE cases c SET head_hash = e.hash,
       memory = jsonb_build_object('entered', jsonb_build_object('received', c.received_at))
  FROM case_events e WHERE e.case_id = c.id AND c.id BETWEEN :first AND :last
"""


async def grow(session: Session, count: int) -> None:
    """Add cases that wait for screening, half held by each of two organisations; every 500th is assigned."""
    first = (await session.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM cases"))) or 1
    last = first + count - 1
    span = {"first": first, "last": last}
    actor = await session.scalar(text("SELECT id FROM users WHERE email LIKE 'housing_officer@%'"))
    references = [case_reference(i) for i in range(first, last + 1)]
    await session.execute(text(_PEOPLE), span)
    await session.execute(text(_HOMES), span)
    await session.execute(text(_CASES), {**span, "references": references, "actor": actor})
    await session.execute(text(_EVENTS), {**span, "actor": actor})
    await session.execute(text(_HEADS), span)
    for sequence in ("people_id_seq", "homes_id_seq", "case_id_seq"):
        await session.execute(text(f"SELECT setval('{sequence}', :last)"), {"last": last})
