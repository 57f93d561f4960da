"""As many cases as wanted, with whole journals in the journal's own shape: hash-chained, late, held, faulty, left.

Everything is set-based SQL by the schema's owner. Triggers are off while it runs, so what they would have made is made
here: the chain of hashes (an aggregate over the journal's own hash function) and the case's row at its journal's end.
`adapt journal verify` finds the chains whole. The same number of cases gives the same cases, whenever it is run.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import text

from app.kernel.database import Database, Session, owner_engine
from app.kernel.references import case_reference

AT_ONCE = 50_000
YEARS = 5


@dataclass(frozen=True)
class Step:
    """One event of a walk: after how many days, what, where to, and what it does to the case."""

    days: float
    action: str | None
    to: str
    kind: str = "moved"
    effects: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)


GROUPS = {
    "received": "intake", "awaiting_assessment": "assessing", "assessment": "assessing", "recommended": "deciding",
    "feasibility": "deciding", "panel_referred": "deciding", "panel_scheduled": "deciding", "funding": "deciding",
    "approved": "delivering", "ordered": "delivering", "works": "delivering", "installed": "checking",
    "review": "checking", "rehousing": "delivering", "on_hold": "held", "completed": "ended",
    "not_proceeding": "ended", "signposted": "ended", "refused": "ended",
}  # fmt: skip
LOG = Step(0, "log_referral", "received")
SCREEN = Step(2, "screen", "awaiting_assessment")
ASSIGNED = Step(5, None, "awaiting_assessment", "assigned")
START = Step(12, "start_assessment", "assessment")
TALK = Step(3, None, "assessment", "conversation_recorded", details={"what_matters": "To wash alone."})
RECOMMEND = Step(6, "recommend", "recommended", details={"goals": [{"goal": "To get in and out safely"}]})
APPROVE = Step(2, "approve_recommendation", "funding")
FUND = Step(9, "approve_funding", "approved", details={"source": "self_funded", "amount": "4850.00"})
ORDER = Step(3, "place_order", "ordered", details={"contractor": "Testcase Joiners", "price": "4850.00"})
WORKS = Step(18, "start_works", "works")
DONE = Step(9, "complete_works", "installed", effects={"clock": "stops", "solution": "adapted"},
            details={"final_cost": [{"source": "self_funded", "amount": "4850.00"}]})  # fmt: skip
CHECK = Step(8, "pass_check", "review")
NOTE = Step(1, None, "", "note_added", details={"note": "Spoke on the telephone."})
CLOSE = Step(
    15, "record_outcome", "completed", effects={"ends": True, "outcome": "adapted"},
    details={"satisfaction": "satisfied", "results": [{"goal": "To get in and out safely", "result": "met"}]},
)  # fmt: skip
HOLD = Step(4, "hold", "on_hold", effects={"hold": "opens", "hold_details": {"waits_on": "person",
            "cause": "person_in_hospital"}})  # fmt: skip
RESUME = Step(20, "resume", "funding", effects={"hold": "closes"})
LATE = Step(6, "hold", "on_hold", effects={"hold": "opens", "hold_details": {"waits_on": "contractor",
            "cause": "contractor_delay"}})  # fmt: skip
BACK = Step(15, "resume", "ordered", effects={"hold": "closes"})
GONE = Step(9, "close_not_proceeding", "not_proceeding", effects={"ends": True, "outcome": "withdrawn"},
            details={"reason": "withdrawn"})  # fmt: skip
MIDDLE = (SCREEN, NOTE, ASSIGNED, START, TALK, RECOMMEND, APPROVE)
END = (ORDER, WORKS, DONE, NOTE, CHECK, CLOSE)
WALKS: Sequence[tuple[int, str, Sequence[Step]]] = (
    (24, "direct_access", (LOG, Step(2, "screen", "approved"), NOTE, ORDER, DONE, CHECK, CLOSE)),
    (26, "non_complex", (LOG, *MIDDLE, FUND, *END)),
    (16, "moderate", (LOG, *MIDDLE, HOLD, NOTE, RESUME, FUND, *END)),
    (8, "moderate", (LOG, *MIDDLE, FUND, ORDER, LATE, BACK, WORKS, DONE, Step(3, "raise_snag", "works",
                     effects={"clock": "restarts"}), DONE, NOTE, CHECK, CLOSE)),
    (6, "complex", (LOG, SCREEN, NOTE, ASSIGNED, START, TALK, Step(8, "refer_to_panel", "panel_referred"),
                    Step(9, "schedule_for_panel", "panel_scheduled"), Step(12, "panel_agree", "funding"), NOTE, FUND,
                    *END)),
    (9, "moderate", (LOG, *MIDDLE, NOTE, GONE)),
    (5, "moderate", (LOG, SCREEN, ASSIGNED, START, TALK, Step(9, "recommend_rehousing", "rehousing"), NOTE,
                     Step(70, "rehoused", "review", effects={"clock": "stops", "solution": "rehoused"}),
                     Step(15, "record_outcome", "completed", effects={"ends": True, "outcome": "rehoused"}))),
    (6, "non_complex", (LOG, NOTE, Step(2, "signpost", "signposted",
                                        effects={"ends": True, "outcome": "advice_only"}))),
)  # fmt: skip
"""Of a hundred cases how many walk so, in which tier. With open ones cut off at today: about twelve events a case."""


def _steps() -> Iterator[dict[str, Any]]:
    low = 0
    for number, (weight, tier, steps) in enumerate(WALKS):
        days, before = 0.0, None
        for sequence, step in enumerate(steps, 1):
            days += step.days
            to = step.to or before
            moves = step.kind == "moved"
            effects = {**step.effects, **({"stage_group": GROUPS[to or ""]} if moves else {})}
            yield {
                "walk": number, "low": low, "high": low + weight, "tier": tier, "sequence": sequence, "days": days,
                "kind": step.kind, "action": step.action, "from_stage": before, "to_stage": to, "effects": effects,
                "details": step.details,
            }  # fmt: skip
            before = to
        low += weight
    assert low == 100  # per cent


_PREPARE = """
CREATE TEMP TABLE walk_steps AS SELECT * FROM jsonb_to_recordset(CAST(:steps AS jsonb)) AS s (walk integer, low integer,
  high integer, tier text, sequence integer, days double precision, kind text, action text, from_stage text,
  to_stage text, effects jsonb, details jsonb);
"""
_AGGREGATE = """
CREATE AGGREGATE pg_temp.chained (case_events) (SFUNC = journal_hash, STYPE = bytea, INITCOND = '')
"""
# Chance by arithmetic: a case's number decides everything about it.
_NEW = """
CREATE TEMP TABLE new_cases AS
SELECT i AS id, (i * 7919 % 100)::integer AS dice, (i * 6007 % 1000) / 1000.0 AS pace,
       o.ids[1 + i % array_length(o.ids, 1)] AS holder,
       (ARRAY['owner_occupier', 'council_tenant', 'rsl_tenant', 'rsl_tenant', 'council_tenant', 'private_rented',
              'other'])[1 + i * 31 % 7] AS tenure,
       (ARRAY['critical', 'substantial', 'moderate', 'low'])[1 + i * 17 % 4] AS priority,
       CASE WHEN i % 25 = 0 THEN 'hospital_discharge' END AS fast_track,
       date_trunc('day', CAST(:today AS timestamptz)) - make_interval(days => (i * 4513 % :span)::integer)
         + make_interval(hours => 9 + (i % 8)::integer) AS began,
       (i * 13 % 9)::integer AS before
  FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) i,
       (SELECT array_agg(id ORDER BY id) AS ids FROM organisations WHERE key <> 'elsewhere') o
"""
_STAGED = """
CREATE TEMP TABLE staged AS
SELECT ROW(NULL, n.id, s.sequence, s.kind, s.action,
           CASE WHEN s.sequence > 1 THEN s.tier END, s.from_stage, s.tier, s.to_stage, n.holder,
           t.at, t.at + make_interval(mins => CASE WHEN (n.id + s.sequence) % 50 = 0 THEN 28800 ELSE 0 END), :actor,
           'user', n.holder, s.details,
           CASE WHEN s.sequence = 1 THEN s.effects || jsonb_build_object('sets', jsonb_build_object(
                  'proposed_tier', s.tier, 'consent_to_share', true, 'pathway_version', 1,
                  'first_contact_on', (n.began - make_interval(days => n.before))::date, 'priority', n.priority,
                  'fast_track', n.fast_track))
                ELSE s.effects END, ''::bytea, ''::bytea)::case_events AS e
  FROM new_cases n
  JOIN walk_steps s ON n.dice >= s.low AND n.dice < s.high
  CROSS JOIN LATERAL (SELECT n.began
                      + make_interval(hours => round(24 * s.days * (0.4 + 1.9 * n.pace))::integer) AS at) t
 WHERE t.at <= :today
"""
_EVENTS = """
INSERT INTO case_events (case_id, sequence, kind, action, from_tier, from_stage, to_tier, to_stage, custody_id,
                         occurred_at, recorded_at, actor_id, actor_kind, organisation_id, details, effects,
                         previous_hash, hash)
SELECT (c.e).case_id, (c.e).sequence, (c.e).kind, (c.e).action, (c.e).from_tier, (c.e).from_stage, (c.e).to_tier,
       (c.e).to_stage, (c.e).custody_id, (c.e).occurred_at, (c.e).recorded_at, (c.e).actor_id, (c.e).actor_kind,
       (c.e).organisation_id, (c.e).details, (c.e).effects,
       coalesce(lag(c.hash) OVER (PARTITION BY (c.e).case_id ORDER BY (c.e).sequence), ''), c.hash
  FROM (SELECT s.e, pg_temp.chained(s.e) OVER (PARTITION BY (s.e).case_id ORDER BY (s.e).sequence) AS hash
          FROM staged s) c
"""
_PEOPLE = """
INSERT INTO people (id, name, date_of_birth, name_keys)
SELECT n.id, 'Sample ' || n.id, date '1930-01-01' + (n.id % 25000)::integer, ARRAY['K' || n.id % 5000] FROM new_cases n
"""
_HOMES = """
INSERT INTO homes (id, address, postcode, address_key)
SELECT n.id, n.id || ' Sample Street', 'FK' || 1 + n.id % 90 || ' ' || n.id % 10 || 'AB', 'fk' || n.id FROM new_cases n
"""
_CASES = """
INSERT INTO cases (id, reference, pathway_key, pathway_version, person_id, home_id, tenure, need_description,
                   adaptations, sequence, tier, stage, custody_id, head_hash, stage_group, stage_since, resume_stage,
                   party_ids, priority, fast_track, proposed_tier, consent_to_share, first_contact_on, received_at,
                   last_occurred_at, ended_at, outcome, due_on, due_soon_on, memory)
SELECT n.id, (CAST(:references AS text[]))[n.id - :first + 1], 'housing-solutions', 1, n.id, n.id, n.tenure,
       'Cannot get into the bath.', ARRAY[CASE WHEN n.id % 3 = 0 THEN 'grab_rail' ELSE 'level_access_shower' END],
       h.sequence, h.to_tier, h.to_stage, n.holder, h.hash, m.effects ->> 'stage_group', m.occurred_at,
       CASE WHEN h.to_stage = 'on_hold' THEN 'works' END, ARRAY[n.holder], n.priority, n.fast_track, h.to_tier, true,
       (n.began - make_interval(days => n.before))::date, n.began, h.occurred_at,
       CASE WHEN m.effects ->> 'ends' = 'true' THEN m.occurred_at END, m.effects ->> 'outcome',
       h.occurred_at::date + 20, h.occurred_at::date + 16, '{}'
  FROM new_cases n
  JOIN LATERAL (SELECT * FROM case_events e WHERE e.case_id = n.id ORDER BY e.sequence DESC LIMIT 1) h ON true
  JOIN LATERAL (SELECT * FROM case_events e WHERE e.case_id = n.id AND e.kind = 'moved'
                 ORDER BY e.sequence DESC LIMIT 1) m ON true
"""
_DROP = "DROP TABLE new_cases, staged"


async def grow(db: Database, count: int, *, tell: bool = True) -> None:
    """Add `count` cases, some tens of thousands in a transaction, telling how far it is."""
    began, made = time.monotonic(), 0
    while made < count:
        some = min(AT_ONCE, count - made)
        async with db.engine.begin() as session:
            await _grow(session, some)
        made += some
        if tell:
            rate = made / (time.monotonic() - began)
            print(f"\r{made:,} of {count:,} cases, {rate:,.0f} a second", end="", file=sys.stderr, flush=True)
    if tell:
        print(file=sys.stderr)
    async with db.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("VACUUM ANALYZE"))


async def _grow(session: Session, count: int) -> None:
    first = (await session.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM cases"))) or 1
    span = {"first": first, "last": first + count - 1}
    today = await session.scalar(text("SELECT date_trunc('day', now())"))
    actor = await session.scalar(text("SELECT id FROM users WHERE email LIKE 'housing_officer@%'"))
    # Whoever is the cluster's own may leave triggers and foreign keys out of what is right by construction.
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text("SET LOCAL work_mem = '256MB'"))
    await session.execute(text("DROP TABLE IF EXISTS walk_steps"))
    await session.execute(text(_PREPARE), {"steps": orjson.dumps(list(_steps())).decode()})
    await session.execute(text("DROP AGGREGATE IF EXISTS pg_temp.chained (case_events)"))
    await session.execute(text(_AGGREGATE))
    await session.execute(text(_NEW), {**span, "today": today, "span": 365 * YEARS})
    await session.execute(text(_STAGED), {"actor": actor, "today": today})
    for statement in (_PEOPLE, _HOMES, _EVENTS):
        await session.execute(text(statement))
    references = [case_reference(i) for i in range(span["first"], span["last"] + 1)]
    await session.execute(text(_CASES), {"references": references, "first": span["first"]})
    await session.execute(text(_DROP))
    for sequence in ("people_id_seq", "homes_id_seq", "case_id_seq"):
        await session.execute(text(f"SELECT setval('{sequence}', :last)"), {"last": span["last"]})


def add_journals(url: str, count: int) -> None:
    """Add `count` cases with whole journals to a measured database."""

    async def run() -> None:
        db = Database(owner_engine(url))
        try:
            await grow(db, count)
        finally:
            await db.close()

    asyncio.run(run())
