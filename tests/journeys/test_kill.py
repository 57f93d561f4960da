"""A server killed in the middle of a storm of writes has kept every move it acknowledged, and no half of any other."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.cases import rules
from app.cases.events import load_events
from app.cases.models import SELECT_CASE, STATE_COLUMNS, case_from
from app.kernel.database import Database, Session, owner_engine
from tests.support.cast import Cast, gather
from tests.support.referrals import referral
from tests.support.servers import Server, running_server
from tests.support.service import API

CLIENTS = 8
ACKNOWLEDGED_BEFORE_THE_KILL = 100
HOLD = {"reason": "weather", "waits_on": "weather", "review_on": "2199-01-04"}


class Storm:
    """Clients that log cases and move them on and off hold without a pause, and note what was acknowledged."""

    def __init__(self, server: Server, cast: Cast) -> None:
        self._server = server
        self._headers = cast["housing_officer"].headers
        self.acknowledged: list[tuple[str, int, str | None]] = []
        self.enough = asyncio.Event()

    async def blow(self) -> None:
        """Write until the server is gone."""
        async with self._server.client() as client:
            try:
                while True:
                    await self._one_case(client)
            except httpx.TransportError:
                return

    async def _one_case(self, client: httpx.AsyncClient) -> None:
        case = await self._post(client, "/referrals", referral())
        reference = case["reference"]
        self._note(reference, case["sequence"], "log_referral")
        for action, form in (
            ("hold", HOLD),
            ("resume", {}),
            ("hold", HOLD),
            ("close_not_proceeding", {"reason": "died"}),
        ):
            event = await self._post(client, f"/cases/{reference}/actions/{action}", form)
            self._note(reference, event["sequence"], event["action"])

    async def _post(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await client.post(API + path, json=body, headers=self._headers)
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def _note(self, reference: str, sequence: int, action: str | None) -> None:
        self.acknowledged.append((reference, sequence, action))
        if len(self.acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL:
            self.enough.set()


@pytest.mark.database
async def test_a_killed_server_keeps_every_acknowledged_move_and_no_half(
    fresh_database_url: str, tmp_path: Path
) -> None:
    owner = Database(owner_engine(fresh_database_url))
    try:
        async with owner.transaction() as session:
            cast = await gather(session)
        async with running_server(fresh_database_url, tmp_path) as server:
            storm = Storm(server, cast)
            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(storm.blow())
                await storm.enough.wait()
                await server.kill()
        async with owner.transaction() as session:
            await _transactions_of_the_dead_have_ended(session)
            await _every_acknowledged_move_is_there(session, storm)
            await _nothing_is_half_there(session)
        async with running_server(fresh_database_url, tmp_path) as server, server.client() as client:
            ready = await client.get("/readyz")
            assert ready.status_code == 200, ready.text
            reference, sequence, _ = storm.acknowledged[0]
            case = (await client.get(f"{API}/cases/{reference}", headers=cast["auditor"].headers)).json()
            assert case["sequence"] >= sequence
            assert (
                await client.post(f"{API}/referrals", json=referral(), headers=cast["housing_officer"].headers)
            ).status_code == 201
    finally:
        await owner.close()


async def _transactions_of_the_dead_have_ended(session: Session) -> None:
    """The database notices that the killed process is gone and rolls back; until then its locks stand."""
    others = text(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        """
    )
    await session.execute(others)


async def _every_acknowledged_move_is_there(session: Session, storm: Storm) -> None:
    statement = text("SELECT c.reference, e.sequence, e.action FROM case_events e JOIN cases c ON c.id = e.case_id")
    written = {tuple(row) for row in await session.execute(statement)}
    assert len(storm.acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL
    assert set(storm.acknowledged) - written == set()


async def _nothing_is_half_there(session: Session) -> None:
    cases = [case_from(row) for row in await session.execute(text(SELECT_CASE))]
    for case in cases:
        events = await load_events(session, case.id)
        replayed = rules.replay(events)
        assert replayed is not None
        assert {name: getattr(case.state, name) for name in STATE_COLUMNS} == {
            name: getattr(replayed, name) for name in STATE_COLUMNS
        }
    for what, statement in _HALVES.items():
        assert (await session.scalars(text(statement))).all() == [], what


_HALVES = {
    "an event whose hash or predecessor is not right": """
        SELECT case_id FROM (
          SELECT e.case_id, e.hash, e.previous_hash, journal_hash(e.previous_hash, e) AS right_hash,
                 lag(e.hash, 1, '\\x'::bytea) OVER (PARTITION BY e.case_id ORDER BY e.sequence) AS hash_before
            FROM case_events e) chain WHERE hash <> right_hash OR previous_hash <> hash_before
    """,
    "a case whose head is not its journal's": """
        SELECT c.id FROM cases c WHERE head_hash IS DISTINCT FROM
          (SELECT hash FROM case_events e WHERE e.case_id = c.id ORDER BY sequence DESC LIMIT 1)
    """,
    "a person without a case": "SELECT id FROM people p WHERE NOT EXISTS (SELECT FROM cases WHERE person_id = p.id)",
    "a home without a case": "SELECT id FROM homes h WHERE NOT EXISTS (SELECT FROM cases WHERE home_id = h.id)",
    "an open hold of a case that is not held": """
        SELECT h.id FROM holds h JOIN cases c ON c.id = h.case_id
         WHERE (h.held_to IS NULL) <> (c.stage = 'on_hold' AND h.opened_by = c.sequence)
    """,
}
