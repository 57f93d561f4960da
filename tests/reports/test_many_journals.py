"""Cases made by the thousand for measuring are what the service itself would have written."""

import pytest
from sqlalchemy import text

from app.cases import rules
from app.cases.events import load_events
from app.cases.models import SELECT_CASE, case_from
from app.checks.verify import verify
from benchmarks.million import grow
from tests.support.service import Service

pytestmark = pytest.mark.database


async def test_chains_are_whole_and_rows_follow_their_journals(fresh_service: Service) -> None:
    await grow(fresh_service.owner, 400, tell=False)
    assert (await verify(fresh_service.owner)).broken == 0
    async with fresh_service.owner.transaction() as session:
        events = await session.scalar(text("SELECT count(*) FROM case_events"))
        assert events is not None
        assert events > 4_000
        cases = [case_from(row) for row in (await session.execute(text(SELECT_CASE))).all()]
        for case in cases[:: len(cases) // 40]:
            replayed = rules.replay(await load_events(session, case.id))
            assert replayed is not None
            assert (replayed.state.stage, replayed.ended_at, replayed.outcome, replayed.custody_id) == (
                case.state.state.stage, case.state.ended_at, case.state.outcome, case.state.custody_id,
            )  # fmt: skip
